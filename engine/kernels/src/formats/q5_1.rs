//! Q5_1: 32 weights in 24 bytes, 6 bits each. Q4_1 with a fifth bit stored separately.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..4    m        f16
//!       4..8    qh       u32, bit i = fifth bit of weight i
//!       8..24   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = q · d + m
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 768 bytes:
//!
//! ```text
//! byte   0..640   nibbles and fifth bits, as in Q5_0
//!      640..704   d, f16: 16 rows for the first 32 columns, 16 for the second
//!      704..768   -m, f16, likewise
//! ```

use super::q4_0::put_block;
use super::q4_1::fit_affine;
use super::q5_0::{BITS, LINES, fifth_bits, five_bits, put_bit_line, take_fifth_bits};
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, field, put_f16, put_nibble_codes};
use crate::encode::tile::WeightTile;
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, put_half, put_negated_half, take_bits, take_nibbles};

/// Block format Q5_1.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q5_1;

/// Field of the group scales.
const SCALES: Field = Field::new(640, 2);
/// Field of the group minima.
const MINS: Field = Field::new(704, 2);

impl BlockFormat for Q5_1 {
    const LEN: usize = 32;
    const BYTES: usize = 24;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 65504.0;
    const HAS_MINS: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.dmin) = (f16_at(block, 0), -f16_at(block, 2));
        (fields.scales[0], fields.mins[0]) = (1, 1);
        take_fifth_bits(u32::from_le_bytes(*field(block, 4)), &block[8..24], &mut fields.codes);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        put_f16(block, 2, -fields.dmin);
        block[4..8].copy_from_slice(&fifth_bits(&fields.codes).to_le_bytes());
        put_nibble_codes(&fields.codes[..32], &mut block[8..24]);
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Gives the smallest weight the code 0 and the largest 31; with importance, searches scale and minimum.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        fit_affine(l, tile, 31.0, out.as_chunks_mut::<24>().0, |fields, block| Self::pack(fields, block));
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 768;
    const MAX_CODE: i32 = 31;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, block) in raw.chunks(24).enumerate() {
            put_block(&block[8..], row, &mut unit[g * 256..][..256]);
            put_bit_line(&block[4..], row, g, unit);
            put_half(&mut unit[SCALES.at + g * 32..], row, block);
            put_negated_half(&mut unit[MINS.at + g * 32..], row, &block[2..]);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 32);
        take_nibbles(&unit[..BITS.at], row, &mut out.codes);
        take_bits(&unit[BITS.at..SCALES.at], row, 16, &mut out.codes[..64]);
        for g in 0..2 {
            out.scales[g] = f16_at(unit, SCALES.at + g * 32 + row * 2);
            out.mins[g] = f16_at(unit, MINS.at + g * 32 + row * 2);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(_: &Unit<'_, L>) {}

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        five_bits(unit, LINES, BITS, g, j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, (): (), part: usize) -> L::V {
        unit.halves(SCALES, part)
    }

    #[inline(always)]
    fn min<L: CodeLanes>(unit: &Unit<'_, L>, (): (), part: usize) -> L::V {
        unit.halves(MINS, part)
    }
}
