//! Q2_K: for each 16 weights a search of scale and minimum, then four bits for each of these.

use super::lanes::code;
use super::search::{Tries, nearest_codes, scale_and_min};
use super::{Encode, Lanes, TILE, keep, lanes_of, to_half};
use crate::blocks::q2_k::{BYTES, LEN};

/// The format.
pub(super) struct Q2K;

const TRIES: Tries = Tries { most: 3.0, first: -0.5, steps: 15 };

impl Encode for Q2K {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let (mut scales, mut mins) = ([0.0; TILE / 16], [0.0; TILE / 16]);
        for group in (0..scales.len()).step_by(V::COUNT) {
            let x = lanes_of::<V, 16>(weights, group);
            let mut importances = x;
            for w in &mut importances {
                *w = w.abs();
            }
            let (scale, min) = scale_and_min::<V, 16, true>(&x, &importances, TRIES);
            keep(scale, group, &mut scales);
            keep(min, group, &mut mins);
        }
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks::<LEN>().0);
        let found = scales.as_chunks().0.iter().zip(mins.as_chunks().0);
        for ((block, x), (scales, mins)) in blocks.zip(found) {
            write_block(x, scales, mins, block);
        }
    }
}

/// Four-bit shares of the largest of sixteen numbers, and the unit they count.
#[inline(always)]
fn four_bits(values: &[f32; 16]) -> (half::f16, [u8; 16]) {
    let largest = values.iter().fold(0.0_f32, |most, &value| value.larger(most));
    let inverse = if largest > 0.0 { 15.0 / largest } else { 0.0 };
    (to_half(largest / 15.0), values.map(|value| code(inverse * value, 0.0, 15.0) as u8))
}

#[inline(always)]
fn write_block(x: &[f32; LEN], scales: &[f32; 16], mins: &[f32; 16], block: &mut [u8; BYTES]) {
    let (d, scale_shares) = four_bits(scales);
    let (dmin, min_shares) = four_bits(mins);
    let mut codes = [0; LEN];
    let groups = codes.chunks_mut(16).zip(x.as_chunks::<16>().0);
    for ((codes, x), (&scale, &min)) in groups.zip(scale_shares.iter().zip(&min_shares)) {
        let found = (d.to_f32() * f32::from(scale), dmin.to_f32() * f32::from(min));
        nearest_codes(x, found, (0.0, 3.0), codes);
    }
    for ((out, scale), min) in block.iter_mut().zip(scale_shares).zip(min_shares) {
        *out = scale | min << 4;
    }
    pack_pairs(&codes, &mut block[16..80]);
    block[80..82].copy_from_slice(&d.to_le_bytes());
    block[82..].copy_from_slice(&dmin.to_le_bytes());
}

/// The low two bits of 256 codes into 64 bytes, as Q2_K and Q3_K place them.
#[inline(always)]
pub(super) fn pack_pairs(codes: &[i8; LEN], out: &mut [u8]) {
    for (out, codes) in out.chunks_mut(32).zip(codes.as_chunks::<128>().0) {
        for (l, out) in out.iter_mut().enumerate() {
            let pair = |quarter: usize| (codes[quarter * 32 + l] as u8 & 3) << (2 * quarter);
            *out = pair(0) | pair(1) | pair(2) | pair(3);
        }
    }
}
