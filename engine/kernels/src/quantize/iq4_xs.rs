//! IQ4_XS: IQ4_NL's search for each 32 weights, then six bits for the scale.

use super::iq4_nl::{groups_of_32, nearest};
use super::lanes::code;
use super::q6_k::largest_scale;
use super::search::inverse;
use super::{Encode, Lanes, TILE, pack_nibbles, to_half};
use crate::blocks::iq4_xs::{BYTES, LEN};

/// The format.
pub(super) struct Iq4Xs;

impl Encode for Iq4Xs {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let scales = groups_of_32::<V>(weights);
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks::<LEN>().0);
        for ((block, x), scales) in blocks.zip(scales.as_chunks().0) {
            write_block(x, scales, block);
        }
    }
}

#[inline(always)]
fn write_block(x: &[f32; LEN], scales: &[f32; 8], block: &mut [u8; BYTES]) {
    let d = largest_scale(scales) / -32.0;
    let (mut low, mut high) = ([0; 4], 0_u16);
    let (header, codes) = block.split_at_mut(8);
    let groups = codes.chunks_mut(16).zip(x.as_chunks().0);
    for (j, ((out, x), scale)) in groups.zip(scales).enumerate() {
        let share = code(inverse(d) * scale, -32.0, 31.0);
        pack_nibbles(&nearest(x, inverse(d * share as f32)), out);
        let six = (share + 32) as u8;
        low[j / 2] |= (six & 15) << (j % 2 * 4);
        high |= u16::from(six >> 4) << (2 * j);
    }
    header[..2].copy_from_slice(&to_half(d).to_le_bytes());
    header[2..4].copy_from_slice(&high.to_le_bytes());
    header[4..].copy_from_slice(&low);
}
