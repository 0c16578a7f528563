//! RMS norm of rows and its gradient, in f32; sums over a row are f64.

use rayon::prelude::*;

/// Rows that a task computes.
const ROWS: usize = 64;

/// Computes x / √(mean(x²) + eps) · weight for each row of `weight.len()` numbers, in parallel.
pub(super) fn rms_norm(x: &[f32], weight: &[f32], eps: f32) -> Vec<f32> {
    let mut y = x.to_vec();
    y.par_chunks_mut(ROWS * weight.len()).for_each(|rows| norm_rows(rows, weight, eps));
    y
}

/// Adds the gradient of the input of [`rms_norm`], whose output has the gradient `dy`, to `dx`, in parallel.
pub(super) fn add_rms_norm_gradient(x: &[f32], weight: &[f32], eps: f32, dy: &[f32], dx: &mut [f32]) {
    let len = ROWS * weight.len();
    let rows = dx.par_chunks_mut(len).zip(x.par_chunks(len)).zip(dy.par_chunks(len));
    rows.for_each(|((dx, x), dy)| add_row_gradients(x, weight, eps, dy, dx));
}

/// Norms rows in place.
pub(super) fn norm_rows(rows: &mut [f32], weight: &[f32], eps: f32) {
    for row in rows.chunks_exact_mut(weight.len()) {
        let factor = factor(row, eps);
        row.iter_mut().zip(weight).for_each(|(x, weight)| *x *= factor * weight);
    }
}

/// [`add_rms_norm_gradient`] of a few rows.
pub(super) fn add_row_gradients(x: &[f32], weight: &[f32], eps: f32, dy: &[f32], dx: &mut [f32]) {
    let width = weight.len();
    let rows = dx.chunks_exact_mut(width).zip(x.chunks_exact(width)).zip(dy.chunks_exact(width));
    for ((dx, x), dy) in rows {
        let factor = factor(x, eps);
        let along: f64 = x.iter().zip(dy).zip(weight).map(|((x, dy), w)| f64::from(x * dy * w)).sum();
        // y = x·f·w with f = (mean(x²) + eps)^-1/2, so ∂f/∂x = -f³·x / width.
        let back = (along * f64::from(factor).powi(3) / width as f64) as f32;
        for (((dx, x), dy), weight) in dx.iter_mut().zip(x).zip(dy).zip(weight) {
            *dx += dy * weight * factor - x * back;
        }
    }
}

fn factor(x: &[f32], eps: f32) -> f32 {
    let sum: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    (1.0 / (sum / x.len() as f64 + f64::from(eps)).sqrt()) as f32
}
