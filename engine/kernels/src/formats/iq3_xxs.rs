//! IQ3_XXS: 256 weights in 98 bytes, 3.0625 bits each. Four magnitudes are one of 256 points, with seven signs of eight and a
//! four-bit scale for each 32 weights.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..66   qs[64]      points of four weights each
//!      66..98   signs[8]    u32 for each 32 weights, signs and the scale as in IQ2_XXS
//! weight = d · (2 · scale + 1) / 4 · sign · magnitude
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1568 bytes:
//!
//! ```text
//! byte    0..1024  16 lines of points; line p, byte 4·row + i: columns 16p + 4i..16p + 4i + 4
//!      1024..1536  8 lines of signs, with the scale in the places of the eighth signs (`lattice/signs.rs`)
//!      1536..1568  d, f16: 16 rows
//! ```

use super::iq2_xxs::{odd, put_signs_and_scale, signs_and_scale};
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::lattice::IQ3_XXS as POINTS;
use crate::lattice::search::{Recipe, Shifts, Signs};
use crate::lattice::signs::{as_codes, others, put_sevens, sevens, signed_points, split, take_sevens};
use crate::lattice::words::{self, signed_values, twice_four};
use crate::layout::{Field, LINE, Unit, put, put_half};

/// Block format IQ3_XXS.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ3_XXS;

/// Lines of points of a unit.
const LINES: Field = Field::new(0, 16);
/// Lines of signs and scales.
const SIGNS: Field = Field::new(1024, 8);
/// Field of the block scales d.
const D: Field = Field::new(1536, 1);
/// Offset that kernels add to values, so that they are unsigned.
const OFFSET: i8 = 64;
/// Values of the codes.
const VALUES: [i8; 16] = signed_values(&[4, 12, 20, 28, 36, 44, 52, 62], 8, OFFSET);

impl BlockFormat for IQ3_XXS {
    const LEN: usize = 256;
    const BYTES: usize = 98;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 62.0 / 4.0 * 31.0 * 65504.0;
    const IS_LATTICE: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 0) / 4.0;
        for (g, codes) in fields.codes.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let (signs, scale) = signs_and_scale(*field(block, 66 + 4 * g));
            fields.scales[g] = 2 * scale as i8 + 1;
            *codes = as_codes(signed_points(&POINTS, |q| usize::from(block[2 + 8 * g + q]), signs));
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d * 4.0);
        for (index, codes) in block[2..66].iter_mut().zip(fields.codes.as_chunks::<4>().0) {
            *index = POINTS.index(split(codes).0) as u8;
        }
        for (g, bytes) in block[66..].as_chunks_mut::<4>().0.iter_mut().enumerate() {
            put_signs_and_scale(fields, g, bytes);
        }
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scales and points.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let (signs, shifts) = (Signs::Even, Shifts::None);
        let recipe = Recipe { lattice: &POINTS, signs, shifts, group: 32, most: 31.0, unit: 4.0 };
        let blocks = out.as_chunks_mut::<98>().0;
        recipe.fit(tile, |number, fields| Self::pack(fields, &mut blocks[number]));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1568;
    const MAX_CODE: i32 = 62 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        put_half(&mut unit[D.at..], row, raw);
        let lines = unit.as_chunks_mut::<LINE>().0;
        for (line, points) in lines.iter_mut().zip(raw[2..66].as_chunks::<4>().0) {
            put(line, row, u32::from_le_bytes(*points));
        }
        for g in 0..8 {
            let (signs, scale) = signs_and_scale(*field(raw, 66 + 4 * g));
            put_sevens(&mut lines[16 + g], row, signs, scale);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        let d = f16_at(unit, D.at + row * 2) / 4.0;
        for g in 0..8 {
            let (signs, scale) = take_sevens(&unit[SIGNS.at + g * LINE..][..LINE], row);
            out.scales[g] = d * f32::from(2 * scale + 1);
            let index = |q: usize| usize::from(unit[(2 * g + q / 4) * LINE + row * 4 + q % 4]);
            out.codes[32 * g..][..32].copy_from_slice(&signed_points(&POINTS, index, signs));
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.l.mul(unit.halves(D, 0), unit.l.splat(0.25))
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let l = unit.l;
        // Every other point is in the first word, the points between them in the second.
        let line = unit.line(LINES, 2 * g + j / 2);
        let left = l.numbers(&words::IQ3_XXS, l.words(line, 0, 0x00FF_00FF));
        let right = l.numbers(&words::IQ3_XXS, l.words(line, 8, 0x00FF_00FF));
        twice_four(l, [left, right], sevens(unit, SIGNS, g), j, &VALUES)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        odd(unit.l, d, others(unit, SIGNS, part))
    }
}
