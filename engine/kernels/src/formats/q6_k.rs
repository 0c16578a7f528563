//! Q6_K: 256 weights in 210 bytes, 6.5625 bits each. Six bits with a signed eight-bit scale for each 16 weights: hard to tell
//! from the original.
//!
//! ```text
//! byte   0..128  ql[128]     per half of 128 weights 64 bytes: byte l low → l, high → l+64; byte l+32 low → l+32, high → l+96
//!      128..192  qh[64]      per half 32 bytes: byte l holds the high two bits of weights l, l+32, l+64, l+96
//!      192..208  scales[16]  i8
//!      208..210  d           f16
//! weight = d · scale · (q - 32)
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 3392 bytes:
//!
//! ```text
//! byte    0..2048  32 lines of nibbles: the low four bits, as in Q4_K
//!      2048..3072  16 lines of high bits; line p holds columns 16p..16p+16: bits 2q and 2q+1 of byte 4·row + i = column
//!                  16p + 4q + i
//!      3072..3328  scales, i8: 16 rows for each 16 columns
//!      3328..3360  d, f16: 16 rows
//!      3360..3392  nothing
//! ```

use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::search::{NOTHING, code, largest_scale, nearest_codes, offset, signed_scale};
use crate::encode::tile::{TILE_WEIGHTS, WeightTile, keep, squares, to_half};
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, LINE, Unit, put_half, put_nibbles, put_pairs, take_nibbles, take_pairs, word};

/// Block format Q6_K.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q6_K;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 32);
/// Lines of the high bits of codes.
const BITS: Field = Field::new(2048, 16);
/// Field of the group scales.
const SCALES: Field = Field::new(3072, 16);
/// Field of the block scales d.
const D: Field = Field::new(3328, 1);

impl BlockFormat for Q6_K {
    const LEN: usize = 256;
    const BYTES: usize = 210;
    const GROUP: usize = 16;
    const MAX_MAGNITUDE: f32 = 31.0 * 127.0 * 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 208);
        fields.scales = field::<16>(block, 192).map(|scale| scale as i8);
        for (i, code) in fields.codes.iter_mut().enumerate() {
            let (half, quarter, l) = (i / 128, i % 128 / 32, i % 32);
            let low = (block[half * 64 + quarter % 2 * 32 + l] >> (quarter / 2 * 4)) & 15;
            let high = (block[128 + half * 32 + l] >> (quarter * 2)) & 3;
            *code = low | high << 4;
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        let (low, rest) = block.split_at_mut(128);
        let (high, rest) = rest.split_at_mut(64);
        for (half, codes) in fields.codes.as_chunks::<128>().0.iter().enumerate() {
            let (low, high) = (&mut low[half * 64..][..64], &mut high[half * 32..][..32]);
            for l in 0..32 {
                let [a, b, c, d] = [codes[l], codes[l + 32], codes[l + 64], codes[l + 96]];
                low[l] = a & 15 | c << 4;
                low[l + 32] = b & 15 | d << 4;
                high[l] = a >> 4 | b >> 4 << 2 | c >> 4 << 4 | d >> 4 << 6;
            }
        }
        rest[..16].copy_from_slice(&fields.scales.map(|scale| scale as u8));
        put_f16(rest, 16, fields.d);
    }

    fn value(code: u8) -> i8 {
        code as i8 - 32
    }

    /// Searches the scale of each 16 weights, then rounds it to eight bits.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut scales = [0.0; TILE_WEIGHTS / 16];
        for group in (0..scales.len()).step_by(L::N) {
            let x = tile.lanes::<L, 16>(l, group);
            let w = tile.counts(l, group, &x, squares(&x));
            keep(signed_scale(&x, &w, 32.0), group, &mut scales);
        }
        let mut fields = Fields::default();
        let blocks = out.as_chunks_mut::<210>().0.iter_mut().zip(tile.weights.as_chunks::<256>().0);
        for ((block, x), scales) in blocks.zip(scales.as_chunks::<16>().0) {
            let largest = largest_scale(scales);
            if largest.abs() < NOTHING {
                block.fill(0);
                continue;
            }
            let inverse = -128.0 / largest;
            fields.d = to_half(1.0 / inverse);
            fields.scales = scales.map(|scale| code(inverse * scale, -128.0, 127.0) as i8);
            for (j, (x, codes)) in x.chunks(16).zip(fields.codes.chunks_mut(16)).enumerate() {
                let scale = fields.d * f32::from(fields.scales[j]);
                nearest_codes(x, (scale, 0.0), (-32.0, 31.0), codes);
                offset(codes, 32);
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 3392;
    const MAX_CODE: i32 = 63;
    const OFFSET: i32 = 32;
    type Head<L: Lanes> = L::V;

    /// Packs the blocks of one row: each half of a block holds the low bits of 128 columns, four times 32, and their high bits.
    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for g in 0..8 {
            let (half, quarter) = (g / 4, g % 4);
            let low = &raw[64 * half + quarter % 2 * 32..][..32];
            let nibbles: [u64; 4] = std::array::from_fn(|j| word(low, j) >> (quarter / 2 * 4));
            put_nibbles(&mut unit[g * 4 * LINE..][..4 * LINE], row, &nibbles);
            let lines = unit[BITS.at + 2 * g * LINE..][..2 * LINE].as_chunks_mut().0;
            for (which, line) in lines.iter_mut().enumerate() {
                let quad = |q: usize| u32::from_le_bytes(*field(raw, 128 + 32 * half + 16 * which + 4 * q));
                put_pairs(line, row, std::array::from_fn(|q| quad(q) >> (2 * quarter)));
            }
        }
        for (j, &scale) in raw[192..208].iter().enumerate() {
            unit[SCALES.at + j * 16 + row] = scale;
        }
        put_half(&mut unit[D.at..], row, &raw[208..]);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 16);
        let mut high = [0; 256];
        take_nibbles(&unit[..BITS.at], row, &mut out.codes);
        take_pairs(&unit[BITS.at..SCALES.at], row, &mut high);
        for (code, high) in out.codes.iter_mut().zip(high) {
            *code = (*code | high << 4) - 32;
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
        let [first, second] = unit.nibbles(LINES, 4 * g + j);
        let bits = unit.line(BITS, 2 * g + j / 2);
        let from = 4 * (j % 2) as u32;
        [unit.l.or_bits(first, bits, (from, 4), 0x30), unit.l.or_bits(second, bits, (from + 2, 4), 0x30)]
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        unit.l.mul(d, unit.signed_bytes(SCALES, part))
    }
}
