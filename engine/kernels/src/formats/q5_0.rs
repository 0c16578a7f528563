//! Q5_0: 32 weights in 22 bytes, 5.5 bits each. Q4_0 with a fifth bit stored separately.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..6    qh       u32, bit i = fifth bit of weight i
//!       6..22   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = (q - 16) · d
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 704 bytes:
//!
//! ```text
//! byte   0..512   8 lines of nibbles, as in Q4_0
//!      512..640   2 lines of fifth bits, one for each 32 columns: bit q of byte 4·row + i = column 4q + i
//!      640..704   d, f16: 16 rows for the first 32 columns, 16 for the second
//! ```

use super::q4_0::put_block;
use crate::block::{
    BlockFormat, Fields, Unpacked, f16_at, field, put_f16, put_nibble_codes, take_nibble_codes,
};
use crate::encode::search::{cut_codes, extremes, inverse, nearest_codes, offset, signed_scales};
use crate::encode::tile::{WeightTile, to_half};
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, put_bit_word, put_half, take_bits, take_nibbles};

/// Block format Q5_0.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q5_0;

/// Lines of codes of a unit.
pub(super) const LINES: Field = Field::new(0, 8);
/// Lines of the fifth bits of codes.
pub(super) const BITS: Field = Field::new(512, 2);
/// Field of the group scales.
const SCALES: Field = Field::new(640, 2);

impl BlockFormat for Q5_0 {
    const LEN: usize = 32;
    const BYTES: usize = 22;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 15.0 * 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales[0]) = (f16_at(block, 0), 1);
        take_fifth_bits(u32::from_le_bytes(*field(block, 2)), &block[6..22], &mut fields.codes);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        block[2..6].copy_from_slice(&fifth_bits(&fields.codes).to_le_bytes());
        put_nibble_codes(&fields.codes[..32], &mut block[6..22]);
    }

    fn value(code: u8) -> i8 {
        code as i8 - 16
    }

    /// Gives the weight of largest magnitude the code -16, so that the scale carries a sign; with importance, searches the
    /// scale.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        let searched = tile.importance.map(|_| signed_scales(l, tile, 16.0));
        let scales = searched.unwrap_or_else(|| extremes(l, tile).map(|extreme| extreme / -16.0));
        let blocks = out.as_chunks_mut::<22>().0.iter_mut();
        for ((block, x), scale) in blocks.zip(tile.weights.as_chunks::<32>().0).zip(scales) {
            fields.d = to_half(scale);
            if searched.is_some() {
                nearest_codes(x, (fields.d, 0.0), (-16.0, 15.0), &mut fields.codes[..32]);
                offset(&mut fields.codes[..32], 16);
            } else {
                fields.codes[..32].copy_from_slice(&cut_codes(x, (0.0, inverse(scale)), 16.5, 31.0));
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 704;
    const MAX_CODE: i32 = 31;
    const OFFSET: i32 = 16;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, block) in raw.chunks(22).enumerate() {
            put_block(&block[6..], row, &mut unit[g * 256..][..256]);
            put_bit_line(&block[2..], row, g, unit);
            put_half(&mut unit[SCALES.at + g * 32..], row, block);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 32);
        take_nibbles(&unit[..BITS.at], row, &mut out.codes);
        take_bits(&unit[BITS.at..SCALES.at], row, 16, &mut out.codes[..64]);
        for code in &mut out.codes[..64] {
            *code -= 16;
        }
        for g in 0..2 {
            out.scales[g] = f16_at(unit, SCALES.at + g * 32 + row * 2);
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
}

/// The fifth bits of 32 codes, bit i for code i.
#[inline(always)]
pub(super) fn fifth_bits(codes: &[u8]) -> u32 {
    codes[..32].iter().enumerate().fold(0, |bits, (i, &code)| bits | u32::from(code >> 4 & 1) << i)
}

/// Combines nibbles and fifth bits to five-bit codes.
pub(super) fn take_fifth_bits(bits: u32, nibbles: &[u8], codes: &mut [u8]) {
    take_nibble_codes(nibbles, &mut codes[..32]);
    for (i, code) in codes[..32].iter_mut().enumerate() {
        *code |= ((bits >> i & 1) << 4) as u8;
    }
}

/// Writes a block's fifth bits, four bytes, into the line of 32-column group `g`.
pub(super) fn put_bit_line(bits: &[u8], row: usize, g: usize, unit: &mut [u8]) {
    let lines = unit[BITS.at..].as_chunks_mut().0;
    put_bit_word(&mut lines[g], row, u32::from_le_bytes(*field(bits, 0)));
}

/// Nibbles of `lines` with a fifth bit from the line of 32-column group `g` of `bits`.
#[inline(always)]
pub(super) fn five_bits<L: CodeLanes>(
    unit: &Unit<'_, L>,
    lines: Field,
    bits: Field,
    g: usize,
    j: usize,
) -> [L::C; 2] {
    let [first, second] = unit.nibbles(lines, 4 * g + j);
    let bits = unit.line(bits, g);
    let from = 2 * j as u32;
    [unit.l.or_bits(first, bits, (from, 4), 16), unit.l.or_bits(second, bits, (from + 1, 4), 16)]
}
