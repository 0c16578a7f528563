//! Q4_1: 32 weights in 20 bytes, 5 bits each. A scale and a minimum, for weights that are not centered on zero.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..4    m        f16
//!       4..20   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = q · d + m
//! ```
//!
//! Unit of the packed layout, 16 rows × 64 columns in 640 bytes:
//!
//! ```text
//! byte   0..512   8 lines of nibbles, as in Q4_0
//!      512..576   d, f16: 16 rows for the first 32 columns, 16 for the second
//!      576..640   -m, f16, likewise
//! ```

use super::q4_0::put_block;
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, put_f16, put_nibble_codes, take_nibble_codes};
use crate::encode::search::{ScaleCandidates, bounds, cut_codes, inverse, nearest_codes, scales_and_mins};
use crate::encode::tile::{WeightTile, to_half};
use crate::lanes::{CodeLanes, Lanes, MOST};
use crate::layout::{Field, Unit, put_half, put_negated_half, take_nibbles};

/// Block format Q4_1.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct Q4_1;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 8);
/// Field of the group scales.
const SCALES: Field = Field::new(512, 2);
/// Field of the group minima.
const MINS: Field = Field::new(576, 2);

impl BlockFormat for Q4_1 {
    const LEN: usize = 32;
    const BYTES: usize = 20;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 65504.0;
    const HAS_MINS: bool = true;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.dmin) = (f16_at(block, 0), -f16_at(block, 2));
        (fields.scales[0], fields.mins[0]) = (1, 1);
        take_nibble_codes(&block[4..20], &mut fields.codes[..32]);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        put_f16(block, 2, -fields.dmin);
        put_nibble_codes(&fields.codes[..32], &mut block[4..20]);
    }

    fn value(code: u8) -> i8 {
        code as i8
    }

    /// Gives the smallest weight the code 0 and the largest 15; with importance, searches scale and minimum.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        fit_affine(l, tile, 15.0, out.as_chunks_mut::<20>().0, |fields, block| Self::pack(fields, block));
    }

    const UNIT_COLS: usize = 64;
    const UNIT_BYTES: usize = 640;
    const MAX_CODE: i32 = 15;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        for (g, block) in raw.chunks(20).enumerate() {
            put_block(&block[4..], row, &mut unit[g * 256..][..256]);
            put_half(&mut unit[SCALES.at + g * 32..], row, block);
            put_negated_half(&mut unit[MINS.at + g * 32..], row, &block[2..]);
        }
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(64, 32);
        take_nibbles(&unit[..SCALES.at], row, &mut out.codes);
        for g in 0..2 {
            out.scales[g] = f16_at(unit, SCALES.at + g * 32 + row * 2);
            out.mins[g] = f16_at(unit, MINS.at + g * 32 + row * 2);
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

    #[inline(always)]
    fn min<L: CodeLanes>(unit: &Unit<'_, L>, (): (), part: usize) -> L::V {
        unit.halves(MINS, part)
    }
}

/// Finds scale, minimum and codes up to `most` of each group of 32 of a tile, which `pack` writes.
#[inline(always)]
pub(super) fn fit_affine<L: Lanes, const BYTES: usize>(
    l: L,
    tile: &WeightTile<'_>,
    most: f32,
    blocks: &mut [[u8; BYTES]],
    pack: impl Fn(&Fields, &mut [u8; BYTES]),
) {
    let mut fields = Fields::default();
    let searched = tile.importance.is_some();
    let (mut scales, mut mins) = ([0.0; MOST], [0.0; MOST]);
    if searched {
        // The search returns magnitudes of minima, which are at most zero.
        (scales, mins) = scales_and_mins(l, tile, ScaleCandidates { most, first: -1.0, steps: 20 });
        mins = mins.map(|min| -min);
    } else {
        let (least, greatest) = bounds(l, tile);
        for (i, (min, max)) in least.into_iter().zip(greatest).enumerate() {
            (scales[i], mins[i]) = ((max - min) / most, min);
        }
    }
    let found = scales.into_iter().zip(mins);
    for ((block, x), (scale, min)) in blocks.iter_mut().zip(tile.weights.as_chunks::<32>().0).zip(found) {
        (fields.d, fields.dmin) = (to_half(scale), -to_half(min));
        if searched {
            nearest_codes(x, (fields.d, fields.dmin), (0.0, most), &mut fields.codes[..32]);
        } else {
            fields.codes[..32].copy_from_slice(&cut_codes(x, (min, inverse(scale)), 0.5, most));
        }
        pack(&fields, block);
    }
}
