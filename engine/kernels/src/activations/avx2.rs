//! Quantizing a group with AVX2: the vector version of [`super::group`].

#![allow(clippy::inline_always, reason = "see lanes")]
#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]

use std::arch::x86_64::*;

use super::group::{GROUP, Group, GroupSteps, MOST, SMALLEST};
use crate::lanes::Lanes;

/// The steps with AVX2, which the token proves to be there.
#[derive(Clone, Copy)]
pub(super) struct Avx2Steps<L: Lanes>(pub(super) L);

impl<L: Lanes> GroupSteps for Avx2Steps<L> {
    #[inline(always)]
    fn quantize(self, x: &[f32; GROUP]) -> Group {
        // SAFETY: lanes other than the scalar ones exist only where AVX2 was detected.
        unsafe { quantize(x) }
    }

    #[inline(always)]
    fn quantize_to(self, x: &[f32; GROUP], max: f32) -> Group {
        // SAFETY: as above.
        unsafe { quantize_to(x, max) }
    }

    #[inline(always)]
    fn above(self, x: &[f32; GROUP], limit: f32) -> u32 {
        // SAFETY: as above.
        unsafe { above(x, limit) }
    }
}

/// One bit for each number of a group whose magnitude is above the limit.
#[target_feature(enable = "avx2")]
#[inline]
fn above(x: &[f32; GROUP], limit: f32) -> u32 {
    let (sign, limit) = (_mm256_set1_ps(-0.0), _mm256_set1_ps(limit));
    let mut bits = 0;
    for i in (0..GROUP).step_by(8) {
        // SAFETY: eight numbers begin here.
        let x = unsafe { _mm256_loadu_ps(x.as_ptr().add(i)) };
        let above = _mm256_cmp_ps::<_CMP_GT_OQ>(_mm256_andnot_ps(sign, x), limit);
        bits |= (_mm256_movemask_ps(above) as u32) << i;
    }
    bits
}

/// Quantizes a group with the same bits as [`super::group::quantize`].
#[target_feature(enable = "avx2")]
#[inline]
fn quantize(x: &[f32; GROUP]) -> Group {
    let pointer = x.as_ptr();
    // SAFETY: the four loads cover the 32 numbers.
    let x = unsafe { [0, 8, 16, 24].map(|i| _mm256_loadu_ps(pointer.add(i))) };
    let sign = _mm256_set1_ps(-0.0);
    let [a, b, c, d] = x.map(|x| _mm256_andnot_ps(sign, x));
    // The running maximum is the second operand, which `maxps` returns when the first is NaN.
    let max8 = _mm256_max_ps(d, _mm256_max_ps(c, _mm256_max_ps(b, _mm256_max_ps(a, _mm256_setzero_ps()))));
    let max4 = _mm_max_ps(_mm256_castps256_ps128(max8), _mm256_extractf128_ps::<1>(max8));
    let max2 = _mm_max_ps(max4, _mm_movehl_ps(max4, max4));
    let max = _mm_cvtss_f32(_mm_max_ss(max2, _mm_movehdup_ps(max2)));
    scaled(x, max)
}

/// Quantizes a group to a given largest number with the same bits as [`super::group::quantize_to`].
#[target_feature(enable = "avx2")]
#[inline]
fn quantize_to(x: &[f32; GROUP], max: f32) -> Group {
    let pointer = x.as_ptr();
    // SAFETY: the four loads cover the 32 numbers.
    scaled(unsafe { [0, 8, 16, 24].map(|i| _mm256_loadu_ps(pointer.add(i))) }, max)
}

/// The codes of 32 numbers whose scale is that of numbers up to `max`.
#[target_feature(enable = "avx2")]
#[inline]
fn scaled(x: [__m256; 4], max: f32) -> Group {
    if max < SMALLEST {
        return Group::ZERO;
    }
    let inverse = _mm256_set1_ps(MOST / max);
    let [a, b, c, d] = x.map(|x| _mm256_cvtps_epi32(_mm256_mul_ps(x, inverse)));
    let (first, second) = (_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
    let ones = _mm256_set1_epi16(1);
    let sums = [first, second].map(|codes| _mm256_madd_epi16(codes, ones));
    // Packing works within halves of a register; the permutation puts the groups of four back in order.
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let packed = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(first, second), order);
    // A NaN became -128, which the bounds of the products exclude.
    let packed = _mm256_max_epi8(packed, _mm256_set1_epi8(-127));
    let mut codes = [0; GROUP];
    // SAFETY: the array has the register's size.
    unsafe { _mm256_storeu_si256(codes.as_mut_ptr().cast(), packed) };
    Group { codes, scale: max / MOST, sums: sums.map(|sum| horizontal_sum(sum)) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn horizontal_sum(x: __m256i) -> i32 {
    let x = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x));
    let x = _mm_add_epi32(x, _mm_unpackhi_epi64(x, x));
    _mm_cvtsi128_si32(_mm_add_epi32(x, _mm_shuffle_epi32::<1>(x)))
}
