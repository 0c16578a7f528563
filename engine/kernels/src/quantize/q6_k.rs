//! Q6_K: for each 16 weights a search of the scale, then eight bits for it.

use super::lanes::code;
use super::search::{NOTHING, nearest_codes, signed_scale};
use super::{Encode, Lanes, TILE, keep, lanes_of, to_half};
use crate::blocks::q6_k::{BYTES, LEN};

/// The format.
pub(super) struct Q6K;

impl Encode for Q6K {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let mut scales = [0.0; TILE / 16];
        for group in (0..scales.len()).step_by(V::COUNT) {
            keep(signed_scale(&lanes_of::<V, 16>(weights, group), 32.0), group, &mut scales);
        }
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks::<LEN>().0);
        for ((block, x), scales) in blocks.zip(scales.as_chunks().0) {
            write_block(x, scales, block);
        }
    }
}

/// The number of largest magnitude, the first of them if there are several.
#[inline(always)]
pub(super) fn largest_scale(scales: &[f32]) -> f32 {
    scales.iter().fold(0.0, |most: f32, &scale| if scale.abs() > most.abs() { scale } else { most })
}

#[inline(always)]
fn write_block(x: &[f32; LEN], scales: &[f32; 16], block: &mut [u8; BYTES]) {
    let largest = largest_scale(scales);
    if largest.abs() < NOTHING {
        block.fill(0);
        return;
    }
    let inverse = -128.0 / largest;
    let d = to_half(1.0 / inverse);
    let shares = scales.map(|scale| code(inverse * scale, -128.0, 127.0) as i8);
    let mut codes = [0; LEN];
    for ((codes, x), &share) in codes.chunks_mut(16).zip(x.as_chunks::<16>().0).zip(&shares) {
        nearest_codes(x, (d.to_f32() * f32::from(share), 0.0), (-32.0, 31.0), codes);
    }
    let codes = codes.map(|code| (code + 32) as u8);
    let (low, rest) = block.split_at_mut(128);
    let (high, rest) = rest.split_at_mut(64);
    for (half, codes) in codes.as_chunks::<128>().0.iter().enumerate() {
        let (low, high) = (&mut low[half * 64..][..64], &mut high[half * 32..][..32]);
        for l in 0..32 {
            let [a, b, c, d] = [codes[l], codes[l + 32], codes[l + 64], codes[l + 96]];
            low[l] = a & 15 | c << 4;
            low[l + 32] = b & 15 | d << 4;
            high[l] = a >> 4 | b >> 4 << 2 | c >> 4 << 4 | d >> 4 << 6;
        }
    }
    for (out, share) in rest.iter_mut().zip(shares) {
        *out = share as u8;
    }
    rest[16..].copy_from_slice(&d.to_le_bytes());
}
