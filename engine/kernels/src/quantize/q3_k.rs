//! Q3_K: for each 16 weights codes that are moved one by one as long as the fit gains, then six bits for the scale.

use super::lanes::code;
use super::q2_k::pack_pairs;
use super::q6_k::largest_scale;
use super::search::{NOTHING, extreme, nearest_codes};
use super::{Encode, Lanes, TILE, keep, lanes_of, to_half};
use crate::blocks::q3_k::{BYTES, LEN, scales as read_scales};

/// The format.
pub(super) struct Q3K;

/// Passes over a group's codes; most groups settle in two.
const PASSES: usize = 5;

impl Encode for Q3K {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let mut scales = [0.0; TILE / 16];
        for group in (0..scales.len()).step_by(V::COUNT) {
            keep(settled_scale(&lanes_of::<V, 16>(weights, group)), group, &mut scales);
        }
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks::<LEN>().0);
        for ((block, x), scales) in blocks.zip(scales.as_chunks().0) {
            write_block(x, scales, block);
        }
    }
}

/// The scale for codes from -4 to 3 under importances x², by coordinate ascent on (Σwqx)² / Σwq², which is what the fit
/// takes off the squared error.
#[inline(always)]
fn settled_scale<V: Lanes>(x: &[V; 16]) -> V {
    let extreme = extreme(x);
    let inverse = V::splat(-4.0) / extreme;
    let (mut wqx, mut wqq) = (V::zero(), V::zero());
    let mut codes = *x;
    for (q, &x) in codes.iter_mut().zip(x) {
        *q = (inverse * x).within(-4.0, 3.0).rounded();
        let wq = x * x * *q;
        wqx = wqx + wq * x;
        wqq = wqq + wq * *q;
    }
    for _ in 0..PASSES {
        for (q, &x) in codes.iter_mut().zip(x) {
            let w = x * x;
            let (rest_qx, rest_qq) = (wqx - w * x * *q, wqq - w * *q * *q);
            let moved = (x * rest_qq / rest_qx).within(-4.0, 3.0).rounded();
            let (new_qx, new_qq) = (rest_qx + w * x * moved, rest_qq + w * moved * moved);
            // Where the rest has no positive fit, nothing moves.
            let gains = (new_qx * new_qx * wqq).greater(wqx * wqx * new_qq);
            let bound = V::select(rest_qx.greater(V::zero()), new_qq, V::zero());
            let (keep_q, keep_qx, keep_qq) = (*q, wqx, wqq);
            let positive = bound.greater(V::zero());
            *q = V::select(positive, V::select(gains, moved, keep_q), keep_q);
            wqx = V::select(positive, V::select(gains, new_qx, keep_qx), keep_qx);
            wqq = V::select(positive, V::select(gains, new_qq, keep_qq), keep_qq);
        }
    }
    let scale = V::select(wqq.greater(V::zero()), wqx / wqq, V::zero());
    V::select(extreme.abs().greater(V::splat(NOTHING)), scale, V::zero())
}

#[inline(always)]
fn write_block(x: &[f32; LEN], scales: &[f32; 16], block: &mut [u8; BYTES]) {
    let largest = largest_scale(scales);
    let (inverse, d) = match largest {
        0.0 => (0.0, half::f16::ZERO),
        _ => (-32.0 / largest, to_half(largest / -32.0)),
    };
    let shares = scales.map(|scale| code(inverse * scale, -32.0, 31.0) as i8);
    let mut codes = [0; LEN];
    for ((codes, x), &share) in codes.chunks_mut(16).zip(x.as_chunks::<16>().0).zip(&shares) {
        nearest_codes(x, (d.to_f32() * f32::from(share), 0.0), (-4.0, 3.0), codes);
    }
    let codes = codes.map(|code| code + 4);
    let (high, rest) = block.split_at_mut(32);
    high.fill(0);
    for (group, codes) in codes.as_chunks::<32>().0.iter().enumerate() {
        for (high, &code) in high.iter_mut().zip(codes) {
            *high |= (code as u8 >> 2) << group;
        }
    }
    pack_pairs(&codes, &mut rest[..64]);
    rest[64..76].copy_from_slice(&pack_scales(&shares));
    rest[76..].copy_from_slice(&d.to_le_bytes());
}

/// The inverse of [`read_scales`].
#[inline(always)]
fn pack_scales(shares: &[i8; 16]) -> [u8; 12] {
    let mut packed = [0; 12];
    for (j, &share) in shares.iter().enumerate() {
        let six = (share + 32) as u8;
        packed[j % 8] |= (six & 15) << (j / 8 * 4);
        packed[8 + j % 4] |= (six >> 4) << (j / 4 * 2);
    }
    debug_assert_eq!(read_scales(&packed), *shares, "packing is undone by reading");
    packed
}
