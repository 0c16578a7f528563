//! Several groups of weights at once: lane `l` of a vector belongs to group `l`.
//!
//! The searches of the encoders are written once over [`Lanes`]. With one lane (`f32`) they are the definition; with 8 or 16
//! each lane does what the definition does, operation by operation. No operation here fuses a product with a sum or adds
//! across lanes, so every level gives the same bits.

use std::ops::{Add, Div, Mul, Sub};

/// Lanes of the widest vector.
pub(super) const MOST: usize = 16;

/// 1.5 · 2^23: adding it to a number below 2^22 leaves the nearest integer, ties to even, in the lowest bits.
const INTEGERS: f32 = 12_582_912.0;

/// A vector of [`Lanes::COUNT`] numbers.
pub(super) trait Lanes:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// What a comparison gives: one truth per lane.
    type Mask: Copy;

    /// Number of lanes; divides [`MOST`].
    const COUNT: usize;

    /// The same number in all lanes.
    fn splat(value: f32) -> Self;

    /// The first [`Lanes::COUNT`] numbers.
    fn load(from: &[f32; MOST]) -> Self;

    /// The lanes, and zeros behind them.
    fn to_array(self) -> [f32; MOST];

    /// `self` where it is less than `other`, else `other`; so `other` where `self` is not a number.
    fn smaller(self, other: Self) -> Self;

    /// `self` where it is greater than `other`, else `other`; so `other` where `self` is not a number.
    fn larger(self, other: Self) -> Self;

    /// Magnitudes.
    fn abs(self) -> Self;

    /// Square roots, correctly rounded.
    fn sqrt(self) -> Self;

    /// Where `self` is greater than `other`.
    fn greater(self, other: Self) -> Self::Mask;

    /// `yes` where the mask is true, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// Zero in all lanes.
    #[inline(always)]
    fn zero() -> Self {
        Self::splat(0.0)
    }

    /// Not below `low` and not above `high`; `low` where `self` is not a number.
    #[inline(always)]
    fn within(self, low: f32, high: f32) -> Self {
        self.larger(Self::splat(low)).smaller(Self::splat(high))
    }

    /// The nearest integer, ties to even, of numbers below 2^22.
    #[inline(always)]
    fn rounded(self) -> Self {
        self + Self::splat(INTEGERS) - Self::splat(INTEGERS)
    }
}

/// The nearest integer, ties to even, held between two codes; the lower one if `value` is not a number.
#[inline(always)]
pub(super) fn code(value: f32, low: f32, high: f32) -> i32 {
    // The lowest 22 bits of the sum are the integer, in two's complement.
    let bits = (value.within(low, high) + INTEGERS).to_bits();
    (bits & 0x7F_FFFF) as i32 - 0x40_0000
}

impl Lanes for f32 {
    type Mask = bool;

    const COUNT: usize = 1;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn load(from: &[f32; MOST]) -> Self {
        from[0]
    }

    #[inline(always)]
    fn to_array(self) -> [f32; MOST] {
        let mut all = [0.0; MOST];
        all[0] = self;
        all
    }

    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self::abs(self)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self::sqrt(self)
    }

    #[inline(always)]
    fn greater(self, other: Self) -> bool {
        self > other
    }

    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m512, __mmask16, _CMP_GT_OQ, _mm256_add_ps, _mm256_andnot_ps, _mm256_blendv_ps,
        _mm256_cmp_ps, _mm256_div_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_min_ps, _mm256_mul_ps,
        _mm256_set1_ps, _mm256_sqrt_ps, _mm256_storeu_ps, _mm256_sub_ps, _mm512_abs_ps, _mm512_add_ps,
        _mm512_cmp_ps_mask, _mm512_div_ps, _mm512_loadu_ps, _mm512_mask_blend_ps, _mm512_max_ps,
        _mm512_min_ps, _mm512_mul_ps, _mm512_set1_ps, _mm512_sqrt_ps, _mm512_storeu_ps, _mm512_sub_ps,
    };
    use std::ops::{Add, Div, Mul, Sub};

    use super::{Lanes, MOST};

    /// Eight lanes. Used only in code that is inlined into a function with AVX2 enabled.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx2(__m256);

    /// Sixteen lanes. Used only in code that is inlined into a function with AVX-512 F and DQ enabled.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx512(__m512);

    macro_rules! operator {
        ($vector:ident, $operator:ident, $method:ident, $intrinsic:ident) => {
            impl $operator for $vector {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    // SAFETY: `quantize` makes this type only for a `Level` that proves the instruction set.
                    Self(unsafe { $intrinsic(self.0, other.0) })
                }
            }
        };
    }

    operator!(Avx2, Add, add, _mm256_add_ps);
    operator!(Avx2, Sub, sub, _mm256_sub_ps);
    operator!(Avx2, Mul, mul, _mm256_mul_ps);
    operator!(Avx2, Div, div, _mm256_div_ps);
    operator!(Avx512, Add, add, _mm512_add_ps);
    operator!(Avx512, Sub, sub, _mm512_sub_ps);
    operator!(Avx512, Mul, mul, _mm512_mul_ps);
    operator!(Avx512, Div, div, _mm512_div_ps);

    impl Lanes for Avx2 {
        type Mask = __m256;

        const COUNT: usize = 8;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: `quantize` makes this type only for a `Level` that proves AVX2; so in all methods here.
            Self(unsafe { _mm256_set1_ps(value) })
        }

        #[inline(always)]
        fn load(from: &[f32; MOST]) -> Self {
            // SAFETY: AVX2 as above; 16 numbers are at least the 8 that are read, at any alignment.
            Self(unsafe { _mm256_loadu_ps(from.as_ptr()) })
        }

        #[inline(always)]
        fn to_array(self) -> [f32; MOST] {
            let mut all = [0.0; MOST];
            // SAFETY: AVX2 as above; 16 numbers have room for the 8 that are written, at any alignment.
            unsafe { _mm256_storeu_ps(all.as_mut_ptr(), self.0) }
            all
        }

        #[inline(always)]
        fn smaller(self, other: Self) -> Self {
            // SAFETY: AVX2 as above. The instruction gives its second operand when the comparison does not hold.
            Self(unsafe { _mm256_min_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn larger(self, other: Self) -> Self {
            // SAFETY: AVX2 as above.
            Self(unsafe { _mm256_max_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn abs(self) -> Self {
            // SAFETY: AVX2 as above.
            Self(unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0) })
        }

        #[inline(always)]
        fn sqrt(self) -> Self {
            // SAFETY: AVX2 as above.
            Self(unsafe { _mm256_sqrt_ps(self.0) })
        }

        #[inline(always)]
        fn greater(self, other: Self) -> __m256 {
            // SAFETY: AVX2 as above.
            unsafe { _mm256_cmp_ps::<_CMP_GT_OQ>(self.0, other.0) }
        }

        #[inline(always)]
        fn select(mask: __m256, yes: Self, no: Self) -> Self {
            // SAFETY: AVX2 as above.
            Self(unsafe { _mm256_blendv_ps(no.0, yes.0, mask) })
        }
    }

    impl Lanes for Avx512 {
        type Mask = __mmask16;

        const COUNT: usize = 16;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: `quantize` makes this type only for a `Level` that proves AVX-512 F and DQ; so in all methods here.
            Self(unsafe { _mm512_set1_ps(value) })
        }

        #[inline(always)]
        fn load(from: &[f32; MOST]) -> Self {
            // SAFETY: AVX-512 as above; the 16 numbers are those that are read, at any alignment.
            Self(unsafe { _mm512_loadu_ps(from.as_ptr()) })
        }

        #[inline(always)]
        fn to_array(self) -> [f32; MOST] {
            let mut all = [0.0; MOST];
            // SAFETY: AVX-512 as above; 16 numbers have room for the 16 that are written, at any alignment.
            unsafe { _mm512_storeu_ps(all.as_mut_ptr(), self.0) }
            all
        }

        #[inline(always)]
        fn smaller(self, other: Self) -> Self {
            // SAFETY: AVX-512 as above. The instruction gives its second operand when the comparison does not hold.
            Self(unsafe { _mm512_min_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn larger(self, other: Self) -> Self {
            // SAFETY: AVX-512 as above.
            Self(unsafe { _mm512_max_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn abs(self) -> Self {
            // SAFETY: AVX-512 as above.
            Self(unsafe { _mm512_abs_ps(self.0) })
        }

        #[inline(always)]
        fn sqrt(self) -> Self {
            // SAFETY: AVX-512 as above.
            Self(unsafe { _mm512_sqrt_ps(self.0) })
        }

        #[inline(always)]
        fn greater(self, other: Self) -> __mmask16 {
            // SAFETY: AVX-512 as above.
            unsafe { _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, other.0) }
        }

        #[inline(always)]
        fn select(mask: __mmask16, yes: Self, no: Self) -> Self {
            // SAFETY: AVX-512 as above.
            Self(unsafe { _mm512_mask_blend_ps(mask, no.0, yes.0) })
        }
    }
}
