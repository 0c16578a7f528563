//! MXFP4: the power of two that brings the largest magnitude to between 4 and 8, then the nearest values up to 6.

use super::search::extremes;
use super::{Encode, Lanes, TILE, pack_nibbles};
use crate::blocks::mxfp4::{BYTES, DOUBLED, LEN, half_scale};

/// The format.
pub(super) struct Mxfp4;

/// Where twice a magnitude stops being nearer to one value than to the next; the middle itself goes down.
const MIDDLES: [f32; 7] = {
    let mut middles = [0.0; 7];
    let mut i = 0;
    while i < 7 {
        middles[i] = 0.5 * (DOUBLED[i] as f32 + DOUBLED[i + 1] as f32);
        i += 1;
    }
    middles
};

impl Encode for Mxfp4 {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let extremes = extremes::<V>(weights);
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks::<LEN>().0);
        for ((block, x), extreme) in blocks.zip(extremes) {
            // The exponent field is the rounded-down logarithm plus 127; what is too small for the format becomes zero, and
            // 6 · 2^(252 - 127) is the largest value that is finite.
            let exponent = (extreme.abs().to_bits() >> 23).saturating_sub(2).min(252) as u8;
            let scale = half_scale(exponent);
            let mut codes = [0; LEN];
            for (code, x) in codes.iter_mut().zip(x) {
                let doubled = (x / scale).abs();
                for middle in MIDDLES {
                    *code += u8::from(doubled > middle);
                }
                *code |= if *code > 0 && *x < 0.0 { 8 } else { 0 };
            }
            block[0] = exponent;
            pack_nibbles(&codes, &mut block[1..]);
        }
    }
}
