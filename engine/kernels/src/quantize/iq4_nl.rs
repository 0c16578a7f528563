//! IQ4_NL: a search of the scale under which the sixteen fixed values fit best.

use super::search::{NOTHING, extreme, inverse};
use super::{Encode, Lanes, MOST, TILE, keep, lanes_of, pack_nibbles, to_half};
use crate::blocks::iq4_nl::{BYTES, LEN, VALUES};

/// The format.
pub(super) struct Iq4Nl;

impl Encode for Iq4Nl {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let scales = groups_of_32::<V>(weights);
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks().0);
        for ((block, x), scale) in blocks.zip(scales) {
            block[..2].copy_from_slice(&to_half(scale).to_le_bytes());
            pack_nibbles(&nearest(x, inverse(scale)), &mut block[2..]);
        }
    }
}

/// Where a number stops being nearer to `VALUES[i]` than to `VALUES[i + 1]`; the middle itself goes up.
const MIDDLES: [f32; 15] = {
    let mut middles = [0.0; 15];
    let mut i = 0;
    while i < 15 {
        middles[i] = 0.5 * (VALUES[i] as f32 + VALUES[i + 1] as f32);
        i += 1;
    }
    middles
};

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

/// The scale of each group of 32 with the least squared error under importances x².
#[inline(always)]
pub(super) fn groups_of_32<V: Lanes>(weights: &[f32; TILE]) -> [f32; MOST] {
    let mut scales = [0.0; MOST];
    for group in (0..MOST).step_by(V::COUNT) {
        keep(best_scale(&lanes_of::<V, 32>(weights, group)), group, &mut scales);
    }
    scales
}

/// Tries the scales that put the extreme weight on the lowest value and on seven steps to either side.
#[inline(always)]
fn best_scale<V: Lanes>(x: &[V; 32]) -> V {
    let extreme = extreme(x);
    let (mut best, mut gain) = (V::zero(), V::splat(f32::NEG_INFINITY));
    // The mirrored choice first: the extreme weight on +127, off the table.
    let starts =
        std::iter::once(-f32::from(VALUES[0])).chain((-7..=7).map(|step| f32::from(VALUES[0]) + step as f32));
    for start in starts {
        let inverse = V::splat(start) / extreme;
        let (mut wqx, mut wqq) = (V::zero(), V::zero());
        for &x in x {
            let q = nearest_value(x * inverse);
            let wq = x * x * q;
            wqx = wqx + wq * x;
            wqq = wqq + wq * q;
        }
        let this_gain = wqx * wqx / wqq;
        let better = this_gain.greater(gain);
        gain = V::select(better, this_gain, gain);
        best = V::select(better, wqx / wqq, best);
    }
    V::select(extreme.abs().greater(V::splat(NOTHING)), best, V::zero())
}

/// The value nearest to each lane.
#[inline(always)]
fn nearest_value<V: Lanes>(x: V) -> V {
    let mut value = V::splat(f32::from(VALUES[0]));
    for (middle, &next) in MIDDLES.iter().zip(&VALUES[1..]) {
        value = V::select(V::splat(*middle).greater(x), value, V::splat(f32::from(next)));
    }
    value
}
