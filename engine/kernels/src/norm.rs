//! Root-mean-square norm: out = x / √(mean(x²) + eps) ⊙ weight (Zhang and Sennrich 2019, equation 4).

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::lanes::{Lanes, at_level};
use crate::level::Level;

/// Computes the norm of one row: `x`, `weight` and `out` have the row's length.
///
/// Squares are summed in f32 in at least 32 interleaved partial sums (f64 in the scalar definition), so that for rows of a few
/// thousand the relative error stays below row length / 32 units in the last place.
///
/// # Panics
/// When the lengths differ.
pub fn rms_norm(level: Level, x: &[f32], weight: &[f32], eps: f32, out: &mut [f32]) {
    assert!(
        x.len() == weight.len() && x.len() == out.len(),
        "a row, its weights and its result are of one length"
    );
    let factor = inverse_rms(level, x, eps);
    at_level!(level, scale_scalar, scale_lanes,
        (factor: f32 = factor, x: &[f32] = x, weight: &[f32] = weight, out: &mut [f32] = out));
}

/// Computes the norm of one row in place; precision as [`rms_norm`].
///
/// # Panics
/// When the lengths differ.
pub fn rms_norm_in_place(level: Level, x: &mut [f32], weight: &[f32], eps: f32) {
    assert_eq!(x.len(), weight.len(), "a row and its weights are of one length");
    let factor = inverse_rms(level, x, eps);
    at_level!(level, rescale_scalar, rescale_lanes,
        (factor: f32 = factor, x: &mut [f32] = x, weight: &[f32] = weight));
}

/// Adds `x` to `y`, element by element, in f32.
///
/// # Panics
/// When the lengths differ.
pub fn add(level: Level, y: &mut [f32], x: &[f32]) {
    assert_eq!(y.len(), x.len(), "both summands are of one length");
    at_level!(level, add_scalar, add_lanes, (y: &mut [f32] = y, x: &[f32] = x));
}

fn inverse_rms(level: Level, x: &[f32], eps: f32) -> f32 {
    let squares = at_level!(level, squares_scalar, squares_lanes, (x: &[f32] = x) -> f64);
    let mean = squares / x.len().max(1) as f64;
    (1.0 / (mean + f64::from(eps)).sqrt()) as f32
}

fn squares_scalar(x: &[f32]) -> f64 {
    x.iter().map(|&x| f64::from(x) * f64::from(x)).sum()
}

fn scale_scalar(factor: f32, x: &[f32], weight: &[f32], out: &mut [f32]) {
    for ((out, x), weight) in out.iter_mut().zip(x).zip(weight) {
        *out = x * factor * weight;
    }
}

fn rescale_scalar(factor: f32, x: &mut [f32], weight: &[f32]) {
    for (x, weight) in x.iter_mut().zip(weight) {
        *x = *x * factor * weight;
    }
}

fn add_scalar(y: &mut [f32], x: &[f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += x;
    }
}

#[inline(always)]
fn squares_lanes<L: Lanes>(l: L, x: &[f32]) -> f64 {
    let mut sums = [l.zero(); 4];
    let fours = x.chunks_exact(4 * L::N);
    let rest = fours.remainder();
    for four in fours {
        for (i, sum) in sums.iter_mut().enumerate() {
            // SAFETY: the chunk has 4·N elements, and i < 4.
            let v = unsafe { l.load(four.as_ptr().add(i * L::N)) };
            *sum = l.fma(v, v, *sum);
        }
    }
    let total = l.add(l.add(sums[0], sums[1]), l.add(sums[2], sums[3]));
    f64::from(l.sum(total)) + squares_scalar(rest)
}

#[inline(always)]
fn scale_lanes<L: Lanes>(l: L, factor: f32, x: &[f32], weight: &[f32], out: &mut [f32]) {
    let whole = x.len() / L::N * L::N;
    let f = l.splat(factor);
    for i in (0..whole).step_by(L::N) {
        // SAFETY: i + N ≤ whole ≤ the common length, which the entry checked.
        unsafe {
            let v = l.mul(l.mul(l.load(x.as_ptr().add(i)), f), l.load(weight.as_ptr().add(i)));
            l.store(out.as_mut_ptr().add(i), v);
        }
    }
    scale_scalar(factor, &x[whole..], &weight[whole..], &mut out[whole..]);
}

#[inline(always)]
fn rescale_lanes<L: Lanes>(l: L, factor: f32, x: &mut [f32], weight: &[f32]) {
    let whole = x.len() / L::N * L::N;
    let f = l.splat(factor);
    for i in (0..whole).step_by(L::N) {
        // SAFETY: i + N ≤ whole ≤ the common length, which the entry checked.
        unsafe {
            let v = l.mul(l.mul(l.load(x.as_ptr().add(i)), f), l.load(weight.as_ptr().add(i)));
            l.store(x.as_mut_ptr().add(i), v);
        }
    }
    rescale_scalar(factor, &mut x[whole..], &weight[whole..]);
}

#[inline(always)]
fn add_lanes<L: Lanes>(l: L, y: &mut [f32], x: &[f32]) {
    let whole = y.len() / L::N * L::N;
    for i in (0..whole).step_by(L::N) {
        // SAFETY: i + N ≤ whole ≤ the common length, which the entry checked.
        unsafe {
            let v = l.add(l.load(y.as_ptr().add(i)), l.load(x.as_ptr().add(i)));
            l.store(y.as_mut_ptr().add(i), v);
        }
    }
    add_scalar(&mut y[whole..], &x[whole..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_and_length_follows_the_formula() {
        for n in [1, 2, 8, 15, 16, 63, 64, 65, 130, 2049] {
            let x: Vec<f32> = (0..n).map(|i| ((i * 37 + 11) % 101) as f32 * 0.17 - 8.0).collect();
            let weight: Vec<f32> = (0..n).map(|i| 1.0 + (i % 5) as f32 * 0.1).collect();
            let mean = x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / n as f64;
            for level in Level::available() {
                let mut out = vec![0.0; n];
                rms_norm(level, &x, &weight, 1e-5, &mut out);
                let mut in_place = x.clone();
                rms_norm_in_place(level, &mut in_place, &weight, 1e-5);
                assert_eq!(out, in_place);
                for i in 0..n {
                    let want = f64::from(x[i]) / (mean + 1e-5).sqrt() * f64::from(weight[i]);
                    let bound = (n as f64 / 32.0 + 4.0) * f64::from(f32::EPSILON) * want.abs();
                    assert!((f64::from(out[i]) - want).abs() <= bound, "{n} {i} {}", level.name());
                }
            }
        }
    }

    #[test]
    fn a_row_of_zeros_stays_zero() {
        for level in Level::available() {
            let mut out = [1.0; 20];
            rms_norm(level, &[0.0; 20], &[1.0; 20], 1e-6, &mut out);
            assert!(out.iter().all(|&out| out == 0.0));
        }
    }

    #[test]
    fn adding_is_exact_at_every_level() {
        let x: Vec<f32> = (0..45).map(|i| i as f32 * 0.3).collect();
        let mut want = vec![1.0; 45];
        add(Level::SCALAR, &mut want, &x);
        for level in Level::available() {
            let mut y = vec![1.0; 45];
            add(level, &mut y, &x);
            assert_eq!(y, want);
        }
    }
}
