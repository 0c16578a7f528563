//! The AVX-VNNI instruction `vpdpbusd` on registers of 256 bits, in the VEX encoding of processors without AVX-512.
//!
//! Written in inline assembly, so that the AVX2 kernels can be compiled with and without it from the same source.

use std::arch::asm;
use std::arch::x86_64::{__m256i, _mm256_set1_epi8, _mm256_set1_epi32};

/// Adds four products of unsigned `a` and signed `b` to each 32-bit sum, without saturation.
///
/// # Safety
/// The processor has AVX-VNNI.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) unsafe fn dot(sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
    let mut sums = sums;
    // SAFETY: the processor has AVX-VNNI, as this function requires; only registers are touched.
    unsafe {
        asm!("{{vex}} vpdpbusd {sums}, {a}, {b}", sums = inout(ymm_reg) sums, a = in(ymm_reg) a, b = in(ymm_reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    sums
}

/// Whether the processor has the instruction and its results match the manual.
pub(crate) fn works() -> bool {
    #[target_feature(enable = "avx2")]
    unsafe fn sample() -> [i32; 8] {
        let (a, b) = (_mm256_set1_epi8(-1), _mm256_set1_epi8(-128));
        // SAFETY: the caller checked for AVX-VNNI; a register has the array's size.
        unsafe { std::mem::transmute(dot(_mm256_set1_epi32(7), a, b)) }
    }
    // SAFETY: AVX2 and AVX-VNNI are detected before the call.
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("avxvnni")
        && unsafe { sample() } == [7 - 4 * 255 * 128; 8]
}
