//! IQ1_M: 256 weights in 56 bytes, 1.75 bits each. Points and shifts as in IQ1_S, with a shift for each eight weights and a
//! three-bit scale for each 16.
//!
//! ```text
//! byte  0..32   qs[32]      low eight bits of the point of each eight weights
//!      32..48   qh[16]      nibble j: high three bits of point j, and its shift (1 = down)
//!      48..56   scales[4]   u16: bits 3i..3i+3 of number k = scale of weights 16(4k + i)..; the high nibbles, the lowest first,
//!                           are d, f16
//! weight = d · (2 · scale + 1) · (point ± 1/8)
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 928 bytes, of which every other begins within a cache line:
//!
//! ```text
//! byte    0..512   8 lines of the low eight bits of points, as in IQ2_XXS
//!       512..768   4 lines of qh: bytes 4·row + 2(g % 2).. of line g / 2 are those of columns 32g..32g+32
//!       768..896   scales: 16 rows of two nibbles for each 32 columns
//!       896..928   d, f16: 16 rows
//! ```
//! Values are eight times as large, so that they are integers, and d is an eighth.

use super::iq1_s::{OFFSET, high_words, point_and_shift, shifted, shifted_points};
use super::iq2_xs::take_odd_scales;
use super::iq2_xxs::odd;
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::lattice::IQ1 as POINTS;
use crate::lattice::search::{Recipe, Shifts, Signs};
use crate::layout::{Field, LINE, Unit, put, put_half};

/// Block format IQ1_M.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ1_M;

/// Lines of the low bits of points.
const LINES: Field = Field::new(0, 8);
/// Lines of high bits and shifts.
const HIGH: Field = Field::new(512, 4);
/// Field of the group scales.
const SCALES: Field = Field::new(768, 8);
/// Field of the block scales d.
const D: Field = Field::new(896, 1);

impl BlockFormat for IQ1_M {
    const LEN: usize = 256;
    const BYTES: usize = 56;
    const GROUP: usize = 16;
    const MAX_MAGNITUDE: f32 = 7.0 / 8.0 * 15.0 * 65504.0;
    const IS_LATTICE: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = half::f16::from_bits(d_bits(block)).to_f32() / 8.0;
        for (j, scale) in fields.scales.iter_mut().enumerate() {
            *scale = 2 * three_bits(block, j) as i8 + 1;
        }
        for (g, codes) in fields.codes.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let high = u16::from_le_bytes(*field(block, 32 + 2 * g));
            *codes =
                shifted_points(block[4 * g..].as_chunks::<1>().0, |j| one(high, j)).map(|value| value as u8);
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        block[32..48].fill(0);
        for (j, eight) in fields.codes.as_chunks::<8>().0.iter().enumerate() {
            let (index, down) = point_and_shift(*eight);
            block[j] = index as u8;
            block[32 + j / 2] |= ((index >> 8) as u8 | u8::from(down) << 3) << (j % 2 * 4);
        }
        let d = half::f16::from_f32(fields.d * 8.0).to_bits();
        for (k, (four, out)) in
            fields.scales.as_chunks::<4>().0.iter().zip(block[48..].as_chunks_mut::<2>().0).enumerate()
        {
            let scales = (0..4).fold(0, |all, i| all | (four[i] as u16 >> 1 & 7) << (3 * i));
            *out = (scales | (d >> (4 * k) & 15) << 12).to_le_bytes();
        }
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scales, shifts and points.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let (signs, shifts) = (Signs::None, Shifts::Point);
        let recipe = Recipe { lattice: &POINTS, signs, shifts, group: 16, most: 15.0, unit: 8.0 };
        let blocks = out.as_chunks_mut::<56>().0;
        recipe.fit(tile, |number, fields| Self::pack(fields, &mut blocks[number]));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 928;
    const MAX_CODE: i32 = 9 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for g in 0..8 {
            let lines = unit.as_chunks_mut::<LINE>().0;
            put(&mut lines[g], row, u32::from_le_bytes(*field(raw, 4 * g)));
            lines[8 + g / 2][4 * row + 2 * (g % 2)..][..2].copy_from_slice(&raw[32 + 2 * g..34 + 2 * g]);
            unit[SCALES.at + g * 16 + row] = three_bits(raw, 2 * g) | three_bits(raw, 2 * g + 1) << 4;
        }
        put_half(&mut unit[D.at..], row, &d_bits(raw).to_le_bytes());
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 16);
        for g in 0..8 {
            let high = u16::from_le_bytes(*field(unit, HIGH.at + g / 2 * LINE + 4 * row + 2 * (g % 2)));
            let low = unit[g * LINE + 4 * row..].as_chunks::<1>().0;
            out.codes[32 * g..][..32].copy_from_slice(&shifted_points(low, |j| one(high, j)));
        }
        take_odd_scales(&unit[SCALES.at..], row, f16_at(unit, D.at + row * 2) / 8.0, out);
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.l.mul(unit.halves(D, 0), unit.l.splat(0.125))
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let l = unit.l;
        let low = l.words(unit.line(LINES, g), 8 * j as u32, 255);
        shifted(l, l.or_words(low, high_words(unit, HIGH, g), 4 * j as i32 - 8, 0xF00))
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        odd(unit.l, d, unit.nibble(SCALES, part))
    }
}

/// High bits of point `j` of a group, in their place, and its shift.
fn one(high: u16, j: usize) -> (usize, i8) {
    let nibble = high >> (4 * j);
    (usize::from(nibble & 7) << 8, if nibble & 8 == 8 { -1 } else { 1 })
}

/// The bits of d, four in each of the numbers of scales.
fn d_bits(block: &[u8]) -> u16 {
    (0..4).fold(0, |bits, k| bits | u16::from(block[49 + 2 * k] >> 4) << (4 * k))
}

/// Three-bit scale of group `j`.
fn three_bits(block: &[u8], j: usize) -> u8 {
    (u16::from_le_bytes(*field(block, 48 + 2 * (j / 4))) >> (3 * (j % 4)) & 7) as u8
}
