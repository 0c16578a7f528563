//! Q4_0: the weight of largest magnitude lands on -8, so that the scale carries a sign.

use super::search::{cut_codes, extremes, inverse};
use super::{Encode, Lanes, TILE, pack_nibbles, to_half};
use crate::blocks::q4_0::{BYTES, LEN};

/// The format.
pub(super) struct Q4_0;

impl Encode for Q4_0 {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let extremes = extremes::<V>(weights);
        let blocks = out.as_chunks_mut::<BYTES>().0;
        for ((block, x), extreme) in blocks.iter_mut().zip(weights.as_chunks().0).zip(extremes) {
            let scale = extreme / -8.0;
            let codes = cut_codes(x, (0.0, inverse(scale)), 8.5, 15.0);
            block[..2].copy_from_slice(&to_half(scale).to_le_bytes());
            pack_nibbles(&codes, &mut block[2..]);
        }
    }
}
