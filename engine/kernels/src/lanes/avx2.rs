//! AVX2 with FMA and F16C, with or without AVX-VNNI: eight rows in a register, half a line.
//!
//! Without VNNI, `vpmaddubsw` multiplies unsigned codes of weights with signed codes of the input and adds pairs in 16 bits
//! *with* saturation, so only as many pairs are added as cannot exceed 32,767. For signed codes the sign is applied to the
//! input: the magnitude is the unsigned operand.
//!
//! | weight codes | largest pair | pairs added | largest sum |
//! |---|---|---|---|
//! | 0..=15 | 2 · 15 · 127 | 8 | 30,480 |
//! | 0..=31 | 2 · 31 · 127 | 4 | 31,496 |
//! | 0..=63 | 2 · 63 · 127 | 2 | 32,004 |
//! | magnitudes 0..=128, sign applied to the input | 2 · 128 · 127 | 1 | 32,512 |
//!
//! With VNNI, `vpdpbusd` adds four products in 32 bits, so no widening is needed.

#![allow(clippy::wildcard_imports, reason = "intrinsics carry their own prefix")]
#![allow(clippy::cast_ptr_alignment, reason = "read by instructions and functions that need no alignment")]

use std::arch::x86_64::*;

use super::avxvnni;
use super::{CodeLanes, Lanes, Numbers};

/// Token of AVX2 with eight lanes; exists only where AVX2, FMA and F16C are enabled, and AVX-VNNI if `VNNI`.
#[derive(Clone, Copy)]
pub(crate) struct Avx2Lanes<const VNNI: bool>(());

/// Token of AVX2 without AVX-VNNI.
pub(crate) type Avx2 = Avx2Lanes<false>;
/// Token of AVX2 with AVX-VNNI.
pub(crate) type AvxVnni = Avx2Lanes<true>;

impl Avx2 {
    #[inline]
    #[target_feature(enable = "avx2,fma,f16c")]
    pub(crate) fn new() -> Self {
        Self(())
    }
}

impl AvxVnni {
    /// # Safety
    /// The processor has AVX-VNNI.
    #[inline]
    #[target_feature(enable = "avx2,fma,f16c")]
    pub(crate) unsafe fn new() -> Self {
        Self(())
    }
}

/// Defines methods that are one expression of intrinsics without pointers.
macro_rules! plain {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty = $intrinsic:expr;)*) => {
        $(#[inline(always)]
        fn $name(self, $($arg: $ty),*) -> $ret {
            // SAFETY: the token proves that the features are enabled.
            unsafe { $intrinsic }
        })*
    };
}

impl<const VNNI: bool> Lanes for Avx2Lanes<VNNI> {
    type V = __m256;
    type Mask = __m256;
    const N: usize = 8;

    plain! {
        fnma(a: __m256, b: __m256, c: __m256) -> __m256 = _mm256_fnmadd_ps(a, b, c);
        abs(a: __m256) -> __m256 = _mm256_andnot_ps(_mm256_set1_ps(-0.0), a);
        sqrt(a: __m256) -> __m256 = _mm256_sqrt_ps(a);
        greater(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_GT_OQ>(a, b);
        select(mask: __m256, yes: __m256, no: __m256) -> __m256 = _mm256_blendv_ps(no, yes, mask);
        add(a: __m256, b: __m256) -> __m256 = _mm256_add_ps(a, b);
        sub(a: __m256, b: __m256) -> __m256 = _mm256_sub_ps(a, b);
        mul(a: __m256, b: __m256) -> __m256 = _mm256_mul_ps(a, b);
        div(a: __m256, b: __m256) -> __m256 = _mm256_div_ps(a, b);
        fma(a: __m256, b: __m256, c: __m256) -> __m256 = _mm256_fmadd_ps(a, b, c);
        max(a: __m256, b: __m256) -> __m256 = _mm256_max_ps(a, b);
        min(a: __m256, b: __m256) -> __m256 = _mm256_min_ps(a, b);
        round(a: __m256) -> __m256 = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a);
        scale_by_power(a: __m256, n: __m256) -> __m256 = {
            let power = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
            _mm256_mul_ps(a, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(power)))
        };
        where_at_least(x: __m256, bound: __m256, a: __m256, b: __m256) -> __m256 = _mm256_blendv_ps(b, a, _mm256_cmp_ps::<_CMP_GE_OQ>(x, bound));
        swap_pairs(a: __m256) -> __m256 = _mm256_permute_ps::<0b10_11_00_01>(a);
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
        // SAFETY: a prefetch reads nothing, so any address is allowed.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }

    #[inline(always)]
    fn prefetch_early<T>(self, address: *const T) {
        // SAFETY: as above.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address.cast()) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> __m256 {
        // SAFETY: `from` is readable for `N` floats; `self` proves AVX2, FMA and F16C.
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, a: __m256) {
        // SAFETY: `to` is writable for `N` floats; `self` proves AVX2, FMA and F16C.
        unsafe { _mm256_storeu_ps(to, a) }
    }

    #[inline(always)]
    unsafe fn load_i8(self, from: *const i8) -> __m256 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX2, FMA and F16C.
        unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn load_f16(self, from: *const u16) -> __m256 {
        // SAFETY: `from` is readable for `N` halves; `self` proves AVX2, FMA and F16C.
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(from.cast())) }
    }

    #[inline(always)]
    unsafe fn store_f16(self, to: *mut u16, a: __m256) {
        // SAFETY: `to` is writable for `N` halves; `self` proves AVX2, FMA and F16C.
        unsafe {
            _mm_storeu_si128(to.cast(), _mm256_cvtps_ph::<{ _MM_FROUND_TO_NEAREST_INT }>(a));
        }
    }

    #[inline(always)]
    unsafe fn load_u8(self, from: *const u8) -> __m256 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX2, FMA and F16C.
        unsafe { _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn load_nibbles(self, from: *const u8, shift: u32) -> __m256 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX2, FMA and F16C.
        unsafe {
            let bytes = _mm256_cvtepu8_epi32(_mm_loadl_epi64(from.cast()));
            let shifted = _mm256_srl_epi32(bytes, _mm_cvtsi32_si128(shift as i32));
            _mm256_cvtepi32_ps(_mm256_and_si256(shifted, _mm256_set1_epi32(15)))
        }
    }

    #[inline(always)]
    unsafe fn load_half_e8m0(self, from: *const u8) -> __m256 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX2, FMA and F16C.
        unsafe {
            let e = _mm256_cvtepu8_epi32(_mm_loadl_epi64(from.cast()));
            let normal = _mm256_slli_epi32::<23>(_mm256_sub_epi32(e, _mm256_set1_epi32(1)));
            let subnormal = _mm256_sllv_epi32(_mm256_set1_epi32(1 << 21), e);
            let is_normal = _mm256_cmpgt_epi32(e, _mm256_set1_epi32(1));
            _mm256_castsi256_ps(_mm256_blendv_epi8(subnormal, normal, is_normal))
        }
    }

    #[inline(always)]
    unsafe fn load_e4m3(self, from: *const u8) -> __m256 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX2, FMA and F16C.
        unsafe {
            let halves = _mm_slli_epi16::<7>(_mm_cvtepu8_epi16(_mm_loadl_epi64(from.cast())));
            _mm256_mul_ps(_mm256_cvtph_ps(halves), _mm256_set1_ps(256.0))
        }
    }

    #[inline(always)]
    unsafe fn load_bf16_pairs(self, from: *const u16) -> [__m256; 2] {
        // SAFETY: `from` is readable for `2 · N` numbers of two bytes; `self` proves AVX2, FMA and F16C.
        unsafe {
            let pairs = _mm256_loadu_si256(from.cast());
            let high = _mm256_set1_epi32(0xFFFF_0000_u32 as i32);
            [
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(pairs)),
                _mm256_castsi256_ps(_mm256_and_si256(pairs, high)),
            ]
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, a: __m256, n: usize) {
        let mut all = [0.0; 8];
        // SAFETY: the array has the register's size, and `to` is writable for `n` floats; `self` proves AVX2, FMA and F16C.
        unsafe {
            if n >= 8 {
                _mm256_storeu_ps(to, a);
            } else {
                _mm256_storeu_ps(all.as_mut_ptr(), a);
                std::ptr::copy_nonoverlapping(all.as_ptr(), to, n);
            }
        }
    }
}

impl<const VNNI: bool> CodeLanes for Avx2Lanes<VNNI> {
    type C = __m256i;
    type S = __m256i;

    const DISTANCE: usize = 4096;
    const STREAMING_TOKENS: usize = usize::MAX;
    const PAIRED_TOKENS: usize = 3;
    const SIGNED_OFFSET: i32 = 0;
    const WIDENS: bool = !VNNI;

    #[inline(always)]
    fn run(max: i32) -> usize {
        let fits = i32::from(i16::MAX) / (2 * 127 * max.max(1));
        if VNNI { usize::MAX } else { 1 << fits.max(1).ilog2() }
    }

    plain! {
        shr_and(a: __m256i, bits: u32, mask: u8) -> __m256i =
            _mm256_and_si256(_mm256_srl_epi16(a, _mm_cvtsi32_si128(bits as i32)), _mm256_set1_epi8(mask as i8));
        or_shr(a: __m256i, b: __m256i, bits: u32, mask: u8) -> __m256i = {
            let shifted = _mm256_srl_epi16(b, _mm_cvtsi32_si128(bits as i32));
            _mm256_or_si256(a, _mm256_and_si256(shifted, _mm256_set1_epi8(mask as i8)))
        };
        or_shl(a: __m256i, b: __m256i, bits: u32, mask: u8) -> __m256i = {
            let shifted = _mm256_sll_epi16(b, _mm_cvtsi32_si128(bits as i32));
            _mm256_or_si256(a, _mm256_and_si256(shifted, _mm256_set1_epi8(mask as i8)))
        };
        lookup(table: __m256i, codes: __m256i) -> __m256i = _mm256_shuffle_epi8(table, codes);
        words(a: __m256i, bits: u32, mask: u32) -> __m256i =
            _mm256_and_si256(_mm256_srl_epi32(a, _mm_cvtsi32_si128(bits as i32)), _mm256_set1_epi32(mask as i32));
        or_words(a: __m256i, b: __m256i, bits: i32, mask: u32) -> __m256i = {
            let shifted = if bits < 0 {
                _mm256_sll_epi32(b, _mm_cvtsi32_si128(-bits))
            } else {
                _mm256_srl_epi32(b, _mm_cvtsi32_si128(bits))
            };
            _mm256_or_si256(a, _mm256_and_si256(shifted, _mm256_set1_epi32(mask as i32)))
        };
        fold_words(a: __m256i, bits: u32) -> __m256i =
            _mm256_xor_si256(a, _mm256_srl_epi32(a, _mm_cvtsi32_si128(bits as i32)));
        thirds(a: __m256i, power: u8) -> __m256i = {
            let (factor, low) = (_mm256_set1_epi16(i16::from(power)), _mm256_set1_epi16(255));
            let odd = _mm256_mullo_epi16(_mm256_andnot_si256(low, a), factor);
            let even = _mm256_and_si256(_mm256_mullo_epi16(a, factor), low);
            let fraction = _mm256_or_si256(odd, even);
            // A third of 256 is 85.3.
            let (one, two) = (_mm256_set1_epi8(86), _mm256_set1_epi8(171_u8 as i8));
            let ones = _mm256_cmpeq_epi8(_mm256_max_epu8(fraction, one), fraction);
            let twos = _mm256_cmpeq_epi8(_mm256_max_epu8(fraction, two), fraction);
            _mm256_sub_epi8(_mm256_setzero_si256(), _mm256_add_epi8(ones, twos))
        };
        no_sum() -> __m256i = _mm256_setzero_si256();
        to_float(sums: __m256i) -> __m256 = _mm256_cvtepi32_ps(sums);
    }

    #[inline(always)]
    unsafe fn load_codes(self, from: *const u8) -> __m256i {
        // SAFETY: `from` is readable for `4 · N` bytes; `self` proves AVX2, FMA and F16C.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }

    #[inline(always)]
    fn signed(self, a: __m256i) -> __m256i {
        a
    }

    #[inline(always)]
    fn table(self, values: &[i8; 16]) -> __m256i {
        // SAFETY: sixteen bytes are read.
        unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(values.as_ptr().cast())) }
    }

    #[inline(always)]
    fn numbers<const N: usize>(self, table: &Numbers<N>, at: __m256i) -> __m256i {
        // SAFETY: the mask leaves indices within the table, which has another number behind its last; `self` proves AVX2, FMA and
        // F16C.
        unsafe {
            let (mask, from) = (_mm256_set1_epi32(N as i32 - 1), table.as_ptr().cast());
            let low = _mm256_i32gather_epi32::<2>(from, _mm256_and_si256(at, mask));
            let high = _mm256_i32gather_epi32::<2>(from, _mm256_and_si256(_mm256_srli_epi32::<16>(at), mask));
            _mm256_blend_epi16::<0xAA>(low, _mm256_slli_epi32::<16>(high))
        }
    }

    #[inline(always)]
    fn doubled<const UPPER: bool>(self, a: __m256i) -> __m256i {
        // SAFETY: the token proves that the features are enabled.
        unsafe {
            let places = _mm_setr_epi8(0, 0, 1, 1, 4, 4, 5, 5, 8, 8, 9, 9, 12, 12, 13, 13);
            let places = if UPPER { _mm_add_epi8(places, _mm_set1_epi8(2)) } else { places };
            _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(places))
        }
    }

    #[inline(always)]
    fn gather<const N: usize>(self, table: &[u32; N], at: __m256i) -> __m256i {
        const { assert!(N.is_power_of_two()) };
        // SAFETY: the mask leaves indices within the table; `self` proves AVX2, FMA and F16C.
        unsafe {
            let at = _mm256_and_si256(at, _mm256_set1_epi32(N as i32 - 1));
            _mm256_i32gather_epi32::<4>(table.as_ptr().cast(), at)
        }
    }

    #[inline(always)]
    unsafe fn load_sum(self, from: *const i32, shift: i32) -> __m256i {
        // SAFETY: `from` is readable; `self` proves AVX2, FMA and F16C.
        unsafe {
            let sum = _mm256_set1_epi32(from.read());
            if shift < 0 {
                _mm256_sra_epi32(sum, _mm_cvtsi32_si128(-shift))
            } else {
                _mm256_sll_epi32(sum, _mm_cvtsi32_si128(shift))
            }
        }
    }

    #[inline(always)]
    unsafe fn dot<const SIGNED: bool, const QUARTER: i32>(
        self,
        sums: __m256i,
        a: __m256i,
        x: *const i8,
    ) -> __m256i {
        // SAFETY: `x` is readable for four quarters of four bytes; `self` proves AVX2, FMA and F16C.
        unsafe {
            let x = _mm256_set1_epi32(x.cast::<i32>().add(QUARTER as usize).read_unaligned());
            let (a, x) = if SIGNED { (_mm256_abs_epi8(a), _mm256_sign_epi8(x, a)) } else { (a, x) };
            if VNNI { avxvnni::dot(sums, a, x) } else { _mm256_add_epi16(sums, _mm256_maddubs_epi16(a, x)) }
        }
    }

    #[inline(always)]
    fn code<const SIGNED: bool>(self, a: __m256i, column: usize) -> __m256 {
        // SAFETY: the token proves that the features are enabled.
        unsafe {
            let raised = _mm256_sll_epi32(a, _mm_cvtsi32_si128(24 - 8 * column as i32));
            let code = if SIGNED { _mm256_srai_epi32::<24>(raised) } else { _mm256_srli_epi32::<24>(raised) };
            _mm256_cvtepi32_ps(code)
        }
    }

    #[inline(always)]
    fn widen(self, sums: __m256i, run: __m256i) -> __m256i {
        // SAFETY: the token proves that the features are enabled.
        unsafe { _mm256_add_epi32(sums, _mm256_madd_epi16(run, _mm256_set1_epi16(1))) }
    }
}
