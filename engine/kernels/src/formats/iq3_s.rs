//! IQ3_S: 256 weights in 110 bytes, 3.4375 bits each. Four magnitudes are one of 512 points, with a sign for each weight and a
//! four-bit scale for each 32: better than Q3_K in the same space.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..66   qs[64]      low eight bits of the point of each four weights
//!      66..74   qh[8]       bit q of byte g: high bit of the point of weights 32g + 4q..32g + 4q + 4
//!      74..106  signs[32]   bit i of byte j: sign of weight 8j + i
//!     106..110  scales[4]   nibble g: scale of weights 32g..32g+32
//! weight = d · (2 · scale + 1) · sign · magnitude
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1760 bytes:
//!
//! ```text
//! byte    0..1024  16 lines of the low eight bits of points, as in IQ3_XXS
//!      1024..1536  8 lines of signs, as in IQ2_S
//!      1536..1664  2 lines of high bits: byte 4·row + g % 4 of line g / 4 is byte g of qh
//!      1664..1728  scales: 16 rows for each 64 columns
//!      1728..1760  d, f16: 16 rows
//! ```

use super::iq2_xs::{put_odd_nibbles, take_odd_nibbles};
use super::iq2_xxs::odd;
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::lattice::IQ3_S as POINTS;
use crate::lattice::search::{Recipe, Shifts, Signs};
use crate::lattice::signs::{as_codes, signed_points, split, take_signs};
use crate::lattice::words::{self, signed_values, twice_four};
use crate::layout::{Field, LINE, Unit, put, put_bit_word, put_half};

/// Block format IQ3_S.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ3_S;

/// Lines of the low bits of points.
const LINES: Field = Field::new(0, 16);
/// Lines of signs.
const SIGNS: Field = Field::new(1024, 8);
/// Lines of the high bits of points.
const HIGH: Field = Field::new(1536, 2);
/// Field of the group scales.
const SCALES: Field = Field::new(1664, 4);
/// Field of the block scales d.
const D: Field = Field::new(1728, 1);
/// Offset that kernels add to values, so that they are unsigned.
const OFFSET: i8 = 16;
/// Values of the codes.
const VALUES: [i8; 16] = signed_values(&[1, 3, 5, 7, 9, 11, 13, 15], 8, OFFSET);

impl BlockFormat for IQ3_S {
    const LEN: usize = 256;
    const BYTES: usize = 110;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 15.0 * 31.0 * 65504.0;
    const IS_LATTICE: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 0);
        take_odd_nibbles(&block[106..], &mut fields.scales[..8]);
        for (g, codes) in fields.codes.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let index =
                |q: usize| usize::from(block[2 + 8 * g + q]) | usize::from(block[66 + g] >> q & 1) << 8;
            let signs = u32::from_le_bytes(*field(block, 74 + 4 * g));
            *codes = as_codes(signed_points(&POINTS, index, signs));
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        block[66..106].fill(0);
        for (q, codes) in fields.codes.as_chunks::<4>().0.iter().enumerate() {
            let (magnitudes, signs) = split(codes);
            let index = POINTS.index(magnitudes);
            block[2 + q] = index as u8;
            block[66 + q / 8] |= (index >> 8 << (q % 8)) as u8;
            block[74 + q / 2] |= signs << (q % 2 * 4);
        }
        put_odd_nibbles(&fields.scales[..8], &mut block[106..]);
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scales and points.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let (signs, shifts) = (Signs::All, Shifts::None);
        let recipe = Recipe { lattice: &POINTS, signs, shifts, group: 32, most: 31.0, unit: 1.0 };
        let blocks = out.as_chunks_mut::<110>().0;
        recipe.fit(tile, |number, fields| Self::pack(fields, &mut blocks[number]));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1760;
    const MAX_CODE: i32 = 15 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        let lines = unit.as_chunks_mut::<LINE>().0;
        for (line, points) in lines.iter_mut().zip(raw[2..66].as_chunks::<4>().0) {
            put(line, row, u32::from_le_bytes(*points));
        }
        for g in 0..8 {
            put_bit_word(&mut lines[16 + g], row, u32::from_le_bytes(*field(raw, 74 + 4 * g)));
            lines[24 + g / 4][4 * row + g % 4] = raw[66 + g];
        }
        for (pair, &both) in raw[106..110].iter().enumerate() {
            unit[SCALES.at + pair * 16 + row] = both;
        }
        put_half(&mut unit[D.at..], row, raw);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        let d = f16_at(unit, D.at + row * 2);
        for g in 0..8 {
            let signs = take_signs(&unit[SIGNS.at + g * LINE..][..LINE], row);
            let high = unit[HIGH.at + g / 4 * LINE + row * 4 + g % 4];
            let low = |q: usize| unit[(2 * g + q / 4) * LINE + row * 4 + q % 4];
            let index = |q: usize| usize::from(low(q)) | usize::from(high >> q & 1) << 8;
            out.codes[32 * g..][..32].copy_from_slice(&signed_points(&POINTS, index, signs));
            out.scales[g] = d * f32::from(2 * (unit[SCALES.at + g / 2 * 16 + row] >> (g % 2 * 4) & 15) + 1);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.halves(D, 0)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let l = unit.l;
        // Every other point is in the first word, the points between them in the second.
        let (line, from) = (unit.line(LINES, 2 * g + j / 2), 4 * (j / 2) as i32);
        let high = l.words(unit.line(HIGH, g / 4), 8 * (g % 4) as u32, 255);
        let left = l.or_words(l.words(line, 0, 0x00FF_00FF), high, from - 8, 0x100);
        let left = l.or_words(left, high, from - 22, 0x100_0000);
        let right = l.or_words(l.words(line, 8, 0x00FF_00FF), high, from - 7, 0x100);
        let right = l.or_words(right, high, from - 21, 0x100_0000);
        let numbers = [l.numbers(&words::IQ3_S, left), l.numbers(&words::IQ3_S, right)];
        twice_four(l, numbers, unit.line(SIGNS, g), j, &VALUES)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        odd(unit.l, d, unit.nibble(SCALES, part))
    }
}
