//! TQ2_0: 256 weights in 66 bytes, 2.0625 bits each. One scale and codes of two bits, for models whose weights are -1, 0 and 1
//! times a scale, as BitNet's.
//!
//! ```text
//! byte  0..64   qs[64]   placed as in Q2_K
//!      64..66   d        f16
//! weight = d · (q - 1)
//! ```
//!
//! Unit of the packed layout, 16 rows × 256 columns in 1056 bytes:
//!
//! ```text
//! byte    0..1024  16 lines of two-bit codes, as in Q2_K
//!      1024..1056  d, f16: 16 rows
//! ```

use super::q2_k::{put_pair_codes, put_pair_lines, take_pair_codes, two_bits};
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, put_f16};
use crate::encode::search::inverse;
use crate::encode::tile::{WeightTile, to_half};
use crate::lanes::{CodeLanes, Lanes, larger, within};
use crate::layout::{Field, Unit, put_half, take_pairs};

/// Block format TQ2_0.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct TQ2_0;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 16);
/// Field of the block scales d.
const D: Field = Field::new(1024, 1);

impl BlockFormat for TQ2_0 {
    const LEN: usize = 256;
    const BYTES: usize = 66;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales) = (f16_at(block, 64), [1; 16]);
        take_pair_codes(&block[..64], &mut fields.codes);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_pair_codes(&fields.codes, &mut block[..64]);
        put_f16(block, 64, fields.d);
    }

    fn value(code: u8) -> i8 {
        code as i8 - 1
    }

    /// Gives the largest magnitude the code of 1 and rounds the others, which is exact for ternary weights. Importance is
    /// ignored.
    #[inline(always)]
    fn fit<L: Lanes>(_: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        fit_ternary(tile, out.as_chunks_mut::<66>().0, Self::pack);
    }

    const UNIT_COLS: usize = 256;
    const UNIT_BYTES: usize = 1056;
    const MAX_CODE: i32 = 3;
    const OFFSET: i32 = 1;
    type Head<L: Lanes> = L::V;

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        put_pair_lines(&raw[..64], row, &mut unit[..D.at]);
        put_half(&mut unit[D.at..], row, &raw[64..]);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        out.start(256, 32);
        take_pairs(&unit[..D.at], row, &mut out.codes);
        for code in &mut out.codes {
            *code -= 1;
        }
        out.scales = [f16_at(unit, D.at + row * 2); 16];
    }

    #[inline(always)]
    fn head<L: CodeLanes>(unit: &Unit<'_, L>) -> L::V {
        unit.halves(D, 0)
    }

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        two_bits(unit, LINES, g, j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(_: &Unit<'_, L>, d: L::V, _: usize) -> L::V {
        d
    }
}

/// Codes 0, 1 and 2 of each block of a tile, under a scale that is its largest magnitude.
#[inline(always)]
pub(super) fn fit_ternary<const BYTES: usize>(
    tile: &WeightTile<'_>,
    blocks: &mut [[u8; BYTES]],
    pack: impl Fn(&Fields, &mut [u8]),
) {
    let mut fields = Fields::default();
    for (block, x) in blocks.iter_mut().zip(tile.weights.as_chunks::<256>().0) {
        fields.d = ternary(x, &mut fields.codes);
        pack(&fields, block);
    }
}

/// The largest magnitude of `x`, rounded to half precision, and the codes of the nearest of its multiples, ties away from zero.
#[inline(always)]
pub(super) fn ternary(x: &[f32], codes: &mut [u8]) -> f32 {
    let d = x.iter().fold(0.0_f32, |most, x| larger(x.abs(), most));
    let inverse = inverse(d);
    for (code, x) in codes.iter_mut().zip(x) {
        let q = x * inverse;
        *code = (within(q + 0.5_f32.copysign(q), -1.0, 1.0) as i8 + 1) as u8;
    }
    to_half(d)
}
