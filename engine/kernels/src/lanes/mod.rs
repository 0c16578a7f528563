//! Vectors by instruction set: kernels are written once, an instruction set is one file here.
//!
//! A kernel that is plain arithmetic on rows (attention, norms, activations) is written over [`Lanes`], the products of
//! quantized weights over [`CodeLanes`], and the searches of the encoders over [`Vector`], which gives lanes their operators.
//! Each is instantiated inside a function with the level's target features, by [`at_level!`](crate::lanes::at_level) or by the
//! table of kernels in the level's file. Everything is inlined there, so the intrinsics see the features. The token types can
//! only be made where the features are enabled, which is what makes their methods safe to call.

#![allow(
    clippy::inline_always,
    reason = "a lane operation left as a call would lose the caller's target features"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avxvnni;
mod codes;
pub(crate) mod scalar;
mod vector;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::{Avx2, AvxVnni};
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
pub(crate) use codes::CodeLanes;
pub(crate) use scalar::Scalar;
pub(crate) use vector::{INTEGERS, Vector, larger, within};

/// Vectors of `N` f32 and the operations kernels need; a value proves that the processor has them.
pub(crate) trait Lanes: Copy {
    /// `N` floats in a register.
    type V: Copy;
    /// One truth per lane.
    type Mask: Copy;
    /// Floats per register; divides [`MOST`].
    const N: usize;

    /// All lanes `x`.
    fn splat(self, x: f32) -> Self::V;
    /// a + b
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// a − b
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// a · b
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// a / b
    fn div(self, a: Self::V, b: Self::V) -> Self::V;
    /// a · b + c, rounded once.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// c − a · b, rounded once.
    fn fnma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a` where it is greater than `b`, else `b`; so `b` where `a` is not a number.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a` where it is less than `b`, else `b`; so `b` where `a` is not a number.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
    /// Magnitudes.
    fn abs(self, a: Self::V) -> Self::V;
    /// Square roots, correctly rounded.
    fn sqrt(self, a: Self::V) -> Self::V;
    /// Where `a` is greater than `b`.
    fn greater(self, a: Self::V, b: Self::V) -> Self::Mask;
    /// `yes` where the mask is true, else `no`.
    fn select(self, mask: Self::Mask, yes: Self::V, no: Self::V) -> Self::V;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::V) -> Self::V;
    /// a · 2^n for whole n between -126 and 127.
    fn scale_by_power(self, a: Self::V, n: Self::V) -> Self::V;
    /// `a` where x ≥ bound, else `b`.
    fn where_at_least(self, x: Self::V, bound: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// Lane 2i and lane 2i+1 exchanged.
    fn swap_pairs(self, a: Self::V) -> Self::V;
    /// Sum of all lanes, by halves.
    fn sum(self, a: Self::V) -> f32;
    /// Largest lane.
    fn largest(self, a: Self::V) -> f32;

    /// Asks for the cache line at `address`, which may lie anywhere.
    fn prefetch<T>(self, address: *const T);
    /// The same, but no further than the second-level cache: for lines that are used later than the first level holds them.
    fn prefetch_early<T>(self, address: *const T);

    /// `N` floats from memory.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` floats.
    unsafe fn load(self, from: *const f32) -> Self::V;
    /// `N` floats to memory.
    ///
    /// # Safety
    /// `to` must be valid for writing `N` floats.
    unsafe fn store(self, to: *mut f32, a: Self::V);
    /// `N` signed bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_i8(self, from: *const i8) -> Self::V;
    /// `N` unsigned bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_u8(self, from: *const u8) -> Self::V;
    /// Four bits from bit `shift` on of `N` unsigned bytes from memory, as floats.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_nibbles(self, from: *const u8, shift: u32) -> Self::V;
    /// 2^(e - 128) of `N` unsigned bytes e from memory: half of the scale that an E8M0 exponent stands for.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` bytes.
    unsafe fn load_half_e8m0(self, from: *const u8) -> Self::V;
    /// `N` pairs of bf16 from memory, widened: the first of each pair, and the second.
    ///
    /// # Safety
    /// `from` must be valid for reading 2 · `N` numbers of two bytes.
    unsafe fn load_bf16_pairs(self, from: *const u16) -> [Self::V; 2];
    /// `N` half-precision floats from memory, widened.
    ///
    /// # Safety
    /// `from` must be valid for reading `N` halves.
    unsafe fn load_f16(self, from: *const u16) -> Self::V;
    /// `N` floats to memory, rounded to half precision (nearest, ties to even).
    ///
    /// # Safety
    /// `to` must be valid for writing `N` halves.
    unsafe fn store_f16(self, to: *mut u16, a: Self::V);

    /// The first `n` floats to memory, at most `N`.
    ///
    /// # Safety
    /// `to` must be valid for writing `n` floats.
    unsafe fn store_first(self, to: *mut f32, a: Self::V, n: usize);

    /// All lanes 0.
    #[inline(always)]
    fn zero(self) -> Self::V {
        self.splat(0.0)
    }
}

/// Lanes of the widest vector.
pub(crate) const MOST: usize = 16;

/// Runs `kernel(token, args..)` with the vectors of a level, or `scalar(args..)` at the scalar one.
///
/// `kernel` must be `#[inline(always)]` and generic over [`Lanes`]; the types are spelled out because the function with the
/// target features is made here.
macro_rules! at_level {
    ($level:expr, $scalar:path, $kernel:path, ($($arg:ident : $ty:ty = $value:expr),* $(,)?) $(-> $ret:ty)?) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2($($arg: $ty),*) $(-> $ret)? {
                $kernel($crate::lanes::Avx2::new(), $($arg),*)
            }
            #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
            fn avx512($($arg: $ty),*) $(-> $ret)? {
                $kernel($crate::lanes::Avx512::new(), $($arg),*)
            }
            let kind = $level.kind();
            if kind >= $crate::level::Kind::Avx512 {
                // SAFETY: a level of this kind exists only where the processor reported these features.
                unsafe { avx512($($value),*) }
            } else if kind >= $crate::level::Kind::Avx2 {
                // SAFETY: as above, for the features of AVX2.
                unsafe { avx2($($value),*) }
            } else {
                $scalar($($value),*)
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = $level;
            $scalar($($value),*)
        }
    }};
}
pub(crate) use at_level;
