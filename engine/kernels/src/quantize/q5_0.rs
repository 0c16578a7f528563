//! Q5_0: the weight of largest magnitude lands on -16, so that the scale carries a sign.

use super::search::{cut_codes, extremes, inverse};
use super::{Encode, Lanes, TILE, pack_nibbles, to_half};
use crate::blocks::q5_0::{BYTES, LEN};

/// The format.
pub(super) struct Q5_0;

/// The fifth bits of 32 codes, bit i for code i.
#[inline(always)]
pub(super) fn fifth_bits(codes: &[u8; 32]) -> [u8; 4] {
    let mut bits = 0_u32;
    for (i, &code) in codes.iter().enumerate() {
        bits |= u32::from(code >> 4 & 1) << i;
    }
    bits.to_le_bytes()
}

impl Encode for Q5_0 {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let extremes = extremes::<V>(weights);
        let blocks = out.as_chunks_mut::<BYTES>().0;
        for ((block, x), extreme) in blocks.iter_mut().zip(weights.as_chunks().0).zip(extremes) {
            let scale = extreme / -16.0;
            let codes = cut_codes(x, (0.0, inverse(scale)), 16.5, 31.0);
            block[..2].copy_from_slice(&to_half(scale).to_le_bytes());
            block[2..6].copy_from_slice(&fifth_bits(&codes));
            pack_nibbles(&codes, &mut block[6..]);
        }
    }
}
