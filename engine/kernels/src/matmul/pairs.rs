//! Products of quantized weights with pairs of tokens: the kernel for an instruction that multiplies two rows with two tokens.
//!
//! Registers of four columns become registers of two rows with eight columns each, once for all tokens; two tokens' codes become
//! one register in the same way. Sums and accumulators stay in the order of the instruction, row 0 with both tokens, row 1 with
//! both tokens, until all columns are done. Each sum has the steps that it has in [`super::codes`], so the bits are the same.

#![allow(clippy::wildcard_imports, reason = "intrinsics carry their own prefix")]
#![allow(clippy::needless_range_loop, reason = "several arrays of a pair's registers run along")]

use std::arch::aarch64::*;

use super::codes::store;
use super::kernel_args::KernelArgs;
use crate::activations::GROUP;
use crate::block::BlockFormat;
use crate::lanes::{CodeLanes, DotProd, Lanes, i8mm};
use crate::layout::{LINE, ROWS, Unit};

/// Products of a panel of codes with `P` pairs of tokens.
///
/// # Safety
/// Contract of [`super::kernel_args::Kernel`].
#[target_feature(enable = "neon,dotprod,i8mm")]
pub(super) unsafe fn panel<F: BlockFormat, const P: usize>(args: &KernelArgs<'_>) {
    for first in 0..const { ROWS / DotProd::N } {
        // SAFETY: `out` is writable, as `Kernel` requires.
        unsafe { rows::<F, P>(DotProd::new(), args, first) };
    }
}

/// Products of the eight rows of register `first` of a panel.
///
/// # Safety
/// Contract of [`super::kernel_args::Kernel`].
#[target_feature(enable = "neon,dotprod,i8mm")]
#[inline]
unsafe fn rows<F: BlockFormat, const P: usize>(l: DotProd, args: &KernelArgs<'_>, first: usize) {
    let parts = const { GROUP / F::GROUP };
    let (lines, n_groups) = const { (F::UNIT_BYTES.div_ceil(LINE), F::UNIT_COLS / GROUP) };
    // Inputs' offsets are -8 times the sum of 32 codes, and -32 times that of 16.
    let (offset, held) = (if F::SIGNED { 0 } else { F::OFFSET }, if parts == 1 { 8_i32 } else { 32 });
    let shift = if offset == 0 { 0 } else { offset.ilog2() as i32 - held.ilog2() as i32 };
    args.check_codes(2 * P, args.panel.len() / F::UNIT_BYTES * F::UNIT_COLS);
    let offsets = if parts == 1 { args.offsets32 } else { args.offsets16 }.as_ptr();
    let input_sums = if parts == 1 { args.sums32 } else { args.sums16 }.as_ptr();
    let mut acc = [[vdupq_n_f32(0.0); 4]; P];
    let mut place = 0;
    for bytes in args.panel.chunks_exact(F::UNIT_BYTES) {
        let unit = Unit::new(l, bytes, first);
        let head = F::head(&unit);
        for g in 0..n_groups {
            if first == 0 {
                for line in g * lines / n_groups..(g + 1) * lines / n_groups {
                    l.prefetch_early(bytes.as_ptr().wrapping_add(line * LINE + DotProd::DISTANCE));
                }
            }
            // SAFETY: `check_codes` compared the input's arrays with all groups and tokens.
            let (codes, scales) =
                unsafe { (args.codes.as_ptr().add(place * GROUP), args.scales.as_ptr().add(place)) };
            for part in 0..parts {
                let at = parts * place + part * args.width;
                let mut sums = [[vdupq_n_s32(0); 4]; P];
                if offset != 0 {
                    for p in 0..P {
                        // SAFETY: as above.
                        let both = unsafe { twice_two(offsets.add(at + 2 * p)) };
                        sums[p] = [vshlq_s32(both, vdupq_n_s32(shift)); 4];
                    }
                }
                for half in 0..F::GROUP / 16 {
                    let first_step = part * (F::GROUP / 8) + 2 * half;
                    let weights = [0, 1].map(|step| {
                        let [left, right] = F::codes(&unit, g, first_step + step);
                        rows_of_eight(left, right)
                    });
                    for p in 0..P {
                        // SAFETY: as above; these sixteen columns lie in the group.
                        let x = unsafe { tokens_of_eight(codes.add(2 * p * GROUP + 8 * first_step)) };
                        for step in 0..2 {
                            for i in 0..4 {
                                sums[p][i] = i8mm::multiply(sums[p][i], weights[step][i], x[step]);
                            }
                        }
                    }
                }
                let scale = doubled(F::scale(&unit, head, g * parts + part));
                for p in 0..P {
                    // SAFETY: as above.
                    let both = vreinterpretq_f32_s32(unsafe { twice_two(scales.add(2 * p).cast()) });
                    for i in 0..4 {
                        acc[p][i] =
                            vfmaq_f32(acc[p][i], vcvtq_f32_s32(sums[p][i]), vmulq_f32(scale[i], both));
                    }
                }
                if F::HAS_MINS {
                    let min = doubled(F::min(&unit, head, g * parts + part));
                    for p in 0..P {
                        // SAFETY: as above.
                        let both =
                            vreinterpretq_f32_s32(unsafe { twice_two(input_sums.add(at + 2 * p).cast()) });
                        for i in 0..4 {
                            acc[p][i] = vfmsq_f32(acc[p][i], min[i], both);
                        }
                    }
                }
            }
            place += args.width;
        }
    }
    let tokens = acc.map(|acc| {
        [
            [vuzp1q_f32(acc[0], acc[1]), vuzp1q_f32(acc[2], acc[3])],
            [vuzp2q_f32(acc[0], acc[1]), vuzp2q_f32(acc[2], acc[3])],
        ]
    });
    // SAFETY: `out` is writable for all tokens and the existing rows, as `Kernel` requires.
    unsafe { store(l, args, first, tokens.as_flattened()) };
}

/// Rows 0 and 1, 2 and 3, 4 and 5, 6 and 7, each with the four columns of both registers.
#[target_feature(enable = "neon")]
#[inline]
fn rows_of_eight(left: [uint8x16_t; 2], right: [uint8x16_t; 2]) -> [int8x16_t; 4] {
    let zip = |i: usize| {
        let (left, right) = (vreinterpretq_s32_u8(left[i]), vreinterpretq_s32_u8(right[i]));
        [vzip1q_s32(left, right), vzip2q_s32(left, right)].map(|rows| vreinterpretq_s8_s32(rows))
    };
    let ([a, b], [c, d]) = (zip(0), zip(1));
    [a, b, c, d]
}

/// Columns 0 to 7 of a token and the next one, and columns 8 to 15 of both.
///
/// # Safety
/// `x` is readable for sixteen codes of two tokens.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn tokens_of_eight(x: *const i8) -> [int8x16_t; 2] {
    // SAFETY: as this function requires; a token's group has 32 codes, which the next one's follow.
    let [a, b] = unsafe { [vld1q_s8(x), vld1q_s8(x.add(GROUP))] }.map(|x| vreinterpretq_s64_s8(x));
    [vreinterpretq_s8_s64(vzip1q_s64(a, b)), vreinterpretq_s8_s64(vzip2q_s64(a, b))]
}

/// Two numbers of 32 bits, twice.
///
/// # Safety
/// `from` is readable for two numbers.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn twice_two(from: *const i32) -> int32x4_t {
    // SAFETY: as this function requires.
    let two = unsafe { vld1_s32(from) };
    vcombine_s32(two, two)
}

/// Numbers of eight rows, each twice.
#[target_feature(enable = "neon")]
#[inline]
fn doubled([low, high]: [float32x4_t; 2]) -> [float32x4_t; 4] {
    [vzip1q_f32(low, low), vzip2q_f32(low, low), vzip1q_f32(high, high), vzip2q_f32(high, high)]
}
