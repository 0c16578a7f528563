//! Quantizing a group with NEON: the vector version of [`super::group`].

#![allow(clippy::inline_always, reason = "see lanes")]
#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]

use std::arch::aarch64::*;

use super::group::{GROUP, Group, GroupSteps, MOST, SMALLEST};

/// The steps with NEON, which every AArch64 processor has.
#[derive(Clone, Copy)]
pub(super) struct NeonSteps;

impl GroupSteps for NeonSteps {
    #[inline(always)]
    fn quantize(self, x: &[f32; GROUP]) -> Group {
        // SAFETY: every AArch64 processor has NEON.
        unsafe { quantize(x) }
    }

    #[inline(always)]
    fn quantize_to(self, x: &[f32; GROUP], max: f32) -> Group {
        // SAFETY: as above.
        unsafe { scaled(load(x), max) }
    }

    #[inline(always)]
    fn above(self, x: &[f32; GROUP], limit: f32) -> u32 {
        // SAFETY: as above.
        unsafe { above(x, limit) }
    }
}

/// Quantizes a group with the same bits as [`super::group::quantize`].
#[target_feature(enable = "neon")]
#[inline]
fn quantize(x: &[f32; GROUP]) -> Group {
    let x = load(x);
    // The running maximum stays where a number is NaN.
    let max = x.iter().fold(vdupq_n_f32(0.0), |max, &x| {
        let x = vabsq_f32(x);
        vbslq_f32(vcgtq_f32(x, max), x, max)
    });
    scaled(x, vmaxvq_f32(max))
}

/// One bit for each number of a group whose magnitude is above the limit.
#[target_feature(enable = "neon")]
#[inline]
fn above(x: &[f32; GROUP], limit: f32) -> u32 {
    const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    let limit = vdupq_n_f32(limit);
    let [a, b, c, d, e, f, g, h] = load(x).map(|x| vmovn_u32(vcgtq_f32(vabsq_f32(x), limit)));
    let bytes = |a, b, c, d| vcombine_u8(vmovn_u16(vcombine_u16(a, b)), vmovn_u16(vcombine_u16(c, d)));
    // SAFETY: sixteen bytes are read.
    let bits = unsafe { vld1q_u8(BITS.as_ptr()) };
    let sums = [bytes(a, b, c, d), bytes(e, f, g, h)].map(|above| {
        let above = vandq_u8(above, bits);
        u32::from(vaddv_u8(vget_low_u8(above))) | u32::from(vaddv_u8(vget_high_u8(above))) << 8
    });
    sums[0] | sums[1] << 16
}

/// The 32 numbers of a group.
#[target_feature(enable = "neon")]
#[inline]
fn load(x: &[f32; GROUP]) -> [float32x4_t; 8] {
    // SAFETY: the eight loads cover the 32 numbers.
    std::array::from_fn(|i| unsafe { vld1q_f32(x.as_ptr().add(4 * i)) })
}

/// The codes of 32 numbers whose scale is that of numbers up to `max`, with the bits of [`super::group::quantize_to`].
#[target_feature(enable = "neon")]
#[inline]
fn scaled(x: [float32x4_t; 8], max: f32) -> Group {
    if max < SMALLEST {
        return Group::ZERO;
    }
    let inverse = MOST / max;
    // A NaN becomes 0; what is too large saturates.
    let [a, b, c, d, e, f, g, h] = x.map(|x| vqmovn_s32(vcvtnq_s32_f32(vmulq_n_f32(x, inverse))));
    let bytes = |a, b, c, d| {
        let codes = vcombine_s8(vqmovn_s16(vcombine_s16(a, b)), vqmovn_s16(vcombine_s16(c, d)));
        vmaxq_s8(codes, vdupq_n_s8(-127))
    };
    let halves = [bytes(a, b, c, d), bytes(e, f, g, h)];
    let mut codes = [0; GROUP];
    for (half, to) in halves.into_iter().zip(codes.as_chunks_mut::<16>().0) {
        // SAFETY: sixteen bytes are written.
        unsafe { vst1q_s8(to.as_mut_ptr(), half) };
    }
    Group { codes, scale: max / MOST, sums: halves.map(|half| i32::from(vaddlvq_s8(half))) }
}
