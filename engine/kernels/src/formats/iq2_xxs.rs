//! IQ2_XXS: 256 weights in 66 bytes, 2.0625 bits each. Eight magnitudes are one of 256 points, with seven signs of eight and a
//! four-bit scale for each 32 weights: the smallest two-bit format, for large models with an importance matrix.
//!
//! ```text
//! byte  0..2    d           f16
//!       2..66   qs[8][8]    per 32 weights four bytes, points of eight weights each, and u32: seven signs of the first eight
//!                           weights in bits 0..7, of the next in bits 7..14, 14..21 and 21..28; the scale in bits 28..32
//! weight = d · (2 · scale + 1) / 8 · sign · magnitude
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1056 bytes:
//!
//! ```text
//! byte    0..512   8 lines of points; line g holds columns 32g..32g+32; bytes 4·row.. are the points of the first,
//!                  third, second and fourth eight columns
//!       512..1024  8 lines of signs, with the scale in the places of the eighth signs (`lattice/signs.rs`)
//!      1024..1056  d, f16: 16 rows
//! ```

use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::lattice::IQ2_XXS as POINTS;
use crate::lattice::search::{Recipe, Shifts, Signs};
use crate::lattice::signs::{
    as_codes, others, put_sevens, sevens, signed_points, split, take_sevens, with_eighth,
};
use crate::lattice::words::{self, eight, signed_values};
use crate::layout::{Field, LINE, Unit, put, put_half};

/// Block format IQ2_XXS.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ2_XXS;

/// Lines of points of a unit.
const LINES: Field = Field::new(0, 8);
/// Lines of signs and scales.
const SIGNS: Field = Field::new(512, 8);
/// Field of the block scales d.
const D: Field = Field::new(1024, 1);
/// Offset that kernels add to values, so that they are unsigned.
pub(super) const OFFSET: i8 = 64;
/// Values of the codes of IQ2 formats.
pub(super) const VALUES: [i8; 16] = signed_values(&[8, 25, 43], 4, OFFSET);

impl BlockFormat for IQ2_XXS {
    const LEN: usize = 256;
    const BYTES: usize = 66;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 43.0 / 8.0 * 31.0 * 65504.0;
    const IS_LATTICE: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        fields.d = f16_at(block, 0) / 8.0;
        for (g, bytes) in block[2..].as_chunks::<8>().0.iter().enumerate() {
            let (signs, scale) = signs_and_scale(*field(bytes, 4));
            fields.scales[g] = 2 * scale as i8 + 1;
            let values = signed_points(&POINTS, |j| usize::from(bytes[j]), signs);
            fields.codes[32 * g..][..32].copy_from_slice(&as_codes(values));
        }
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d * 8.0);
        for (g, bytes) in block[2..].as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let (points, last) = bytes.split_at_mut(4);
            for (point, codes) in points.iter_mut().zip(fields.codes[32 * g..].as_chunks::<8>().0) {
                *point = POINTS.index(split(codes).0) as u8;
            }
            put_signs_and_scale(fields, g, last);
        }
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Searches scales and points.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let recipe = Recipe {
            lattice: &POINTS,
            signs: Signs::Even,
            shifts: Shifts::None,
            group: 32,
            most: 31.0,
            unit: 8.0,
        };
        let blocks = out.as_chunks_mut::<66>().0;
        recipe.fit(tile, |number, fields| Self::pack(fields, &mut blocks[number]));
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1056;
    const MAX_CODE: i32 = 43 + OFFSET as i32;
    const OFFSET: i32 = OFFSET as i32;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        let (points, rest) = unit.split_at_mut(SIGNS.at);
        let lines = points.as_chunks_mut::<LINE>().0.iter_mut().zip(rest.as_chunks_mut::<LINE>().0);
        for ((points, signs), bytes) in lines.zip(raw[2..66].as_chunks::<8>().0) {
            put(points, row, in_line_order(*field(bytes, 0)));
            let (all, scale) = signs_and_scale(*field(bytes, 4));
            put_sevens(signs, row, all, scale);
        }
        put_half(&mut unit[D.at..], row, raw);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        let d = f16_at(unit, D.at + row * 2) / 8.0;
        for g in 0..8 {
            let (signs, scale) = take_sevens(&unit[SIGNS.at + g * LINE..][..LINE], row);
            out.scales[g] = d * f32::from(2 * scale + 1);
            let values = signed_points(&POINTS, |j| usize::from(unit[g * LINE + row * 4 + place(j)]), signs);
            out.codes[32 * g..][..32].copy_from_slice(&values);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.l.mul(unit.halves(D, 0), unit.l.splat(0.125))
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        let l = unit.l;
        let numbers = l.numbers(&words::IQ2_XXS, neighbors(unit, LINES, g, j));
        eight(l, numbers, sevens(unit, SIGNS, g), j, &VALUES)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, d: L::V, part: usize) -> L::V {
        odd(unit.l, d, others(unit, SIGNS, part))
    }
}

/// The 32 signs of a group, and its scale.
pub(super) fn signs_and_scale(bytes: [u8; 4]) -> (u32, u8) {
    let last = u32::from_le_bytes(bytes);
    let signs = [0, 7, 14, 21].map(|from| with_eighth((last >> from & 127) as u8));
    (u32::from_le_bytes(signs), (last >> 28) as u8)
}

/// Writes the signs of group `g` and its scale.
pub(super) fn put_signs_and_scale(fields: &Fields, g: usize, bytes: &mut [u8]) {
    let mut last = (fields.scales[g] as u32 >> 1) << 28;
    for (j, codes) in fields.codes[32 * g..].as_chunks::<8>().0[..4].iter().enumerate() {
        last |= u32::from(split::<8>(codes).1 & 127) << (7 * j);
    }
    bytes.copy_from_slice(&last.to_le_bytes());
}

/// The scale d · (2 · factor + 1).
#[inline(always)]
pub(super) fn odd<L: Lanes>(l: L, d: L::V, factor: L::V) -> L::V {
    l.mul(d, l.add(l.add(factor, factor), l.splat(1.0)))
}

/// Numbers of four points in the order of a line: two neighboring ones are two bytes apart, where a word has its halves.
pub(super) fn in_line_order(points: [u8; 4]) -> u32 {
    let [first, second, third, fourth] = points;
    u32::from_le_bytes([first, third, second, fourth])
}

/// Place of point `j` in a line's word.
pub(super) fn place(j: usize) -> usize {
    j / 2 + j % 2 * 2
}

/// Low eight bits of the numbers of point `j` and its neighbor, in halves of words: that of even number in the lower half.
#[inline(always)]
pub(super) fn neighbors<L: CodeLanes>(unit: &Unit<'_, L>, lines: Field, g: usize, j: usize) -> L::C {
    unit.l.words(unit.line(lines, g), 8 * (j / 2) as u32, 0x00FF_00FF)
}
