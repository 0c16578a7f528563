//! Q5_K: Q4_K's search with codes up to 31.

use super::q4_k::{Header, groups_of_32};
use super::search::Tries;
use super::{Encode, Lanes, TILE};
use crate::blocks::q5_k::{BYTES, LEN};

/// The format.
pub(super) struct Q5K;

impl Encode for Q5K {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let (scales, mins) = groups_of_32::<V>(weights, Tries { most: 31.0, first: -0.5, steps: 15 });
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks::<LEN>().0);
        let found = scales.as_chunks().0.iter().zip(mins.as_chunks().0);
        for ((block, x), (scales, mins)) in blocks.zip(found) {
            let header = Header::new(scales, mins);
            block[..16].copy_from_slice(&header.bytes);
            let codes = header.codes(x, 31.0);
            let (fifth, low) = block[16..].split_at_mut(32);
            fifth.fill(0);
            for (group, codes) in codes.as_chunks::<32>().0.iter().enumerate() {
                for (fifth, &code) in fifth.iter_mut().zip(codes) {
                    *fifth |= (code as u8 >> 4) << group;
                }
            }
            for (out, codes) in low.chunks_mut(32).zip(codes.as_chunks::<64>().0) {
                for (l, out) in out.iter_mut().enumerate() {
                    *out = codes[l] as u8 & 15 | (codes[l + 32] as u8 & 15) << 4;
                }
            }
        }
    }
}
