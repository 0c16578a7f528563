//! Q5_1: the least weight lands on 0 and the greatest on 31.

use super::q5_0::fifth_bits;
use super::search::{bounds, cut_codes, inverse};
use super::{Encode, Lanes, TILE, pack_nibbles, to_half};
use crate::blocks::q5_1::{BYTES, LEN};

/// The format.
pub(super) struct Q5_1;

impl Encode for Q5_1 {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let (least, greatest) = bounds::<V>(weights);
        let blocks = out.as_chunks_mut::<BYTES>().0;
        let bounds = least.into_iter().zip(greatest);
        for ((block, x), (min, max)) in blocks.iter_mut().zip(weights.as_chunks().0).zip(bounds) {
            let scale = (max - min) / 31.0;
            let codes = cut_codes(x, (min, inverse(scale)), 0.5, 31.0);
            block[..2].copy_from_slice(&to_half(scale).to_le_bytes());
            block[2..4].copy_from_slice(&to_half(min).to_le_bytes());
            block[4..8].copy_from_slice(&fifth_bits(&codes));
            pack_nibbles(&codes, &mut block[8..]);
        }
    }
}
