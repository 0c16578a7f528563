//! IQ2_XS: 256 weights in 74 bytes, 2.3125 bits each. Eight magnitudes are one of 512 points, with seven signs of eight and a
//! four-bit scale for each 16 weights.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..66   qs[32]      u16 for each eight weights: the point in bits 0..9, seven signs in bits 9..16
//!      66..74   scales[8]   byte g: low nibble = weights 32g..32g+16, high nibble = the next 16
//! weight = d · (2 · scale + 1) / 8 · sign · magnitude
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1184 bytes:
//!
//! ```text
//! byte    0..512   8 lines of the low eight bits of points, as in IQ2_XXS
//!       512..1024  8 lines of signs, with the ninth bits of points in the places of the eighth signs (`lattice/signs.rs`)
//!      1024..1152  scales: 16 rows for each 32 columns
//!      1152..1184  d, f16: 16 rows
//! ```

use super::iq2_xxs::{OFFSET, VALUES, in_line_order, neighbors, odd, place};
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::lattice::IQ2_XS as POINTS;
use crate::lattice::search::{Recipe, Shifts, Signs};
use crate::lattice::signs::{as_codes, put_sevens, sevens, signed_points, split, take_sevens, with_eighth};
use crate::lattice::words::{self, eight};
use crate::layout::{Field, LINE, Unit, put, put_half};

/// Block format IQ2_XS.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ2_XS;

/// Lines of the low bits of points.
const LINES: Field = Field::new(0, 8);
/// Lines of signs and high bits.
const SIGNS: Field = Field::new(512, 8);
/// Field of the group scales.
const SCALES: Field = Field::new(1024, 8);
/// Field of the block scales d.
const D: Field = Field::new(1152, 1);

impl BlockFormat for IQ2_XS {
    const LEN: usize = 256;
    const BYTES: usize = 74;
    const GROUP: usize = 16;
    const MAX_MAGNITUDE: f32 = 43.0 / 8.0 * 31.0 * 65504.0;
    const IS_LATTICE: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 0) / 8.0;
        take_odd_nibbles(&block[66..], &mut fields.scales);
        for (g, codes) in fields.codes.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let (indices, signs) = points_and_signs(block, g);
            *codes = as_codes(signed_points(&POINTS, |j| indices[j], signs));
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d * 8.0);
        put_odd_nibbles(&fields.scales, &mut block[66..]);
        for (out, codes) in
            block[2..66].as_chunks_mut::<2>().0.iter_mut().zip(fields.codes.as_chunks::<8>().0)
        {
            let (magnitudes, signs) = split(codes);
            *out = (POINTS.index(magnitudes) as u16 | u16::from(signs & 127) << 9).to_le_bytes();
        }
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scales and points.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let (signs, shifts) = (Signs::Even, Shifts::None);
        let recipe = Recipe { lattice: &POINTS, signs, shifts, group: 16, most: 31.0, unit: 8.0 };
        let blocks = out.as_chunks_mut::<74>().0;
        recipe.fit(tile, |number, fields| Self::pack(fields, &mut blocks[number]));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1184;
    const MAX_CODE: i32 = 43 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for g in 0..8 {
            let (indices, signs) = points_and_signs(raw, g);
            let lines = unit.as_chunks_mut::<LINE>().0;
            put(&mut lines[g], row, in_line_order(indices.map(|index| index as u8)));
            let ninths = (0..4).fold(0, |ninths, j| ninths | ((indices[j] >> 8) as u8) << j);
            put_sevens(&mut lines[8 + g], row, signs, ninths);
            unit[SCALES.at + g * 16 + row] = raw[66 + g];
        }
        put_half(&mut unit[D.at..], row, raw);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 16);
        let d = f16_at(unit, D.at + row * 2) / 8.0;
        for g in 0..8 {
            let (signs, ninths) = take_sevens(&unit[SIGNS.at + g * LINE..][..LINE], row);
            let low = &unit[g * LINE + row * 4..][..4];
            let index = |j: usize| usize::from(low[place(j)]) | usize::from(ninths >> j & 1) << 8;
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
        let (l, signs, from) = (unit.l, unit.line(SIGNS, g), 4 * (j / 2) as i32);
        let ninth = l.or_words(neighbors(unit, LINES, g, j), signs, 17 + from, 0x100);
        let at = l.or_words(ninth, signs, 3 + from, 0x100_0000);
        eight(l, l.numbers(&words::IQ2_XS, at), sevens(unit, SIGNS, g), j, &VALUES)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        odd(unit.l, d, unit.nibble(SCALES, part))
    }
}

/// The points of 32 weights and their signs.
fn points_and_signs(block: &[u8], g: usize) -> ([usize; 4], u32) {
    let both = [0, 1, 2, 3].map(|j| u16::from_le_bytes(*field(block, 2 + 8 * g + 2 * j)));
    let signs = both.map(|both| with_eighth((both >> 9) as u8));
    (both.map(|both| usize::from(both & 511)), u32::from_le_bytes(signs))
}

/// Sixteen scales 2n + 1 from the nibbles n of eight bytes.
pub(super) fn take_odd_nibbles(bytes: &[u8], scales: &mut [i8]) {
    for (j, scale) in scales.iter_mut().enumerate() {
        *scale = 2 * (bytes[j / 2] >> (j % 2 * 4) & 15) as i8 + 1;
    }
}

/// Writes sixteen odd scales as nibbles.
pub(super) fn put_odd_nibbles(scales: &[i8], bytes: &mut [u8]) {
    for (byte, pair) in bytes.iter_mut().zip(scales.as_chunks::<2>().0) {
        *byte = pair[0] as u8 >> 1 | pair[1] as u8 >> 1 << 4;
    }
}

/// The scales d · (2n + 1) of `row` from a unit's nibbles.
pub(super) fn take_odd_scales(bytes: &[u8], row: usize, d: f32, out: &mut Unpacked) {
    for (j, scale) in out.scales.iter_mut().enumerate() {
        *scale = d * f32::from(2 * (bytes[j / 2 * 16 + row] >> (j % 2 * 4) & 15) + 1);
    }
}
