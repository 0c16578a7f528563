//! Q2_K: 256 weights in 84 bytes, 2.625 bits each. Two bits with a four-bit scale and minimum for each 16 weights: the
//! smallest of the K formats, for models that would not fit otherwise.
//!
//! ```text
//! byte  0..16   scales[16]  group j: low nibble = scale, high nibble = minimum
//!      16..80   qs[64]      per half of 128 weights 32 bytes: byte l holds weights l, l+32, l+64, l+96 at bits 0, 2, 4, 6
//!      80..82   d           f16
//!      82..84   dmin        f16
//! weight = d · scale · q - dmin · minimum
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1344 bytes:
//!
//! ```text
//! byte    0..1024  16 lines; line p holds columns 16p..16p+16: bits 2q and 2q+1 of byte 4·row + i = column 16p + 4q + i
//!      1024..1280  scale low, minimum high: 16 rows for each 16 columns
//!      1280..1312  d, f16: 16 rows
//!      1312..1344  dmin, f16: 16 rows
//! ```

use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::search::{ScaleCandidates, nearest_codes, scale_and_min, shares};
use crate::encode::tile::{TILE_WEIGHTS, WeightTile, keep};
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, put_half, put_pairs, take_pairs};

/// Block format Q2_K.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q2_K;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 16);
/// Field of the group scales and minima.
const SCALES: Field = Field::new(1024, 16);
/// Field of d and dmin.
const D: Field = Field::new(1280, 2);

impl BlockFormat for Q2_K {
    const LEN: usize = 256;
    const BYTES: usize = 84;
    const GROUP: usize = 16;
    const MAX_MAGNITUDE: f32 = 15.0 * 65504.0;
    const HAS_MINS: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.dmin) = (f16_at(block, 80), f16_at(block, 82));
        fields.scales = field::<16>(block, 0).map(|both| (both & 15) as i8);
        fields.mins = field::<16>(block, 0).map(|both| both >> 4);
        take_pair_codes(&block[16..80], &mut fields.codes);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        for ((out, &scale), min) in block.iter_mut().zip(&fields.scales).zip(fields.mins) {
            *out = scale as u8 | min << 4;
        }
        put_pair_codes(&fields.codes, &mut block[16..80]);
        put_f16(block, 80, fields.d);
        put_f16(block, 82, fields.dmin);
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scale and minimum of each 16 weights, then rounds both to four bits.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        const TRIES: ScaleCandidates = ScaleCandidates { most: 3.0, first: -0.5, steps: 15 };
        let (mut scales, mut mins) = ([0.0; TILE_WEIGHTS / 16], [0.0; TILE_WEIGHTS / 16]);
        for group in (0..scales.len()).step_by(L::N) {
            let x = tile.lanes::<L, 16>(l, group);
            let mut magnitudes = x;
            for w in &mut magnitudes {
                *w = w.abs();
            }
            let (scale, min) = if tile.importance.is_some() {
                scale_and_min::<L, 16, false>(&x, &tile.counts(l, group, &x, magnitudes), TRIES)
            } else {
                scale_and_min::<L, 16, true>(&x, &magnitudes, TRIES)
            };
            keep(scale, group, &mut scales);
            keep(min, group, &mut mins);
        }
        let mut fields = Fields::default();
        let blocks = out.as_chunks_mut::<84>().0.iter_mut().zip(tile.weights.as_chunks::<256>().0);
        let found = scales.as_chunks::<16>().0.iter().zip(mins.as_chunks::<16>().0);
        for ((block, x), (scales, mins)) in blocks.zip(found) {
            let mut four = [0; 16];
            fields.d = shares(scales, 15.0, &mut four);
            fields.scales = four.map(|share| share as i8);
            fields.dmin = shares(mins, 15.0, &mut fields.mins);
            for (j, (x, codes)) in x.chunks(16).zip(fields.codes.chunks_mut(16)).enumerate() {
                let scale = fields.d * f32::from(fields.scales[j]);
                nearest_codes(x, (scale, fields.dmin * f32::from(fields.mins[j])), (0.0, 3.0), codes);
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1344;
    const MAX_CODE: i32 = 3;
    type Head<L: Lanes> = (L::V, L::V);

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        put_pair_lines(&raw[16..80], row, &mut unit[..SCALES.at]);
        for (j, &both) in raw[..16].iter().enumerate() {
            unit[SCALES.at + j * 16 + row] = both;
        }
        put_half(&mut unit[D.at..], row, &raw[80..]);
        put_half(&mut unit[D.at + 32..], row, &raw[82..]);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 16);
        take_pairs(&unit[..SCALES.at], row, &mut out.codes);
        let (d, dmin) = (f16_at(unit, D.at + row * 2), f16_at(unit, D.at + 32 + row * 2));
        for j in 0..16 {
            let both = unit[SCALES.at + j * 16 + row];
            out.scales[j] = d * f32::from(both & 15);
            out.mins[j] = dmin * f32::from(both >> 4);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> Self::Head<L> {
        (unit.halves(D, 0), unit.halves(D, 1))
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        two_bits(unit, LINES, g, j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, (d, _): Self::Head<L>, part: usize) -> L::V {
        unit.l.mul(d, unit.low_nibbles(SCALES, part))
    }

    #[inline(always)]
    fn min<L: CodeLanes>(unit: &Unit<'_, L>, (_, dmin): Self::Head<L>, part: usize) -> L::V {
        unit.l.mul(dmin, unit.high_nibbles(SCALES, part))
    }
}

/// Reads two-bit codes in the order of Q2_K and Q3_K blocks.
pub(super) fn take_pair_codes(bytes: &[u8], codes: &mut [u8; 256]) {
    for (i, code) in codes.iter_mut().enumerate() {
        let (half, shift, l) = (i / 128, i % 128 / 32 * 2, i % 32);
        *code = (bytes[half * 32 + l] >> shift) & 3;
    }
}

/// Writes the low two bits of 256 codes to 64 bytes, in the order of Q2_K and Q3_K.
#[inline(always)]
pub(super) fn put_pair_codes(codes: &[u8; 256], out: &mut [u8]) {
    for (out, codes) in out.chunks_mut(32).zip(codes.as_chunks::<128>().0) {
        for (l, out) in out.iter_mut().enumerate() {
            let pair = |quarter: usize| (codes[quarter * 32 + l] & 3) << (2 * quarter);
            *out = pair(0) | pair(1) | pair(2) | pair(3);
        }
    }
}

/// Packs the 64 bytes of two-bit codes of a block into 16 lines.
pub(super) fn put_pair_lines(bytes: &[u8], row: usize, lines: &mut [u8]) {
    for (p, line) in lines.as_chunks_mut().0.iter_mut().enumerate() {
        let (half, quarter) = (p / 8, p % 8 / 2);
        let quad = |q: usize| u32::from_le_bytes(*field(bytes, 32 * half + 16 * (p % 2) + 4 * q));
        put_pairs(line, row, std::array::from_fn(|q| quad(q) >> (2 * quarter)));
    }
}

/// Two-bit codes of `lines`, as operands of a product.
#[inline(always)]
pub(super) fn two_bits<L: CodeLanes>(unit: &Unit<'_, L>, lines: Field, g: usize, j: usize) -> [L::C; 2] {
    let pairs = unit.line(lines, 2 * g + j / 2);
    let from = 4 * (j % 2) as u32;
    [unit.l.shr_and(pairs, from, 3), unit.l.shr_and(pairs, from + 2, 3)]
}
