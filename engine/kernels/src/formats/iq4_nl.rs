//! IQ4_NL: 32 weights in 18 bytes, 4.5 bits each. Four-bit codes index sixteen unevenly spaced values, denser near zero, where
//! most weights are.
//!
//! ```text
//! byte  0..2    d        f16
//!       2..18   qs[16]   byte j: low nibble = weight j, high nibble = weight j + 16
//! weight = VALUES[q] · d
//! ```
//!
//! The packed layout is that of Q4_0: 16 rows × 64 columns in 576 bytes. Kernels look the values up.

use super::q4_0::Q4_0;
use crate::block::{BlockFormat, Fields, Unpacked, f16_at, put_f16, put_nibble_codes, take_nibble_codes};
use crate::encode::search::{NOTHING, extreme, inverse};
use crate::encode::tile::{WeightTile, keep, squares, to_half};
use crate::lanes::{CodeLanes, Lanes, MOST, Vector};
use crate::layout::{Field, Unit, take_nibbles};

/// Block format IQ4_NL.
#[allow(non_camel_case_types, reason = "the format's own name")]
pub(crate) struct IQ4_NL;

/// Lines of codes of a unit.
const LINES: Field = Field::new(0, 8);
/// Values of the codes of IQ4_NL and IQ4_XS.
pub(super) const VALUES: [i8; 16] =
    [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/// Midpoints between `VALUES[i]` and `VALUES[i + 1]`; a weight at the midpoint is rounded up.
const MIDDLES: [f32; 15] = {
    let mut middles = [0.0; 15];
    let mut i = 0;
    while i < 15 {
        middles[i] = 0.5 * (VALUES[i] as f32 + VALUES[i + 1] as f32);
        i += 1;
    }
    middles
};

impl BlockFormat for IQ4_NL {
    const LEN: usize = 32;
    const BYTES: usize = 18;
    const GROUP: usize = 32;
    const MAX_MAGNITUDE: f32 = 113.0 * 65504.0;

    fn fields(block: &[u8], fields: &mut Fields) {
        (fields.d, fields.scales[0]) = (f16_at(block, 0), 1);
        take_nibble_codes(&block[2..18], &mut fields.codes[..32]);
    }

    fn pack(fields: &Fields, block: &mut [u8]) {
        put_f16(block, 0, fields.d);
        put_nibble_codes(&fields.codes[..32], &mut block[2..18]);
    }

    fn value(code: u8) -> i8 {
        VALUES[usize::from(code)]
    }

    /// Searches the scale under which the sixteen values fit best.
    #[inline(always)]
    fn fit<L: Lanes>(l: L, tile: &WeightTile<'_>, out: &mut [u8]) {
        let mut fields = Fields::default();
        let scales = groups_of_32(l, tile);
        let blocks = out.as_chunks_mut::<18>().0.iter_mut();
        for ((block, x), scale) in blocks.zip(tile.weights.as_chunks().0).zip(scales) {
            fields.d = to_half(scale);
            fields.codes[..32].copy_from_slice(&nearest(x, inverse(scale)));
            Self::pack(&fields, block);
        }
    }

    const UNIT_COLS: usize = Q4_0::UNIT_COLS;
    const UNIT_BYTES: usize = Q4_0::UNIT_BYTES;
    const MAX_CODE: i32 = 128;
    const SIGNED: bool = true;
    type Head<L: Lanes> = ();

    fn put(raw: &[u8], row: usize, unit: &mut [u8]) {
        Q4_0::put(raw, row, unit);
    }

    fn take(unit: &[u8], row: usize, out: &mut Unpacked) {
        Q4_0::take(unit, row, out);
        take_nibbles(&unit[..512], row, &mut out.codes);
        for code in &mut out.codes[..64] {
            *code = VALUES[*code as usize];
        }
    }

    #[inline(always)]
    fn head<L: CodeLanes>(_: &Unit<'_, L>) {}

    #[inline(always)]
    fn codes<L: CodeLanes>(unit: &Unit<'_, L>, g: usize, j: usize) -> [L::C; 2] {
        values(unit, LINES, 4 * g + j)
    }

    #[inline(always)]
    fn scale<L: CodeLanes>(unit: &Unit<'_, L>, (): (), part: usize) -> L::V {
        Q4_0::scale(unit, (), part)
    }
}

/// The values of one line of nibbles.
#[inline(always)]
pub(super) fn values<L: CodeLanes>(unit: &Unit<'_, L>, lines: Field, index: usize) -> [L::C; 2] {
    let table = unit.l.signed(unit.l.table(&VALUES));
    let [first, second] = unit.nibbles(lines, index);
    [unit.l.lookup(table, first), unit.l.lookup(table, second)]
}

/// Codes of the values nearest to `x · inverse`.
#[inline(always)]
pub(super) fn nearest(x: &[f32; 32], inverse: f32) -> [u8; 32] {
    let mut codes = [0; 32];
    for (code, x) in codes.iter_mut().zip(x) {
        let x = x * inverse;
        for middle in MIDDLES {
            *code += u8::from(x >= middle);
        }
    }
    codes
}

/// The scale of each group of 32 with the least squared error; without importance, the error weights are x².
#[inline(always)]
pub(super) fn groups_of_32<L: Lanes>(l: L, tile: &WeightTile<'_>) -> [f32; MOST] {
    let mut scales = [0.0; MOST];
    for group in (0..MOST).step_by(L::N) {
        let x = tile.lanes::<L, 32>(l, group);
        let w = tile.counts(l, group, &x, squares(&x));
        keep(best_scale(&x, &w), group, &mut scales);
    }
    scales
}

/// Tries the scales that put the extreme weight on the lowest value and on seven steps to either side.
#[inline(always)]
fn best_scale<L: Lanes>(x: &[Vector<L>; 32], w: &[Vector<L>; 32]) -> Vector<L> {
    let extreme = extreme(x);
    let zero = extreme.like(0.0);
    let (mut best, mut gain) = (zero, zero.like(f32::NEG_INFINITY));
    // The mirrored choice first: the extreme weight on +127, outside the table.
    let starts =
        std::iter::once(-f32::from(VALUES[0])).chain((-7..=7).map(|step| f32::from(VALUES[0]) + step as f32));
    for start in starts {
        let inverse = zero.like(start) / extreme;
        let (mut wqx, mut wqq) = (zero, zero);
        for (&x, &w) in x.iter().zip(w) {
            let q = nearest_value(x * inverse);
            let wq = w * q;
            wqx = wqx + wq * x;
            wqq = wqq + wq * q;
        }
        let this_gain = wqx * wqx / wqq;
        let better = this_gain.greater(gain);
        gain = this_gain.where_true(better, gain);
        best = (wqx / wqq).where_true(better, best);
    }
    best.where_true(extreme.abs().greater(zero.like(NOTHING)), zero)
}

/// The value nearest to each lane.
#[inline(always)]
fn nearest_value<L: Lanes>(x: Vector<L>) -> Vector<L> {
    let mut value = x.like(f32::from(VALUES[0]));
    for (middle, &next) in MIDDLES.iter().zip(&VALUES[1..]) {
        value = value.where_true(x.like(*middle).greater(x), x.like(f32::from(next)));
    }
    value
}
