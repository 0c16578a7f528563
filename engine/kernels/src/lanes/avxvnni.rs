//! One instruction of AVX-VNNI: `vpdpbusd` on registers of 256 bits, in the short encoding that processors without AVX-512 have.
//!
//! In inline assembly, so that the kernels of AVX2 can be compiled with and without it from the same source.

use std::arch::asm;
use std::arch::x86_64::{__m256i, _mm256_set1_epi8, _mm256_set1_epi32};

/// sums + Σ of four products of unsigned `a` and signed `b`, in 32 bits without saturation.
///
/// # Safety
/// The processor has AVX-VNNI.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) unsafe fn dot(sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
    let mut sums = sums;
    // SAFETY: the caller's promise; only registers are touched.
    unsafe {
        asm!("{{vex}} vpdpbusd {sums}, {a}, {b}", sums = inout(ymm_reg) sums, a = in(ymm_reg) a, b = in(ymm_reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    sums
}

/// Whether the processor has the instruction and computes with it what the manual says.
pub(crate) fn works() -> bool {
    #[target_feature(enable = "avx2")]
    unsafe fn sample() -> [i32; 8] {
        let (a, b) = (_mm256_set1_epi8(-1), _mm256_set1_epi8(-128));
        // SAFETY: the caller's promise; a register has the array's size.
        unsafe { std::mem::transmute(dot(_mm256_set1_epi32(7), a, b)) }
    }
    // SAFETY: the features are there.
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("avxvnni")
        && unsafe { sample() } == [7 - 4 * 255 * 128; 8]
}
