//! IQ1_S: 256 weights in 50 bytes, 1.5625 bits each. Eight weights are one of 2,048 points of -1, 0 and 1, shifted up or down by
//! an eighth together with their group of 32, which has a three-bit scale: for the largest models only.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..34   qs[32]   low eight bits of the point of each eight weights
//!      34..50   qh[8]    u16 for each 32 weights: bits 3j..3j+3 the high bits of point j, bits 12..15 the scale, bit 15 the
//!                        shift (1 = down)
//! weight = d · (2 · scale + 1) · (point ± 1/8)
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 800 bytes, of which every other begins within a cache line:
//!
//! ```text
//! byte    0..512   8 lines of the low eight bits of points, as in IQ2_XXS
//!       512..768   4 lines of qh: bytes 4·row + 2(g % 2).. of line g / 2
//!       768..800   d, f16: 16 rows
//! ```
//! Values are eight times as large, so that they are integers, and d is an eighth.

use super::iq2_xxs::odd;
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::lattice::IQ1 as POINTS;
use crate::lattice::search::{Recipe, Shifts, Signs};
use crate::lattice::words;
use crate::layout::{Field, LINE, Unit, put, put_half};

/// Block format IQ1_S.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ1_S;

/// Lines of the low bits of points.
const LINES: Field = Field::new(0, 8);
/// Lines of high bits, scales and shifts.
const HIGH: Field = Field::new(512, 4);
/// Field of the block scales d.
const D: Field = Field::new(768, 1);
/// Offset that kernels add to values, so that they are unsigned.
pub(super) const OFFSET: i8 = 16;
/// Values of the codes of IQ1 formats: -1, 0 and 1, each shifted up and down.
const VALUES: [i8; 16] = {
    let mut values = [0; 16];
    let mut code = 0;
    while code < 6 {
        values[code] = OFFSET + 8 * (code as i8 / 2 - 1) + 1 - 2 * (code as i8 % 2);
        code += 1;
    }
    values
};

impl BlockFormat for IQ1_S {
    const LEN: usize = 256;
    const BYTES: usize = 50;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 7.0 / 8.0 * 15.0 * 65504.0;
    const IS_LATTICE: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 0) / 8.0;
        for (g, codes) in fields.codes.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let high = high(block, g);
            fields.scales[g] = 2 * (high >> 12 & 7) as i8 + 1;
            *codes = shifted_points(block[2 + 4 * g..].as_chunks::<1>().0, |j| one(high, j))
                .map(|value| value as u8);
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d * 8.0);
        for (g, codes) in fields.codes.as_chunks::<32>().0.iter().enumerate() {
            let mut high = (fields.scales[g] as u16 >> 1 & 7) << 12;
            for (j, eight) in codes.as_chunks::<8>().0.iter().enumerate() {
                let (index, down) = point_and_shift(*eight);
                block[2 + 4 * g + j] = index as u8;
                high |= (index >> 8 << (3 * j)) as u16 | u16::from(down) << 15;
            }
            block[34 + 2 * g..36 + 2 * g].copy_from_slice(&high.to_le_bytes());
        }
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scales, shifts and points.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let (signs, shifts) = (Signs::None, Shifts::Group);
        let recipe = Recipe { lattice: &POINTS, signs, shifts, group: 32, most: 15.0, unit: 8.0 };
        let blocks = out.as_chunks_mut::<50>().0;
        recipe.fit(tile, |number, fields| Self::pack(fields, &mut blocks[number]));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 800;
    const MAX_CODE: i32 = 9 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        put_half(&mut unit[D.at..], row, raw);
        let lines = unit.as_chunks_mut::<LINE>().0;
        for g in 0..8 {
            put(&mut lines[g], row, u32::from_le_bytes(*field(raw, 2 + 4 * g)));
            lines[8 + g / 2][4 * row + 2 * (g % 2)..][..2].copy_from_slice(&raw[34 + 2 * g..36 + 2 * g]);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        let d = f16_at(unit, D.at + row * 2) / 8.0;
        for g in 0..8 {
            let high = u16::from_le_bytes(*field(unit, HIGH.at + g / 2 * LINE + 4 * row + 2 * (g % 2)));
            let low = unit[g * LINE + 4 * row..].as_chunks::<1>().0;
            out.codes[32 * g..][..32].copy_from_slice(&shifted_points(low, |j| one(high, j)));
            out.scales[g] = d * f32::from(2 * (high >> 12 & 7) + 1);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.l.mul(unit.halves(D, 0), unit.l.splat(0.125))
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let (l, high) = (unit.l, high_words(unit, HIGH, g));
        let low = l.words(unit.line(LINES, g), 8 * j as u32, 255);
        let at = l.or_words(l.or_words(low, high, 3 * j as i32 - 8, 0x700), high, 4, 0x800);
        shifted(l, at)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        let (l, high) = (unit.l, high_words(unit, HIGH, part));
        odd(l, d, l.code::<false>(l.words(high, 12, 7), 0))
    }
}

/// High bits of points, scale and shift of group `g`.
fn high(block: &[u8], g: usize) -> u16 {
    u16::from_le_bytes(*field(block, 34 + 2 * g))
}

/// High bits of point `j`, in their place, and its shift.
fn one(high: u16, j: usize) -> (usize, i8) {
    (usize::from(high >> (3 * j) & 7) << 8, if high >> 15 == 1 { -1 } else { 1 })
}

/// Values of 32 weights from the low bytes of their points, and the high bits and shift of each.
pub(super) fn shifted_points(low: &[[u8; 1]], high: impl Fn(usize) -> (usize, i8)) -> [i8; 32] {
    let mut values = [0; 32];
    for (j, values) in values.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let (high, shift) = high(j);
        *values = POINTS.point(usize::from(low[j][0]) | high).map(|value| value + shift);
    }
    values
}

/// Number of the point with these shifted values, and whether it is shifted down.
pub(super) fn point_and_shift(codes: [u8; 8]) -> (usize, bool) {
    // Eight times -1, 0 or 1 leaves 7 when it is shifted down.
    let down = codes[0] & 7 == 7;
    let shift = if down { -1 } else { 1 };
    (POINTS.index(codes.map(|code| (code as i8).wrapping_sub(shift))), down)
}

/// The two bytes of group `g` of each row.
#[inline(always)]
pub(super) fn high_words<L: CodeLanes>(unit: &Unit<'_, L>, lines: Field, g: usize) -> L::C {
    unit.l.words(unit.line(lines, g / 2), 16 * (g % 2) as u32, 0xFFFF)
}

/// The values of a shifted point for each row.
#[inline(always)]
pub(super) fn shifted<L: CodeLanes>(l: L, at: L::C) -> [L::C; 2] {
    let (word, table) = (l.gather(&words::IQ1, at), l.table(&VALUES));
    [l.lookup(table, l.shr_and(word, 0, 15)), l.lookup(table, l.shr_and(word, 4, 15))]
}
