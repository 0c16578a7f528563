//! Q8_0: the largest magnitude lands on 127.

use super::search::{extremes, inverse};
use super::{Encode, Lanes, TILE, to_half};
use crate::blocks::q8_0::{BYTES, LEN};

/// The format.
pub(super) struct Q8_0;

/// The greatest number below one half: adding it and cutting rounds half away from zero, and never up what lies below.
const BELOW_HALF: f32 = 0.499_999_97;

impl Encode for Q8_0 {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let extremes = extremes::<V>(weights);
        let blocks = out.as_chunks_mut::<BYTES>().0;
        for ((block, x), extreme) in blocks.iter_mut().zip(weights.as_chunks::<LEN>().0).zip(extremes) {
            let scale = extreme.abs() / 127.0;
            let inverse = inverse(scale);
            block[..2].copy_from_slice(&to_half(scale).to_le_bytes());
            for (code, x) in block[2..].iter_mut().zip(x) {
                let q = x * inverse;
                *code = (q + BELOW_HALF.copysign(q)).within(-127.0, 127.0) as i32 as u8;
            }
        }
    }
}
