//! AVX-512 with VNNI: all sixteen rows in a register, a whole line.
//!
//! `vpdpbusd` multiplies unsigned codes of weights with signed codes of the input and adds four products in 32 bits without
//! saturation. Signed weights are made unsigned by an offset of 128, which the accumulator's first value, made from the inputs'
//! sums, subtracts.

#![allow(clippy::wildcard_imports, reason = "intrinsics carry their own prefix")]
#![allow(clippy::cast_ptr_alignment, reason = "read by instructions and functions that need no alignment")]

use std::arch::x86_64::*;

use super::{CodeLanes, Lanes, Numbers};

/// Truth table of a | (b & c) for the ternary logic instruction.
const OR_AND: i32 = 0xF8;

/// Token of AVX-512 with sixteen lanes; exists only where AVX-512 F, BW, VL, DQ and VNNI are enabled.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    #[inline]
    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    pub(crate) fn new() -> Self {
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

impl Lanes for Avx512 {
    type V = __m512;
    type Mask = __mmask16;
    const N: usize = 16;

    plain! {
        fnma(a: __m512, b: __m512, c: __m512) -> __m512 = _mm512_fnmadd_ps(a, b, c);
        abs(a: __m512) -> __m512 = _mm512_abs_ps(a);
        sqrt(a: __m512) -> __m512 = _mm512_sqrt_ps(a);
        greater(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b);
        select(mask: __mmask16, yes: __m512, no: __m512) -> __m512 = _mm512_mask_blend_ps(mask, no, yes);
        add(a: __m512, b: __m512) -> __m512 = _mm512_add_ps(a, b);
        sub(a: __m512, b: __m512) -> __m512 = _mm512_sub_ps(a, b);
        mul(a: __m512, b: __m512) -> __m512 = _mm512_mul_ps(a, b);
        div(a: __m512, b: __m512) -> __m512 = _mm512_div_ps(a, b);
        fma(a: __m512, b: __m512, c: __m512) -> __m512 = _mm512_fmadd_ps(a, b, c);
        max(a: __m512, b: __m512) -> __m512 = _mm512_max_ps(a, b);
        min(a: __m512, b: __m512) -> __m512 = _mm512_min_ps(a, b);
        round(a: __m512) -> __m512 = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a);
        scale_by_power(a: __m512, n: __m512) -> __m512 = _mm512_scalef_ps(a, n);
        where_at_least(x: __m512, bound: __m512, a: __m512, b: __m512) -> __m512 =
            _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(x, bound), b, a);
        swap_pairs(a: __m512) -> __m512 = _mm512_permute_ps::<0b10_11_00_01>(a);
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
        // SAFETY: a prefetch reads nothing, so any address is allowed.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }

    #[inline(always)]
    fn prefetch_early<T>(self, address: *const T) {
        // SAFETY: as above.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address.cast()) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> __m512 {
        // SAFETY: `from` is readable for `N` floats; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, a: __m512) {
        // SAFETY: `to` is writable for `N` floats; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe { _mm512_storeu_ps(to, a) }
    }

    #[inline(always)]
    unsafe fn load_i8(self, from: *const i8) -> __m512 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn load_f16(self, from: *const u16) -> __m512 {
        // SAFETY: `from` is readable for `N` halves; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.cast())) }
    }

    #[inline(always)]
    unsafe fn store_f16(self, to: *mut u16, a: __m512) {
        // SAFETY: `to` is writable for `N` halves; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            _mm256_storeu_si256(to.cast(), _mm512_cvtps_ph::<{ _MM_FROUND_TO_NEAREST_INT }>(a));
        }
    }

    #[inline(always)]
    unsafe fn load_u8(self, from: *const u8) -> __m512 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn load_nibbles(self, from: *const u8, shift: u32) -> __m512 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            let bytes = _mm512_cvtepu8_epi32(_mm_loadu_si128(from.cast()));
            let shifted = _mm512_srl_epi32(bytes, _mm_cvtsi32_si128(shift as i32));
            _mm512_cvtepi32_ps(_mm512_and_si512(shifted, _mm512_set1_epi32(15)))
        }
    }

    #[inline(always)]
    unsafe fn load_half_e8m0(self, from: *const u8) -> __m512 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            let e = _mm512_cvtepu8_epi32(_mm_loadu_si128(from.cast()));
            let normal = _mm512_slli_epi32::<23>(_mm512_sub_epi32(e, _mm512_set1_epi32(1)));
            let subnormal = _mm512_sllv_epi32(_mm512_set1_epi32(1 << 21), e);
            let is_normal = _mm512_cmpgt_epi32_mask(e, _mm512_set1_epi32(1));
            _mm512_castsi512_ps(_mm512_mask_blend_epi32(is_normal, subnormal, normal))
        }
    }

    #[inline(always)]
    unsafe fn load_e4m3(self, from: *const u8) -> __m512 {
        // SAFETY: `from` is readable for `N` bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            let halves = _mm256_slli_epi16::<7>(_mm256_cvtepu8_epi16(_mm_loadu_si128(from.cast())));
            _mm512_mul_ps(_mm512_cvtph_ps(halves), _mm512_set1_ps(256.0))
        }
    }

    #[inline(always)]
    unsafe fn load_bf16_pairs(self, from: *const u16) -> [__m512; 2] {
        // SAFETY: `from` is readable for `2 · N` numbers of two bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            let pairs = _mm512_loadu_si512(from.cast());
            let high = _mm512_set1_epi32(0xFFFF_0000_u32 as i32);
            [
                _mm512_castsi512_ps(_mm512_slli_epi32::<16>(pairs)),
                _mm512_castsi512_ps(_mm512_and_si512(pairs, high)),
            ]
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, a: __m512, n: usize) {
        let first = ((1_u32 << n.min(16)) - 1) as u16;
        // SAFETY: the mask selects the first `n` floats, for which `to` is writable; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe { _mm512_mask_storeu_ps(to, first, a) };
    }
}

impl CodeLanes for Avx512 {
    type C = __m512i;
    type S = __m512i;

    const DISTANCE: usize = 6336;
    const STREAMING_TOKENS: usize = 8;
    const PAIRED_TOKENS: usize = 0;
    const SIGNED_OFFSET: i32 = 128;
    const WIDENS: bool = false;

    #[inline(always)]
    fn run(_: i32) -> usize {
        usize::MAX
    }

    plain! {
        shr_and(a: __m512i, bits: u32, mask: u8) -> __m512i =
            _mm512_and_si512(_mm512_srl_epi16(a, _mm_cvtsi32_si128(bits as i32)), _mm512_set1_epi8(mask as i8));
        or_shr(a: __m512i, b: __m512i, bits: u32, mask: u8) -> __m512i = {
            let shifted = _mm512_srl_epi16(b, _mm_cvtsi32_si128(bits as i32));
            _mm512_ternarylogic_epi32::<OR_AND>(a, shifted, _mm512_set1_epi8(mask as i8))
        };
        or_shl(a: __m512i, b: __m512i, bits: u32, mask: u8) -> __m512i = {
            let shifted = _mm512_sll_epi16(b, _mm_cvtsi32_si128(bits as i32));
            _mm512_ternarylogic_epi32::<OR_AND>(a, shifted, _mm512_set1_epi8(mask as i8))
        };
        signed(a: __m512i) -> __m512i = _mm512_xor_si512(a, _mm512_set1_epi8(-128));
        lookup(table: __m512i, codes: __m512i) -> __m512i = _mm512_shuffle_epi8(table, codes);
        words(a: __m512i, bits: u32, mask: u32) -> __m512i =
            _mm512_and_si512(_mm512_srl_epi32(a, _mm_cvtsi32_si128(bits as i32)), _mm512_set1_epi32(mask as i32));
        or_words(a: __m512i, b: __m512i, bits: i32, mask: u32) -> __m512i = {
            let shifted = if bits < 0 {
                _mm512_sll_epi32(b, _mm_cvtsi32_si128(-bits))
            } else {
                _mm512_srl_epi32(b, _mm_cvtsi32_si128(bits))
            };
            _mm512_ternarylogic_epi32::<OR_AND>(a, shifted, _mm512_set1_epi32(mask as i32))
        };
        fold_words(a: __m512i, bits: u32) -> __m512i =
            _mm512_xor_si512(a, _mm512_srl_epi32(a, _mm_cvtsi32_si128(bits as i32)));
        thirds(a: __m512i, power: u8) -> __m512i = {
            let factor = _mm512_set1_epi16(i16::from(power));
            let odd = _mm512_mullo_epi16(_mm512_and_si512(a, _mm512_set1_epi16(-256)), factor);
            let even = _mm512_and_si512(_mm512_mullo_epi16(a, factor), _mm512_set1_epi16(255));
            let fraction = _mm512_or_si512(odd, even);
            // A third of 256 is 85.3.
            let one = _mm512_cmpgt_epu8_mask(fraction, _mm512_set1_epi8(85));
            let two = _mm512_cmpgt_epu8_mask(fraction, _mm512_set1_epi8(170_u8 as i8));
            _mm512_mask_mov_epi8(_mm512_maskz_set1_epi8(one, 1), two, _mm512_set1_epi8(2))
        };
        no_sum() -> __m512i = _mm512_setzero_si512();
        to_float(sums: __m512i) -> __m512 = _mm512_cvtepi32_ps(sums);
    }

    #[inline(always)]
    unsafe fn load_codes(self, from: *const u8) -> __m512i {
        // SAFETY: `from` is readable for `4 · N` bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    fn table(self, values: &[i8; 16]) -> __m512i {
        // SAFETY: sixteen bytes are read.
        unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(values.as_ptr().cast())) }
    }

    #[inline(always)]
    fn numbers<const N: usize>(self, table: &Numbers<N>, at: __m512i) -> __m512i {
        // SAFETY: a table has at least 64 numbers, and whole registers of 32 of them are read; `self` proves AVX-512 F, BW, VL, DQ
        // and VNNI.
        unsafe {
            // The six low bits of an index choose among two registers, each higher bit among two results.
            let mut found = [_mm512_setzero_si512(); 16];
            for (i, found) in found.iter_mut().enumerate() {
                if i < N / 64 {
                    let from = table.as_ptr().add(64 * i);
                    let (low, high) =
                        (_mm512_loadu_si512(from.cast()), _mm512_loadu_si512(from.add(32).cast()));
                    *found = _mm512_permutex2var_epi16(low, at, high);
                }
            }
            for bit in 0..4 {
                let upper = _mm512_test_epi16_mask(at, _mm512_set1_epi16(64 << bit));
                for i in 0..8 {
                    if i < (N / 128) >> bit {
                        found[i] = _mm512_mask_blend_epi16(upper, found[2 * i], found[2 * i + 1]);
                    }
                }
            }
            found[0]
        }
    }

    #[inline(always)]
    fn doubled<const UPPER: bool>(self, a: __m512i) -> __m512i {
        // SAFETY: the token proves that the features are enabled.
        unsafe {
            let places = _mm_setr_epi8(0, 0, 1, 1, 4, 4, 5, 5, 8, 8, 9, 9, 12, 12, 13, 13);
            let places = if UPPER { _mm_add_epi8(places, _mm_set1_epi8(2)) } else { places };
            _mm512_shuffle_epi8(a, _mm512_broadcast_i32x4(places))
        }
    }

    #[inline(always)]
    fn gather<const N: usize>(self, table: &[u32; N], at: __m512i) -> __m512i {
        const { assert!(N.is_power_of_two()) };
        // SAFETY: the mask leaves indices within the table; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            let at = _mm512_and_si512(at, _mm512_set1_epi32(N as i32 - 1));
            _mm512_i32gather_epi32::<4>(at, table.as_ptr().cast())
        }
    }

    #[inline(always)]
    unsafe fn load_sum(self, from: *const i32, shift: i32) -> __m512i {
        // SAFETY: `from` is readable; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            let sum = _mm512_set1_epi32(from.read());
            if shift < 0 {
                _mm512_sra_epi32(sum, _mm_cvtsi32_si128(-shift))
            } else {
                _mm512_sll_epi32(sum, _mm_cvtsi32_si128(shift))
            }
        }
    }

    #[inline(always)]
    unsafe fn dot<const SIGNED: bool, const QUARTER: i32>(
        self,
        sums: __m512i,
        a: __m512i,
        x: *const i8,
    ) -> __m512i {
        // SAFETY: `x` is readable for four quarters of four bytes; `self` proves AVX-512 F, BW, VL, DQ and VNNI.
        unsafe {
            _mm512_dpbusd_epi32(
                sums,
                a,
                _mm512_set1_epi32(x.cast::<i32>().add(QUARTER as usize).read_unaligned()),
            )
        }
    }

    #[inline(always)]
    fn code<const SIGNED: bool>(self, a: __m512i, column: usize) -> __m512 {
        // SAFETY: the token proves that the features are enabled. Signed codes are unsigned bytes here, with their offset.
        unsafe {
            let shifted = _mm512_srl_epi32(a, _mm_cvtsi32_si128(8 * column as i32));
            _mm512_cvtepi32_ps(_mm512_and_si512(shifted, _mm512_set1_epi32(255)))
        }
    }

    #[inline(always)]
    fn widen(self, sums: __m512i, _: __m512i) -> __m512i {
        sums
    }
}
