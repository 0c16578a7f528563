//! Vectors with operators, for arithmetic that reads as formulas: the searches of the encoders.
//!
//! No operation here fuses a product with a sum or adds across lanes, so each lane computes as plain `f32` does, and every
//! level gives the same bits.

use std::ops::{Add, Div, Mul, Sub};

use super::{Lanes, MOST};

/// 1.5 · 2^23: adding it to a number below 2^22 leaves the nearest integer, ties to even, in the lowest bits.
pub(crate) const INTEGERS: f32 = 12_582_912.0;

/// Register of `N` numbers, with the token of its instruction set.
#[derive(Clone, Copy)]
pub(crate) struct Vector<L: Lanes> {
    l: L,
    v: L::V,
}

impl<L: Lanes> Vector<L> {
    /// Sets all lanes to the same number.
    #[inline(always)]
    pub(crate) fn splat(l: L, value: f32) -> Self {
        Self { l, v: l.splat(value) }
    }

    /// Loads the first `N` of sixteen numbers.
    #[inline(always)]
    pub(crate) fn load(l: L, from: &[f32; MOST]) -> Self {
        const { assert!(L::N <= MOST) };
        // SAFETY: sixteen numbers are at least the `N` that are read.
        Self { l, v: unsafe { l.load(from.as_ptr()) } }
    }

    /// Sets all lanes of a new vector to `value`.
    #[inline(always)]
    pub(crate) fn like(self, value: f32) -> Self {
        Self::splat(self.l, value)
    }

    /// The lanes as an array, followed by zeros.
    #[inline(always)]
    pub(crate) fn to_array(self) -> [f32; MOST] {
        let mut all = [0.0; MOST];
        // SAFETY: sixteen numbers have room for the `N` that are written.
        unsafe { self.l.store(all.as_mut_ptr(), self.v) };
        all
    }

    /// Minimum: `self` where it is less than `other`, else `other`, so `other` where `self` is NaN.
    #[inline(always)]
    pub(crate) fn smaller(self, other: Self) -> Self {
        Self { v: self.l.min(self.v, other.v), ..self }
    }

    /// Maximum: `self` where it is greater than `other`, else `other`, so `other` where `self` is NaN.
    #[inline(always)]
    pub(crate) fn larger(self, other: Self) -> Self {
        Self { v: self.l.max(self.v, other.v), ..self }
    }

    /// Magnitudes of all lanes.
    #[inline(always)]
    pub(crate) fn abs(self) -> Self {
        Self { v: self.l.abs(self.v), ..self }
    }

    /// Square roots, correctly rounded.
    #[inline(always)]
    pub(crate) fn sqrt(self) -> Self {
        Self { v: self.l.sqrt(self.v), ..self }
    }

    /// Mask of the lanes where `self` is greater than `other`.
    #[inline(always)]
    pub(crate) fn greater(self, other: Self) -> L::Mask {
        self.l.greater(self.v, other.v)
    }

    /// Selects `self` where the mask is true, else `other`.
    #[inline(always)]
    pub(crate) fn where_true(self, mask: L::Mask, other: Self) -> Self {
        Self { v: self.l.select(mask, self.v, other.v), ..self }
    }

    /// Clamps to `low..=high`; `low` where `self` is NaN.
    #[inline(always)]
    pub(crate) fn within(self, low: f32, high: f32) -> Self {
        self.larger(self.like(low)).smaller(self.like(high))
    }

    /// Rounds numbers below 2^22 to the nearest integer, ties to even.
    #[inline(always)]
    pub(crate) fn rounded(self) -> Self {
        self + self.like(INTEGERS) - self.like(INTEGERS)
    }
}

macro_rules! operator {
    ($operator:ident, $method:ident) => {
        impl<L: Lanes> $operator for Vector<L> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self { v: self.l.$method(self.v, other.v), ..self }
            }
        }
    };
}

operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

/// Maximum: `a` where it is greater than `b`, else `b`, so `b` where `a` is NaN.
#[inline(always)]
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Clamps `x` to `low..=high`; `low` where `x` is NaN.
#[inline(always)]
pub(crate) fn within(x: f32, low: f32, high: f32) -> f32 {
    let x = larger(x, low);
    if x < high { x } else { high }
}
