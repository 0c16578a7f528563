//! Causal depthwise convolution over the last few tokens, one channel after another.

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::lanes::{Lanes, at_level};
use crate::level::Level;

/// Computes `out[c] = Σ_j weights[j][c] · rows[j][c]` for one token, in f32.
///
/// `rows` holds the inputs of the last tokens, `[width, channels]`, oldest first, the token's own last; `weights` has the same shape.
/// Products are added in the order of the rows.
///
/// # Panics
/// When `rows` and `weights` differ in length, or are not whole rows as long as `out`.
pub fn convolve(level: Level, weights: &[f32], rows: &[f32], out: &mut [f32]) {
    assert_eq!(weights.len(), rows.len(), "one weight for each input");
    assert!(rows.len().is_multiple_of(out.len().max(1)), "whole rows of channels");
    at_level!(level, convolve_scalar, convolve_lanes,
        (weights: &[f32] = weights, rows: &[f32] = rows, out: &mut [f32] = out));
}

fn convolve_scalar(weights: &[f32], rows: &[f32], out: &mut [f32]) {
    let channels = out.len().max(1);
    out.fill(0.0);
    for (weights, row) in weights.chunks_exact(channels).zip(rows.chunks_exact(channels)) {
        for ((out, weight), x) in out.iter_mut().zip(weights).zip(row) {
            *out += weight * x;
        }
    }
}

#[inline(always)]
fn convolve_lanes<L: Lanes>(l: L, weights: &[f32], rows: &[f32], out: &mut [f32]) {
    let channels = out.len();
    let whole = channels / L::N * L::N;
    for first in (0..whole).step_by(L::N) {
        let mut sum = l.zero();
        for at in (first..rows.len()).step_by(channels) {
            // SAFETY: `whole` is at most the length of a row, so a register from `first` on lies inside each row of both.
            let (weight, x) = unsafe { (l.load(weights.as_ptr().add(at)), l.load(rows.as_ptr().add(at))) };
            sum = l.fma(weight, x, sum);
        }
        // SAFETY: `first` and the register behind it lie inside `out`.
        unsafe { l.store(out.as_mut_ptr().add(first), sum) };
    }
    for (channel, out) in out.iter_mut().enumerate().skip(whole) {
        let terms = (channel..rows.len()).step_by(channels).map(|at| weights[at] * rows[at]);
        *out = terms.sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn every_level_and_width_sums_the_last_tokens() {
        let mut random = Random::new(5);
        for (width, channels) in [(3, 1), (4, 40), (2, 16), (3, 33), (1, 8)] {
            let (weights, rows) = (random.numbers(width * channels), random.numbers(width * channels));
            for level in Level::available() {
                let mut out = vec![9.0; channels];
                convolve(level, &weights, &rows, &mut out);
                for (channel, &found) in out.iter().enumerate() {
                    let term = |j: usize| {
                        f64::from(weights[j * channels + channel]) * f64::from(rows[j * channels + channel])
                    };
                    let want: f64 = (0..width).map(term).sum();
                    assert!((f64::from(found) - want).abs() < 1e-5, "{width} {channels} {}", level.name());
                }
            }
        }
    }
}
