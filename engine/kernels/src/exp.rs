//! Exponential function in vector registers, used by softmax and every activation.
//!
//! x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r by the degree-6 minimax polynomial of Cephes' `expf`, then scaled by 2^n. The
//! relative error is below 2 units in the last place. Below -87.3 the result is exactly 0; above 88 it is clamped to e^88.

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::lanes::Lanes;

/// Smallest argument that is not flushed to 0: e^x would leave the normal numbers.
const LOWEST: f32 = -87.336_5;
/// Largest argument that is not clamped.
const HIGHEST: f32 = 88.0;

/// Computes e^x lane by lane; precision and range as in the module's description.
#[inline(always)]
pub(crate) fn exp<L: Lanes>(l: L, x: L::V) -> L::V {
    let lowest = l.splat(LOWEST);
    let clamped = l.max(l.min(x, l.splat(HIGHEST)), lowest);
    let n = l.round(l.mul(clamped, l.splat(std::f32::consts::LOG2_E)));
    // ln 2 in two parts, so that n times the first is exact.
    let r = l.fma(n, l.splat(-0.693_359_4), clamped);
    let r = l.fma(n, l.splat(2.121_944_5e-4), r);
    let mut p = l.splat(1.987_569_1e-4);
    p = l.fma(p, r, l.splat(1.398_199_9e-3));
    p = l.fma(p, r, l.splat(8.333_452e-3));
    p = l.fma(p, r, l.splat(4.166_579_6e-2));
    p = l.fma(p, r, l.splat(1.666_666_6e-1));
    p = l.fma(p, r, l.splat(0.5));
    let one = l.splat(1.0);
    let value = l.add(l.fma(p, l.mul(r, r), r), one);
    l.where_at_least(x, lowest, l.scale_by_power(value, n), l.zero())
}

/// Computes 1 / (1 + e^-x) lane by lane.
#[inline(always)]
pub(crate) fn sigmoid<L: Lanes>(l: L, x: L::V) -> L::V {
    let one = l.splat(1.0);
    l.div(one, l.add(one, exp(l, l.sub(l.zero(), x))))
}

/// Computes tanh x = 1 - 2/(e^2x + 1) lane by lane, with an absolute error of a few units in the last place of 1.
#[inline(always)]
pub(crate) fn tanh<L: Lanes>(l: L, x: L::V) -> L::V {
    let one = l.splat(1.0);
    let e = exp(l, l.add(x, x));
    l.sub(one, l.div(l.splat(2.0), l.add(e, one)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::at_level;
    use crate::level::Level;

    fn scalar(x: &[f32], out: &mut [f32]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = x.exp();
        }
    }

    #[inline(always)]
    fn vector<L: Lanes>(l: L, x: &[f32], out: &mut [f32]) {
        for (out, x) in out.chunks_exact_mut(L::N).zip(x.chunks_exact(L::N)) {
            // SAFETY: both chunks have N elements.
            unsafe { l.store(out.as_mut_ptr(), exp(l, l.load(x.as_ptr()))) };
        }
    }

    #[test]
    fn within_two_ulp_over_the_whole_range() {
        let x: Vec<f32> = (0..1 << 16).map(|i| -90.0 + 178.0 * i as f32 / 65535.0).collect();
        for level in Level::available() {
            let mut out = vec![0.0; x.len()];
            at_level!(level, scalar, vector, (x: &[f32] = &x, out: &mut [f32] = &mut out));
            for (&x, &got) in x.iter().zip(&out) {
                let want = f64::from(x).exp();
                if x < LOWEST {
                    assert!(f64::from(got) <= 1.2e-38, "{} at {x}: {got}", level.name());
                } else {
                    let error = (f64::from(got) - want).abs() / want;
                    assert!(error <= 2.0 * f64::from(f32::EPSILON), "{} at {x}: {error}", level.name());
                }
            }
        }
    }

    #[test]
    fn minus_infinity_gives_exactly_nothing() {
        let x = [f32::NEG_INFINITY; 16];
        for level in Level::available() {
            let mut out = [1.0; 16];
            at_level!(level, scalar, vector, (x: &[f32] = &x, out: &mut [f32] = &mut out));
            assert!(out.iter().all(|&out| out.to_bits() == 0), "{}", level.name());
        }
    }
}
