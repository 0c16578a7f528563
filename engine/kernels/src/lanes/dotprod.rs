//! The dot-product instruction `sdot` of AArch64, with four codes of the input as one element of a register.
//!
//! Written in inline assembly, since its intrinsics are not stable.

use std::arch::aarch64::{int8x16_t, int32x4_t, vdupq_n_s8, vdupq_n_s32};
use std::arch::{asm, is_aarch64_feature_detected};

/// Adds four products of signed `a` and the given quarter of signed `x` to each 32-bit sum, without saturation.
#[target_feature(enable = "neon,dotprod")]
#[inline]
pub(crate) fn dot<const QUARTER: i32>(sums: int32x4_t, a: int8x16_t, x: int8x16_t) -> int32x4_t {
    const { assert!(QUARTER >= 0 && QUARTER < 4) };
    let mut sums = sums;
    // SAFETY: the processor has dot products, as this function's features say; only registers are touched.
    unsafe {
        asm!("sdot {sums:v}.4s, {a:v}.16b, {x:v}.4b[{quarter}]", sums = inout(vreg) sums, a = in(vreg) a, x = in(vreg) x,
            quarter = const QUARTER, options(pure, nomem, nostack, preserves_flags));
    }
    sums
}

/// Whether the processor has the instruction and its results match the manual.
pub(crate) fn works() -> bool {
    #[target_feature(enable = "neon,dotprod")]
    fn sample() -> [i32; 4] {
        let sums = dot::<3>(vdupq_n_s32(7), vdupq_n_s8(-128), vdupq_n_s8(-128));
        // SAFETY: a register has the array's size.
        unsafe { std::mem::transmute(sums) }
    }
    // SAFETY: dot products are detected before the call.
    is_aarch64_feature_detected!("dotprod") && unsafe { sample() } == [7 + 4 * 128 * 128; 4]
}
