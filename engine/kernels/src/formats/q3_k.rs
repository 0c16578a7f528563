//! Q3_K: 256 weights in 110 bytes, 3.4375 bits each. Three bits with a signed six-bit scale for each 16 weights.
//!
//! ```text
//! byte  0..32   hmask[32]   bit i/32 of byte i%32: high bit of weight i
//!      32..96   qs[64]      low two bits, placed as in Q2_K
//!      96..108  scales[12]  16 scales of six bits: group j's low four bits in the low (j < 8) or high (j >= 8) nibble of byte
//!                           j%8, its high two bits in byte 8 + j%4 at bit 2·(j/4)
//!     108..110  d           f16
//! weight = d · (scale - 32) · (q - 4)
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1824 bytes, of which every other begins within a cache line:
//!
//! ```text
//! byte    0..1024  16 lines of the low two bits, as in Q2_K
//!      1024..1536  8 lines of high bits; line g holds columns 32g..32g+32: bit q of byte 4·row + i = column 32g + 4q + i
//!      1536..1792  scales, i8, less 32: 16 rows for each 16 columns
//!      1792..1824  d, f16: 16 rows
//! ```

use super::q2_k::{put_pair_codes, put_pair_lines, take_pair_codes, two_bits};
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::search::{NOTHING, code, extreme, largest_scale, nearest_codes, offset};
use crate::encode::tile::{TILE_WEIGHTS, WeightTile, keep, squares, to_half};
use crate::lanes::{CodeLanes, Lanes, Vector};
use crate::layout::{Field, Unit, put_bits, put_half, take_bits, take_pairs};

/// Block format Q3_K.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q3_K;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 16);
/// Lines of the high bits of codes.
const BITS: Field = Field::new(1024, 8);
/// Field of the group scales.
const SCALES: Field = Field::new(1536, 16);
/// Field of the block scales d.
const D: Field = Field::new(1792, 1);
/// Passes over a group's codes in a search; most groups converge in two.
const PASSES: usize = 5;

impl BlockFormat for Q3_K {
    const LEN: usize = 256;
    const BYTES: usize = 110;
    const GROUP: usize = 16;
    const MAX_MAGNITUDE: f32 = 3.0 * 31.0 * 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 108);
        fields.scales = scales(field(block, 96));
        take_pair_codes(&block[32..96], &mut fields.codes);
        for (i, code) in fields.codes.iter_mut().enumerate() {
            *code |= (block[i % 32] >> (i / 32) & 1) << 2;
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        let (high, rest) = block.split_at_mut(32);
        high.fill(0);
        for (group, codes) in fields.codes.chunks(32).enumerate() {
            for (high, code) in high.iter_mut().zip(codes) {
                *high |= code >> 2 << group;
            }
        }
        put_pair_codes(&fields.codes, &mut rest[..64]);
        let packed = &mut rest[64..76];
        packed.fill(0);
        for (j, &scale) in fields.scales.iter().enumerate() {
            let six = (scale + 32) as u8;
            packed[j % 8] |= (six & 15) << (j / 8 * 4);
            packed[8 + j % 4] |= (six >> 4) << (j / 4 * 2);
        }
        put_f16(rest, 76, fields.d);
    }

    fn value(code: u8) -> i8 {
        code as i8 - 4
    }

    /// Moves the codes of each 16 weights one by one while the fit improves, then rounds the scale to six bits.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut found = [0.0; TILE_WEIGHTS / 16];
        for group in (0..found.len()).step_by(L::N) {
            let x = tile.lanes::<L, 16>(l, group);
            let w = tile.counts(l, group, &x, squares(&x));
            keep(settled_scale(&x, &w), group, &mut found);
        }
        let mut fields = Fields::default();
        let blocks = out.as_chunks_mut::<110>().0.iter_mut().zip(tile.weights.as_chunks::<256>().0);
        for ((block, x), found) in blocks.zip(found.as_chunks::<16>().0) {
            let largest = largest_scale(found);
            let inverse = if largest == 0.0 { 0.0 } else { -32.0 / largest };
            fields.d = if largest == 0.0 { 0.0 } else { to_half(largest / -32.0) };
            fields.scales = found.map(|scale| code(inverse * scale, -32.0, 31.0) as i8);
            for (j, (x, codes)) in x.chunks(16).zip(fields.codes.chunks_mut(16)).enumerate() {
                nearest_codes(x, (fields.d * f32::from(fields.scales[j]), 0.0), (-4.0, 3.0), codes);
                offset(codes, 4);
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1824;
    const MAX_CODE: i32 = 7;
    const OFFSET: i32 = 4;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        put_pair_lines(&raw[32..96], row, &mut unit[..BITS.at]);
        let quads: [u32; 8] = std::array::from_fn(|q| u32::from_le_bytes(*field(raw, 4 * q)));
        for (g, line) in unit[BITS.at..SCALES.at].as_chunks_mut().0.iter_mut().enumerate() {
            put_bits(line, row, quads.map(|quad| quad >> g));
        }
        for (j, scale) in scales(field(raw, 96)).into_iter().enumerate() {
            unit[SCALES.at + j * 16 + row] = scale as u8;
        }
        put_half(&mut unit[D.at..], row, &raw[108..]);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 16);
        take_pairs(&unit[..BITS.at], row, &mut out.codes);
        take_bits(&unit[BITS.at..SCALES.at], row, 4, &mut out.codes);
        for code in &mut out.codes {
            *code -= 4;
        }
        let d = f16_at(unit, D.at + row * 2);
        for (j, scale) in out.scales.iter_mut().enumerate() {
            *scale = d * f32::from(unit[SCALES.at + j * 16 + row] as i8);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.halves(D, 0)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let [first, second] = two_bits(unit, LINES, g, j);
        let bits = unit.line(BITS, g);
        let from = 2 * j as u32;
        [unit.l.or_bits(first, bits, (from, 2), 4), unit.l.or_bits(second, bits, (from + 1, 2), 4)]
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        unit.l.mul(d, unit.signed_bytes(SCALES, part))
    }
}

/// The sixteen scales, with their offset of 32 subtracted.
fn scales(packed: &[u8; 12]) -> [i8; 16] {
    std::array::from_fn(|j| {
        let low = (packed[j % 8] >> (j / 8 * 4)) & 15;
        let high = (packed[8 + j % 4] >> (j / 4 * 2)) & 3;
        (low | high << 4) as i8 - 32
    })
}

/// The scale for codes from -4 to 3 with error weights `w`, by coordinate ascent on (Σwqx)² / Σwq², which is the reduction of
/// the squared error by the fit.
#[inline(always)]
fn settled_scale<L: Lanes>(x: &[Vector<L>; 16], w: &[Vector<L>; 16]) -> Vector<L> {
    let extreme = extreme(x);
    let zero = extreme.like(0.0);
    let inverse = zero.like(-4.0) / extreme;
    let (mut wqx, mut wqq) = (zero, zero);
    let mut codes = *x;
    for ((q, &x), &w) in codes.iter_mut().zip(x).zip(w) {
        *q = (inverse * x).within(-4.0, 3.0).rounded();
        let wq = w * *q;
        wqx = wqx + wq * x;
        wqq = wqq + wq * *q;
    }
    for _ in 0..PASSES {
        for ((q, &x), &w) in codes.iter_mut().zip(x).zip(w) {
            let (rest_qx, rest_qq) = (wqx - w * x * *q, wqq - w * *q * *q);
            let moved = (x * rest_qq / rest_qx).within(-4.0, 3.0).rounded();
            let (new_qx, new_qq) = (rest_qx + w * x * moved, rest_qq + w * moved * moved);
            // Where the rest has no positive fit, no code moves.
            let gains = (new_qx * new_qx * wqq).greater(wqx * wqx * new_qq);
            let positive = new_qq.where_true(rest_qx.greater(zero), zero).greater(zero);
            *q = moved.where_true(gains, *q).where_true(positive, *q);
            wqx = new_qx.where_true(gains, wqx).where_true(positive, wqx);
            wqq = new_qq.where_true(gains, wqq).where_true(positive, wqq);
        }
    }
    let scale = (wqx / wqq).where_true(wqq.greater(zero), zero);
    scale.where_true(extreme.abs().greater(zero.like(NOTHING)), zero)
}
