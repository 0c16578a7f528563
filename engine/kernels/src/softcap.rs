//! Soft cap of scores and logits: x = cap·tanh(x/cap), as in gemma 2 (Bello et al. 2016, equation 3).

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::exp::tanh;
use crate::lanes::{Lanes, at_level};
use crate::level::Level;

/// Soft-caps every element in place; f32 throughout, absolute error below 4 units in the last place of `cap`.
pub fn softcap(level: Level, cap: f32, x: &mut [f32]) {
    at_level!(level, softcap_scalar, softcap_lanes, (cap: f32 = cap, x: &mut [f32] = x));
}

pub(crate) fn softcap_scalar(cap: f32, x: &mut [f32]) {
    for x in x {
        *x = cap * (*x / cap).tanh();
    }
}

#[inline(always)]
pub(crate) fn softcap_lanes<L: Lanes>(l: L, cap: f32, x: &mut [f32]) {
    let whole = x.len() / L::N * L::N;
    let (inverse, factor) = (l.splat(1.0 / cap), l.splat(cap));
    for x in x.chunks_exact_mut(L::N) {
        // SAFETY: the chunk has N elements.
        let capped = l.mul(factor, tanh(l, l.mul(unsafe { l.load(x.as_ptr()) }, inverse)));
        // SAFETY: the chunk has N elements.
        unsafe { l.store(x.as_mut_ptr(), capped) };
    }
    softcap_scalar(cap, &mut x[whole..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_and_length_follows_the_formula() {
        for n in [0, 1, 9, 16, 40, 301] {
            let x: Vec<f32> = (0..n).map(|i| (i as f32 - n as f32 / 2.0) * 1.3).collect();
            for level in Level::available() {
                let mut got = x.clone();
                softcap(level, 30.0, &mut got);
                for (&x, &got) in x.iter().zip(&got) {
                    let want = 30.0 * (f64::from(x) / 30.0).tanh();
                    let bound = 4.0 * 30.0 * f64::from(f32::EPSILON);
                    assert!((f64::from(got) - want).abs() <= bound, "{x} {}", level.name());
                }
            }
        }
    }
}
