//! Vectors of f32 by level: one generic kernel, compiled once per instruction set.
//!
//! A kernel that is plain arithmetic on rows (attention, norms, activations) is written once over [`Lanes`] and
//! instantiated inside a function with the level's target features by [`at_level!`](crate::lanes::at_level). Everything is
//! inlined there, so the intrinsics see the features. The token types can only be made where the features are
//! enabled, which is what makes their methods safe to call.

#![allow(
    clippy::inline_always,
    reason = "a lane operation left as a call would lose the caller's target features"
)]

/// Vectors of `N` f32 and the operations kernels need; a value proves that the processor has them.
pub(crate) trait Lanes: Copy {
    /// `N` floats in a register.
    type V: Copy;
    /// Floats per register.
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
    /// The larger, lane by lane.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// The smaller, lane by lane.
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
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

    /// All lanes 0.
    #[inline(always)]
    fn zero(self) -> Self::V {
        self.splat(0.0)
    }
}

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
            #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq")]
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

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(clippy::wildcard_imports, reason = "intrinsics carry their own prefix")]

    use std::arch::x86_64::*;

    use super::Lanes;

    /// Eight lanes; exists only where AVX2, FMA and F16C are enabled.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2(());

    /// Sixteen lanes; exists only where AVX-512 F, BW, VL and DQ are enabled.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx512(());

    impl Avx2 {
        #[inline]
        #[target_feature(enable = "avx2,fma,f16c")]
        pub(crate) fn new() -> Self {
            Self(())
        }
    }

    impl Avx512 {
        #[inline]
        #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq")]
        pub(crate) fn new() -> Self {
            Self(())
        }
    }

    /// Methods that are one intrinsic without pointers.
    macro_rules! plain {
        ($($name:ident($($arg:ident),*) = $intrinsic:expr;)*) => {
            $(#[inline(always)]
            fn $name(self, $($arg: Self::V),*) -> Self::V {
                // SAFETY: the token proves that the features are enabled.
                unsafe { $intrinsic }
            })*
        };
    }

    impl Lanes for Avx2 {
        type V = __m256;
        const N: usize = 8;

        plain! {
            add(a, b) = _mm256_add_ps(a, b);
            sub(a, b) = _mm256_sub_ps(a, b);
            mul(a, b) = _mm256_mul_ps(a, b);
            div(a, b) = _mm256_div_ps(a, b);
            fma(a, b, c) = _mm256_fmadd_ps(a, b, c);
            max(a, b) = _mm256_max_ps(a, b);
            min(a, b) = _mm256_min_ps(a, b);
            round(a) = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a);
            scale_by_power(a, n) = {
                let power = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
                _mm256_mul_ps(a, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(power)))
            };
            where_at_least(x, bound, a, b) = _mm256_blendv_ps(b, a, _mm256_cmp_ps::<_CMP_GE_OQ>(x, bound));
            swap_pairs(a) = _mm256_permute_ps::<0b10_11_00_01>(a);
        }

        #[inline(always)]
        fn splat(self, x: f32) -> __m256 {
            // SAFETY: the token proves that the features are enabled.
            unsafe { _mm256_set1_ps(x) }
        }

        #[inline(always)]
        fn sum(self, a: __m256) -> f32 {
            // SAFETY: the token proves that the features are enabled.
            unsafe {
                let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
                let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
            }
        }

        #[inline(always)]
        fn largest(self, a: __m256) -> f32 {
            // SAFETY: the token proves that the features are enabled.
            unsafe {
                let four = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
                let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
            }
        }

        #[inline(always)]
        fn prefetch<T>(self, address: *const T) {
            // SAFETY: a prefetch reads nothing; any address is fine.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
        }

        #[inline(always)]
        fn prefetch_early<T>(self, address: *const T) {
            // SAFETY: as above.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(address.cast()) }
        }

        #[inline(always)]
        unsafe fn load(self, from: *const f32) -> __m256 {
            // SAFETY: the caller's promise.
            unsafe { _mm256_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32, a: __m256) {
            // SAFETY: the caller's promise.
            unsafe { _mm256_storeu_ps(to, a) }
        }

        #[inline(always)]
        unsafe fn load_i8(self, from: *const i8) -> __m256 {
            // SAFETY: the caller's promise.
            unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(from.cast()))) }
        }

        #[inline(always)]
        unsafe fn load_f16(self, from: *const u16) -> __m256 {
            // SAFETY: the caller's promise.
            unsafe { _mm256_cvtph_ps(_mm_loadu_si128(from.cast())) }
        }

        #[inline(always)]
        unsafe fn store_f16(self, to: *mut u16, a: __m256) {
            // SAFETY: the caller's promise.
            unsafe {
                _mm_storeu_si128(to.cast(), _mm256_cvtps_ph::<{ _MM_FROUND_TO_NEAREST_INT }>(a));
            }
        }
    }

    impl Lanes for Avx512 {
        type V = __m512;
        const N: usize = 16;

        plain! {
            add(a, b) = _mm512_add_ps(a, b);
            sub(a, b) = _mm512_sub_ps(a, b);
            mul(a, b) = _mm512_mul_ps(a, b);
            div(a, b) = _mm512_div_ps(a, b);
            fma(a, b, c) = _mm512_fmadd_ps(a, b, c);
            max(a, b) = _mm512_max_ps(a, b);
            min(a, b) = _mm512_min_ps(a, b);
            round(a) = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a);
            scale_by_power(a, n) = _mm512_scalef_ps(a, n);
            where_at_least(x, bound, a, b) =
                _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(x, bound), b, a);
            swap_pairs(a) = _mm512_permute_ps::<0b10_11_00_01>(a);
        }

        #[inline(always)]
        fn splat(self, x: f32) -> __m512 {
            // SAFETY: the token proves that the features are enabled.
            unsafe { _mm512_set1_ps(x) }
        }

        #[inline(always)]
        fn sum(self, a: __m512) -> f32 {
            // SAFETY: the token proves that the features are enabled.
            unsafe { _mm512_reduce_add_ps(a) }
        }

        #[inline(always)]
        fn largest(self, a: __m512) -> f32 {
            // SAFETY: the token proves that the features are enabled.
            unsafe { _mm512_reduce_max_ps(a) }
        }

        #[inline(always)]
        fn prefetch<T>(self, address: *const T) {
            // SAFETY: a prefetch reads nothing; any address is fine.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
        }

        #[inline(always)]
        fn prefetch_early<T>(self, address: *const T) {
            // SAFETY: as above.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(address.cast()) }
        }

        #[inline(always)]
        unsafe fn load(self, from: *const f32) -> __m512 {
            // SAFETY: the caller's promise.
            unsafe { _mm512_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32, a: __m512) {
            // SAFETY: the caller's promise.
            unsafe { _mm512_storeu_ps(to, a) }
        }

        #[inline(always)]
        unsafe fn load_i8(self, from: *const i8) -> __m512 {
            // SAFETY: the caller's promise.
            unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast()))) }
        }

        #[inline(always)]
        unsafe fn load_f16(self, from: *const u16) -> __m512 {
            // SAFETY: the caller's promise.
            unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.cast())) }
        }

        #[inline(always)]
        unsafe fn store_f16(self, to: *mut u16, a: __m512) {
            // SAFETY: the caller's promise.
            unsafe {
                _mm256_storeu_si256(to.cast(), _mm512_cvtps_ph::<{ _MM_FROUND_TO_NEAREST_INT }>(a));
            }
        }
    }
}
