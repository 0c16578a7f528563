//! IQ2_S: 256 weights in 82 bytes, 2.5625 bits each. Eight magnitudes are one of 1,024 points, with a sign for each weight and a
//! four-bit scale for each 16: better than Q2_K, and smaller.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..34   qs[32]      low eight bits of the point of each eight weights
//!      34..66   signs[32]   bit i of byte j: sign of weight 8j + i
//!      66..74   qh[8]       bits 2j and 2j+1 of byte g: high bits of the point of weights 32g + 8j..32g + 8j + 8
//!      74..82   scales[8]   nibbles, as in IQ2_XS
//! weight = d · (2 · scale + 1) / 8 · sign · magnitude
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1312 bytes:
//!
//! ```text
//! byte    0..512   8 lines of the low eight bits of points, as in IQ2_XXS
//!       512..1024  8 lines of signs; line g holds columns 32g..32g+32: bit q of byte 4·row + i = column 32g + 4q + i
//!      1024..1152  2 lines of high bits: byte 4·row + g % 4 of line g / 4 is byte g of qh
//!      1152..1280  scales: 16 rows for each 32 columns
//!      1280..1312  d, f16: 16 rows
//! ```

use super::iq2_xs::{put_odd_nibbles, take_odd_nibbles, take_odd_scales};
use super::iq2_xxs::{OFFSET, VALUES, in_line_order, neighbors, odd, place};
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::lattice::IQ2_S as POINTS;
use crate::lattice::search::{Recipe, Shifts, Signs};
use crate::lattice::signs::{as_codes, signed_points, split, take_signs};
use crate::lattice::words::{self, eight};
use crate::layout::{Field, LINE, Unit, put, put_bit_word, put_half};

/// Block format IQ2_S.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ2_S;

/// Lines of the low bits of points.
const LINES: Field = Field::new(0, 8);
/// Lines of signs.
const SIGNS: Field = Field::new(512, 8);
/// Lines of the high bits of points.
const HIGH: Field = Field::new(1024, 2);
/// Field of the group scales.
const SCALES: Field = Field::new(1152, 8);
/// Field of the block scales d.
const D: Field = Field::new(1280, 1);

impl BlockFormat for IQ2_S {
    const LEN: usize = 256;
    const BYTES: usize = 82;
    const GROUP: usize = 16;
    const MAX_MAGNITUDE: f32 = 43.0 / 8.0 * 31.0 * 65504.0;
    const IS_LATTICE: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 0) / 8.0;
        take_odd_nibbles(&block[74..], &mut fields.scales);
        for (g, codes) in fields.codes.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let index =
                |j: usize| usize::from(block[2 + 4 * g + j]) | usize::from(block[66 + g] >> (2 * j) & 3) << 8;
            let signs = u32::from_le_bytes(*field(block, 34 + 4 * g));
            *codes = as_codes(signed_points(&POINTS, index, signs));
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d * 8.0);
        block[66..74].fill(0);
        for (j, codes) in fields.codes.as_chunks::<8>().0.iter().enumerate() {
            let (magnitudes, signs) = split(codes);
            let index = POINTS.index(magnitudes);
            (block[2 + j], block[34 + j]) = (index as u8, signs);
            block[66 + j / 4] |= (index >> 8 << (j % 4 * 2)) as u8;
        }
        put_odd_nibbles(&fields.scales, &mut block[74..]);
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scales and points.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let (signs, shifts) = (Signs::All, Shifts::None);
        let recipe = Recipe { lattice: &POINTS, signs, shifts, group: 16, most: 31.0, unit: 8.0 };
        let blocks = out.as_chunks_mut::<82>().0;
        recipe.fit(tile, |number, fields| Self::pack(fields, &mut blocks[number]));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1312;
    const MAX_CODE: i32 = 43 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for g in 0..8 {
            let lines = unit.as_chunks_mut::<LINE>().0;
            put(&mut lines[g], row, in_line_order(*field(raw, 2 + 4 * g)));
            put_bit_word(&mut lines[8 + g], row, u32::from_le_bytes(*field(raw, 34 + 4 * g)));
            lines[16 + g / 4][4 * row + g % 4] = raw[66 + g];
            unit[SCALES.at + g * 16 + row] = raw[74 + g];
        }
        put_half(&mut unit[D.at..], row, raw);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 16);
        let d = f16_at(unit, D.at + row * 2) / 8.0;
        for g in 0..8 {
            let signs = take_signs(&unit[SIGNS.at + g * LINE..][..LINE], row);
            let (low, high) =
                (&unit[g * LINE + row * 4..][..4], unit[HIGH.at + g / 4 * LINE + row * 4 + g % 4]);
            let index = |j: usize| usize::from(low[place(j)]) | usize::from(high >> (2 * j) & 3) << 8;
            out.codes[32 * g..][..32].copy_from_slice(&signed_points(&POINTS, index, signs));
        }
        take_odd_scales(&unit[SCALES.at..], row, d, out);
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.l.mul(unit.halves(D, 0), unit.l.splat(0.125))
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let l = unit.l;
        let (high, from) = (l.words(unit.line(HIGH, g / 4), 8 * (g % 4) as u32, 255), 4 * (j / 2) as i32);
        let first = l.or_words(neighbors(unit, LINES, g, j), high, from - 8, 0x300);
        let at = l.or_words(first, high, from - 22, 0x300_0000);
        eight(l, l.numbers(&words::IQ2_S, at), unit.line(SIGNS, g), j, &VALUES)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        odd(unit.l, d, unit.nibble(SCALES, part))
    }
}
