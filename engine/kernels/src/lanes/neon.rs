//! NEON, which every AArch64 processor has, with or without dot products: eight rows in two registers, half a line.
//!
//! Without dot products, codes of weights are multiplied as signed bytes with codes of the input and added in 16 bits, column by
//! column, as many as cannot exceed 32,767; then the four columns of a row are added in 32 bits.
//!
//! | weight codes | largest product | products added | largest sum |
//! |---|---|---|---|
//! | 0..=15 | 15 · 127 | 8 | 15,240 |
//! | 0..=31 | 31 · 127 | 8 | 31,496 |
//! | 0..=63 | 63 · 127 | 4 | 32,004 |
//! | magnitudes 0..=128 | 128 · 127 | 2 | 32,512 |
//!
//! With them, `sdot` adds four products in 32 bits, so no widening is needed.

#![allow(clippy::wildcard_imports, reason = "intrinsics carry their own prefix")]
#![allow(clippy::cast_ptr_alignment, reason = "read by instructions that need no alignment")]

use std::arch::aarch64::*;
use std::arch::asm;

use super::dotprod;
use super::{CodeLanes, Lanes, Numbers};

/// Token of NEON with eight lanes; exists only where NEON is enabled, and dot products if `DOT`.
#[derive(Clone, Copy)]
pub(crate) struct NeonLanes<const DOT: bool>(());

/// Token of NEON without dot products.
pub(crate) type Neon = NeonLanes<false>;
/// Token of NEON with dot products.
pub(crate) type DotProd = NeonLanes<true>;

impl Neon {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        const { assert!(cfg!(target_feature = "neon"), "NEON belongs to every target that this is compiled for") };
        Self(())
    }
}

impl DotProd {
    #[inline]
    #[target_feature(enable = "neon,dotprod")]
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// Eight numbers, in two registers.
type Floats = [float32x4_t; 2];
/// Codes of eight rows, in two registers.
type Codes = [uint8x16_t; 2];
/// Sums of eight rows in the first two registers, which the others are not needed for; within a run, sums of 16 bits of every
/// column in all four.
type Sums = [int32x4_t; 4];

/// Applies a function to both registers.
#[inline(always)]
fn both<A: Copy, R>(a: [A; 2], f: impl Fn(A) -> R) -> [R; 2] {
    [f(a[0]), f(a[1])]
}

/// Applies a function to both registers of two operands.
#[inline(always)]
fn pairs<A: Copy, B: Copy, R>(a: [A; 2], b: [B; 2], f: impl Fn(A, B) -> R) -> [R; 2] {
    [f(a[0], b[0]), f(a[1], b[1])]
}

/// Widens eight numbers of 16 bits and converts them.
#[target_feature(enable = "neon")]
#[inline]
fn signed_floats(a: int16x8_t) -> Floats {
    [vcvtq_f32_s32(vmovl_s16(vget_low_s16(a))), vcvtq_f32_s32(vmovl_high_s16(a))]
}

/// Widens eight unsigned bytes.
#[target_feature(enable = "neon")]
#[inline]
fn widened(a: uint8x8_t) -> [uint32x4_t; 2] {
    let a = vmovl_u8(a);
    [vmovl_u16(vget_low_u16(a)), vmovl_high_u16(a)]
}

/// Widens eight half-precision numbers, which are given as bits.
#[target_feature(enable = "neon")]
#[inline]
fn from_halves(a: uint16x8_t) -> Floats {
    [vget_low_u16(a), vget_high_u16(a)].map(|a| vcvt_f32_f16(vreinterpret_f16_u16(a)))
}

/// Shifts each byte to the right and masks it; a mask that no bit shifted out of is left away.
#[target_feature(enable = "neon")]
#[inline]
fn shifted_bytes(a: uint8x16_t, bits: u32, mask: u8) -> uint8x16_t {
    let shifted = if bits == 0 { a } else { vshlq_u8(a, vdupq_n_s8(-(bits as i8))) };
    if mask == u8::MAX >> bits { shifted } else { vandq_u8(shifted, vdupq_n_u8(mask)) }
}

/// Shifts each word of 32 bits to the right, to the left if `bits` is negative, and masks it.
#[target_feature(enable = "neon")]
#[inline]
fn shifted_words(a: uint8x16_t, bits: i32, mask: u32) -> uint8x16_t {
    let shifted = vshlq_u32(vreinterpretq_u32_u8(a), vdupq_n_s32(-bits));
    vreinterpretq_u8_u32(vandq_u32(shifted, vdupq_n_u32(mask)))
}

/// Defines methods that are expressions of intrinsics without pointers.
macro_rules! plain {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty = $intrinsics:expr;)*) => {
        $(#[inline(always)]
        fn $name(self, $($arg: $ty),*) -> $ret {
            // SAFETY: the token proves that the features are enabled.
            unsafe { $intrinsics }
        })*
    };
}

impl<const DOT: bool> Lanes for NeonLanes<DOT> {
    type V = Floats;
    type Mask = [uint32x4_t; 2];
    const N: usize = 8;

    plain! {
        splat(x: f32) -> Floats = [vdupq_n_f32(x); 2];
        add(a: Floats, b: Floats) -> Floats = pairs(a, b, |a, b| vaddq_f32(a, b));
        sub(a: Floats, b: Floats) -> Floats = pairs(a, b, |a, b| vsubq_f32(a, b));
        mul(a: Floats, b: Floats) -> Floats = pairs(a, b, |a, b| vmulq_f32(a, b));
        div(a: Floats, b: Floats) -> Floats = pairs(a, b, |a, b| vdivq_f32(a, b));
        fma(a: Floats, b: Floats, c: Floats) -> Floats = [vfmaq_f32(c[0], a[0], b[0]), vfmaq_f32(c[1], a[1], b[1])];
        fnma(a: Floats, b: Floats, c: Floats) -> Floats = [vfmsq_f32(c[0], a[0], b[0]), vfmsq_f32(c[1], a[1], b[1])];
        // The instructions for extremes return NaN if either operand is.
        max(a: Floats, b: Floats) -> Floats = pairs(a, b, |a, b| vbslq_f32(vcgtq_f32(a, b), a, b));
        min(a: Floats, b: Floats) -> Floats = pairs(a, b, |a, b| vbslq_f32(vcltq_f32(a, b), a, b));
        abs(a: Floats) -> Floats = both(a, |a| vabsq_f32(a));
        sqrt(a: Floats) -> Floats = both(a, |a| vsqrtq_f32(a));
        greater(a: Floats, b: Floats) -> [uint32x4_t; 2] = pairs(a, b, |a, b| vcgtq_f32(a, b));
        select(mask: [uint32x4_t; 2], yes: Floats, no: Floats) -> Floats = [vbslq_f32(mask[0], yes[0], no[0]), vbslq_f32(mask[1], yes[1], no[1])];
        round(a: Floats) -> Floats = both(a, |a| vrndnq_f32(a));
        scale_by_power(a: Floats, n: Floats) -> Floats = {
            pairs(a, n, |a, n| {
                let power = vshlq_n_s32::<23>(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127)));
                vmulq_f32(a, vreinterpretq_f32_s32(power))
            })
        };
        swap_pairs(a: Floats) -> Floats = both(a, |a| vrev64q_f32(a));
        sum(a: Floats) -> f32 = {
            let four = vaddq_f32(a[0], a[1]);
            vpadds_f32(vadd_f32(vget_low_f32(four), vget_high_f32(four)))
        };
        largest(a: Floats) -> f32 = vmaxnmvq_f32(vmaxnmq_f32(a[0], a[1]));
    }

    #[inline(always)]
    fn where_at_least(self, x: Floats, bound: Floats, a: Floats, b: Floats) -> Floats {
        // SAFETY: the token proves that NEON is enabled.
        let mask = unsafe { pairs(x, bound, |x, bound| vcgeq_f32(x, bound)) };
        self.select(mask, a, b)
    }

    #[inline(always)]
    fn prefetch<T>(self, address: *const T) {
        // SAFETY: a prefetch reads nothing, so any address is allowed.
        unsafe {
            asm!("prfm pldl1keep, [{0}]", in(reg) address.addr(), options(nomem, nostack, preserves_flags));
        }
    }

    #[inline(always)]
    fn prefetch_early<T>(self, address: *const T) {
        // SAFETY: as above.
        unsafe {
            asm!("prfm pldl2keep, [{0}]", in(reg) address.addr(), options(nomem, nostack, preserves_flags));
        }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> Floats {
        // SAFETY: `from` is readable for `N` floats.
        unsafe { [vld1q_f32(from), vld1q_f32(from.add(4))] }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, a: Floats) {
        // SAFETY: `to` is writable for `N` floats.
        unsafe {
            vst1q_f32(to, a[0]);
            vst1q_f32(to.add(4), a[1]);
        }
    }

    #[inline(always)]
    unsafe fn load_i8(self, from: *const i8) -> Floats {
        // SAFETY: `from` is readable for `N` bytes; `self` proves NEON.
        unsafe { signed_floats(vmovl_s8(vld1_s8(from))) }
    }

    #[inline(always)]
    unsafe fn load_u8(self, from: *const u8) -> Floats {
        // SAFETY: `from` is readable for `N` bytes; `self` proves NEON.
        unsafe { both(widened(vld1_u8(from)), |a| vcvtq_f32_u32(a)) }
    }

    #[inline(always)]
    unsafe fn load_nibbles(self, from: *const u8, shift: u32) -> Floats {
        // SAFETY: `from` is readable for `N` bytes; `self` proves NEON.
        unsafe {
            let shifted = vshl_u8(vld1_u8(from), vdup_n_s8(-(shift as i8)));
            both(widened(vand_u8(shifted, vdup_n_u8(15))), |a| vcvtq_f32_u32(a))
        }
    }

    #[inline(always)]
    unsafe fn load_half_e8m0(self, from: *const u8) -> Floats {
        // SAFETY: `from` is readable for `N` bytes; `self` proves NEON.
        unsafe {
            both(widened(vld1_u8(from)), |e| {
                let normal = vshlq_n_u32::<23>(vsubq_u32(e, vdupq_n_u32(1)));
                let subnormal = vshlq_u32(vdupq_n_u32(1 << 21), vreinterpretq_s32_u32(e));
                vreinterpretq_f32_u32(vbslq_u32(vcgtq_u32(e, vdupq_n_u32(1)), normal, subnormal))
            })
        }
    }

    #[inline(always)]
    unsafe fn load_e4m3(self, from: *const u8) -> Floats {
        // SAFETY: `from` is readable for `N` bytes; `self` proves NEON.
        unsafe {
            let halves = vshlq_n_u16::<7>(vmovl_u8(vld1_u8(from)));
            both(from_halves(halves), |a| vmulq_f32(a, vdupq_n_f32(256.0)))
        }
    }

    #[inline(always)]
    unsafe fn load_bf16_pairs(self, from: *const u16) -> [Floats; 2] {
        // SAFETY: `from` is readable for `2 · N` numbers of two bytes; `self` proves NEON.
        unsafe {
            let pairs = [vld1q_u16(from), vld1q_u16(from.add(8))].map(|a| vreinterpretq_u32_u16(a));
            [
                both(pairs, |a| vreinterpretq_f32_u32(vshlq_n_u32::<16>(a))),
                both(pairs, |a| vreinterpretq_f32_u32(vandq_u32(a, vdupq_n_u32(0xFFFF_0000)))),
            ]
        }
    }

    #[inline(always)]
    unsafe fn load_f16(self, from: *const u16) -> Floats {
        // SAFETY: `from` is readable for `N` halves; `self` proves NEON.
        unsafe { from_halves(vld1q_u16(from)) }
    }

    #[inline(always)]
    unsafe fn store_f16(self, to: *mut u16, a: Floats) {
        // SAFETY: `to` is writable for `N` halves; `self` proves NEON.
        unsafe {
            let halves = both(a, |a| vreinterpret_u16_f16(vcvt_f16_f32(a)));
            vst1q_u16(to, vcombine_u16(halves[0], halves[1]));
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, a: Floats, n: usize) {
        let mut all = [0.0; 8];
        // SAFETY: the array has room for `N` floats, and `to` is writable for `n`.
        unsafe {
            if n >= 8 {
                self.store(to, a);
            } else {
                self.store(all.as_mut_ptr(), a);
                std::ptr::copy_nonoverlapping(all.as_ptr(), to, n);
            }
        }
    }
}

impl<const DOT: bool> CodeLanes for NeonLanes<DOT> {
    type C = Codes;
    type S = Sums;

    const DISTANCE: usize = 1024;
    const STREAMING_TOKENS: usize = usize::MAX;
    const PAIRED_TOKENS: usize = 2;
    const SIGNED_OFFSET: i32 = 0;
    const WIDENS: bool = !DOT;

    #[inline(always)]
    fn run(max: i32) -> usize {
        let fits = i32::from(i16::MAX) / (127 * max.max(1));
        if DOT { usize::MAX } else { 1 << fits.max(1).ilog2() }
    }

    plain! {
        shr_and(a: Codes, bits: u32, mask: u8) -> Codes = both(a, |a| shifted_bytes(a, bits, mask));
        or_shr(a: Codes, b: Codes, bits: u32, mask: u8) -> Codes = pairs(a, b, |a, b| vorrq_u8(a, shifted_bytes(b, bits, mask)));
        or_shl(a: Codes, b: Codes, bits: u32, mask: u8) -> Codes = pairs(a, b, |a, b| vorrq_u8(a, vandq_u8(vshlq_u8(b, vdupq_n_s8(bits as i8)), vdupq_n_u8(mask))));
        lookup(table: Codes, codes: Codes) -> Codes = both(codes, |codes| vqtbl1q_u8(table[0], codes));
        words(a: Codes, bits: u32, mask: u32) -> Codes = both(a, |a| shifted_words(a, bits as i32, mask));
        or_words(a: Codes, b: Codes, bits: i32, mask: u32) -> Codes = pairs(a, b, |a, b| vorrq_u8(a, shifted_words(b, bits, mask)));
        fold_words(a: Codes, bits: u32) -> Codes = both(a, |a| veorq_u8(a, shifted_words(a, bits as i32, u32::MAX)));
        thirds(a: Codes, power: u8) -> Codes = {
            both(a, |a| {
                let fraction = vmulq_u8(a, vdupq_n_u8(power));
                // A third of 256 is 85.3.
                let [ones, twos] = [86, 171].map(|bound| vcgeq_u8(fraction, vdupq_n_u8(bound)));
                vsubq_u8(vdupq_n_u8(0), vaddq_u8(ones, twos))
            })
        };
        no_sum() -> Sums = [vdupq_n_s32(0); 4];
        widen(sums: Sums, run: Sums) -> Sums = {
            // Neighboring columns of 16 bits become half sums of 32, neighboring half sums the sum of a row.
            let halves = run.map(|run| vpaddlq_s16(vreinterpretq_s16_s32(run)));
            let rows = [vpaddq_s32(halves[0], halves[1]), vpaddq_s32(halves[2], halves[3])];
            [vaddq_s32(sums[0], rows[0]), vaddq_s32(sums[1], rows[1]), sums[2], sums[3]]
        };
        to_float(sums: Sums) -> Floats = both([sums[0], sums[1]], |sums| vcvtq_f32_s32(sums));
    }

    #[inline(always)]
    unsafe fn load_codes(self, from: *const u8) -> Codes {
        // SAFETY: `from` is readable for `4 · N` bytes.
        unsafe { [vld1q_u8(from), vld1q_u8(from.add(16))] }
    }

    #[inline(always)]
    fn signed(self, a: Codes) -> Codes {
        a
    }

    #[inline(always)]
    fn table(self, values: &[i8; 16]) -> Codes {
        // SAFETY: sixteen bytes are read; `self` proves NEON.
        unsafe { [vld1q_u8(values.as_ptr().cast()); 2] }
    }

    #[inline(always)]
    fn numbers<const M: usize>(self, table: &Numbers<M>, at: Codes) -> Codes {
        // SAFETY: both arrays have the eight numbers that are written and read; the token proves NEON.
        unsafe {
            both(at, |at| {
                let (mut places, mut found) = ([0; 8], [0; 8]);
                vst1q_u16(places.as_mut_ptr(), vreinterpretq_u16_u8(at));
                for (found, place) in found.iter_mut().zip(places) {
                    *found = table.at(usize::from(place));
                }
                vreinterpretq_u8_u16(vld1q_u16(found.as_ptr()))
            })
        }
    }

    #[inline(always)]
    fn doubled<const UPPER: bool>(self, a: Codes) -> Codes {
        // SAFETY: sixteen bytes are read; `self` proves NEON.
        unsafe {
            const PLACES: [u8; 16] = [0, 0, 1, 1, 4, 4, 5, 5, 8, 8, 9, 9, 12, 12, 13, 13];
            let places = vld1q_u8(PLACES.as_ptr());
            let places = if UPPER { vaddq_u8(places, vdupq_n_u8(2)) } else { places };
            both(a, |a| vqtbl1q_u8(a, places))
        }
    }

    #[inline(always)]
    fn gather<const M: usize>(self, table: &[u32; M], at: Codes) -> Codes {
        // SAFETY: both arrays have the four numbers that are written and read; the token proves NEON.
        unsafe {
            const { assert!(M.is_power_of_two()) };
            both(at, |at| {
                let (mut places, mut found) = ([0; 4], [0; 4]);
                vst1q_u32(places.as_mut_ptr(), vreinterpretq_u32_u8(at));
                for (found, place) in found.iter_mut().zip(places) {
                    *found = table[place as usize & (M - 1)];
                }
                vreinterpretq_u8_u32(vld1q_u32(found.as_ptr()))
            })
        }
    }

    #[inline(always)]
    unsafe fn load_sum(self, from: *const i32, shift: i32) -> Sums {
        // SAFETY: `from` is readable; `self` proves NEON.
        unsafe {
            let sum = vshlq_s32(vld1q_dup_s32(from), vdupq_n_s32(shift));
            [sum, sum, vdupq_n_s32(0), vdupq_n_s32(0)]
        }
    }

    #[inline(always)]
    unsafe fn dot<const SIGNED: bool, const QUARTER: i32>(self, sums: Sums, a: Codes, x: *const i8) -> Sums {
        // SAFETY: `x` is readable for sixteen bytes, four quarters; the token proves NEON, and dot products if `DOT`.
        unsafe {
            let a = both(a, |a| vreinterpretq_s8_u8(a));
            if DOT {
                return {
                    let x = vld1q_s8(x);
                    let dot = |i: usize| dotprod::dot::<QUARTER>(sums[i], a[i], x);
                    [dot(0), dot(1), sums[2], sums[3]]
                };
            }
            let x = vreinterpretq_s8_s32(vld1q_dup_s32(x.cast::<i32>().add(QUARTER as usize)));
            let low = |sums, a| vmlal_s8(vreinterpretq_s16_s32(sums), vget_low_s8(a), vget_low_s8(x));
            let high = |sums, a| vmlal_high_s8(vreinterpretq_s16_s32(sums), a, x);
            [low(sums[0], a[0]), high(sums[1], a[0]), low(sums[2], a[1]), high(sums[3], a[1])]
                .map(|sums| vreinterpretq_s32_s16(sums))
        }
    }

    #[inline(always)]
    fn code<const SIGNED: bool>(self, a: Codes, column: usize) -> Floats {
        // SAFETY: the token proves that the features are enabled.
        unsafe {
            let (left, right) = (vdupq_n_s32(24 - 8 * column as i32), vdupq_n_s32(-24));
            both(a, |a| {
                let raised = vshlq_u32(vreinterpretq_u32_u8(a), left);
                if SIGNED {
                    vcvtq_f32_s32(vshlq_s32(vreinterpretq_s32_u32(raised), right))
                } else {
                    vcvtq_f32_u32(vshlq_u32(raised, right))
                }
            })
        }
    }
}
