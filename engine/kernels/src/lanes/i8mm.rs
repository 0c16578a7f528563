//! The matrix instruction `smmla` of AArch64: two rows of eight codes times two tokens of eight.
//!
//! Written in inline assembly, since its intrinsics are not stable.

use std::arch::aarch64::{int8x16_t, int32x4_t, vdupq_n_s8, vdupq_n_s32};
use std::arch::{asm, is_aarch64_feature_detected};

/// Adds eight products of signed bytes to each of four sums, without saturation: those of the first row with the first and the
/// second token, then those of the second row.
#[target_feature(enable = "neon,i8mm")]
#[inline]
pub(crate) fn multiply(sums: int32x4_t, rows: int8x16_t, tokens: int8x16_t) -> int32x4_t {
    let mut sums = sums;
    // SAFETY: the processor has the instruction, as this function's features say; only registers are touched.
    unsafe {
        asm!("smmla {sums:v}.4s, {rows:v}.16b, {tokens:v}.16b", sums = inout(vreg) sums, rows = in(vreg) rows,
            tokens = in(vreg) tokens, options(pure, nomem, nostack, preserves_flags));
    }
    sums
}

/// Whether the processor has the instruction and its results match the manual.
pub(crate) fn works() -> bool {
    #[target_feature(enable = "neon,i8mm")]
    fn sample() -> [i32; 4] {
        let sums = multiply(vdupq_n_s32(7), vdupq_n_s8(-128), vdupq_n_s8(-128));
        // SAFETY: a register has the array's size.
        unsafe { std::mem::transmute(sums) }
    }
    // SAFETY: the instruction is detected before the call.
    is_aarch64_feature_detected!("i8mm") && unsafe { sample() } == [7 + 8 * 128 * 128; 4]
}
