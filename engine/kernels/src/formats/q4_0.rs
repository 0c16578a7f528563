//! Q4_0: 32 weights in 18 bytes, 4.5 bits each. One scale, symmetric around code 8: small and quick, the coarsest of the
//! four-bit formats.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..18   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = (q - 8) · d
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 576 bytes:
//!
//! ```text
//! byte   0..512   8 lines of nibbles; line j: low nibbles = columns 8j..8j+4, high nibbles = columns 8j+4..8j+8
//!      512..576   d, f16: 16 rows for the first 32 columns, 16 for the second
//! ```
//! A row with an odd number of blocks leaves the second half of its last unit zero.

use crate::block::{BlockFormat, Fields, Unpacked, f16_at, put_f16, put_nibble_codes, take_nibble_codes};
use crate::encode::search::{cut_codes, extremes, inverse, nearest_codes, offset, signed_scales};
use crate::encode::tile::{WeightTile, to_half};
use crate::lanes::{CodeLanes, Lanes};
use crate::layout::{Field, Unit, put_half, put_nibbles, take_nibbles, word};

/// Block format Q4_0.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q4_0;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 8);
/// Field of the group scales.
const SCALES: Field = Field::new(512, 2);

impl BlockFormat for Q4_0 {
    const LEN: usize = 32;
    const BYTES: usize = 18;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 7.0 * 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales[0]) = (f16_at(block, 0), 1);
        take_nibble_codes(&block[2..18], &mut fields.codes[..32]);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        put_nibble_codes(&fields.codes[..32], &mut block[2..18]);
    }

    fn value(code: u8) -> i8 {
        code as i8 - 8
    }

    /// Gives the weight of largest magnitude the code -8, so that the scale carries a sign; with importance, searches the
    /// scale.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        let searched = tile.importance.map(|_| signed_scales(l, tile, 8.0));
        let scales = searched.unwrap_or_else(|| extremes(l, tile).map(|extreme| extreme / -8.0));
        let blocks = out.as_chunks_mut::<18>().0.iter_mut();
        for ((block, x), scale) in blocks.zip(tile.weights.as_chunks::<32>().0).zip(scales) {
            fields.d = to_half(scale);
            if searched.is_some() {
                nearest_codes(x, (fields.d, 0.0), (-8.0, 7.0), &mut fields.codes[..32]);
                offset(&mut fields.codes[..32], 8);
            } else {
                fields.codes[..32].copy_from_slice(&cut_codes(x, (0.0, inverse(scale)), 8.5, 15.0));
            }
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 576;
    const MAX_CODE: i32 = 15;
    const OFFSET: i32 = 8;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, block) in raw.chunks(18).enumerate() {
            put_block(&block[2..], row, &mut unit[g * 256..][..256]);
            put_half(&mut unit[SCALES.at + g * 32..], row, block);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 32);
        take_nibbles(&unit[..SCALES.at], row, &mut out.codes);
        for code in &mut out.codes[..64] {
            *code -= 8;
        }
        for g in 0..2 {
            out.scales[g] = f16_at(unit, SCALES.at + g * 32 + row * 2);
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(_: &Unit<'_, L>) {}

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        unit.nibbles(LINES, 4 * g + j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, (): (), part: usize) -> L::V {
        unit.halves(SCALES, part)
    }
}

/// Writes the 16 bytes of a block's nibbles (the first 16 codes low, the others high) to four lines.
pub(super) fn put_block(nibbles: &[u8], row: usize, lines: &mut [u8]) {
    let (first, second) = (word(nibbles, 0), word(nibbles, 1));
    put_nibbles(lines, row, &[first, second, first >> 4, second >> 4]);
}
