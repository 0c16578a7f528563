//! Matrix products in f32, with the same bits for any number of threads.
//!
//! A product is halved until its parts are small, by its sizes alone; parts are computed in parallel, each by one thread (faer,
//! `linalg::matmul`). Matrices are `[rows, cols]`, row by row.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// Most rows and columns of a part.
const PART: usize = 256;
/// Parts are whole multiples of this, but for the last, so that registers are full.
const STEP: usize = 32;

/// Computes x·wᵀ, `[rows, n_out]`, of `x`, `[rows, n_in]`, and `w`, `[n_out, n_in]`.
pub(super) fn outputs(x: &[f32], w: &[f32], n_in: usize) -> Vec<f32> {
    let (n_rows, n_out) = (x.len() / n_in, w.len() / n_in);
    let mut y = vec![0.0; n_rows * n_out];
    let to = MatMut::from_row_major_slice_mut(&mut y, n_rows, n_out);
    parts(to, Accum::Replace, rows(x, n_in), rows(w, n_in).transpose());
    y
}

/// Adds dy·w to `dx`, `[rows, n_in]`, of `dy`, `[rows, n_out]`, and `w`, `[n_out, n_in]`: the gradient of the input of
/// [`outputs`].
pub(super) fn add_inputs(dy: &[f32], w: &[f32], n_in: usize, dx: &mut [f32]) {
    let n_out = w.len() / n_in;
    let n_rows = dy.len() / n_out;
    let to = MatMut::from_row_major_slice_mut(dx, n_rows, n_in);
    parts(to, Accum::Add, rows(dy, n_out), rows(w, n_in));
}

/// Computes the rows `range` of dyᵀ·x into `dw`, `[range, n_in]`, of `dy`, `[rows, n_out]`, and `x`, `[rows, n_in]`: the gradient
/// of these rows of a matrix with input `x` and output gradient `dy`. On the calling thread alone.
///
/// # Panics
/// When the lengths do not match.
pub fn weight_gradient(dy: &[f32], n_out: usize, x: &[f32], range: Range<usize>, dw: &mut [f32]) {
    let n_rows = dy.len() / n_out;
    let n_in = x.len() / n_rows.max(1);
    assert!(range.end <= n_out && dw.len() == range.len() * n_in, "whole rows of the matrix");
    let dy = rows(dy, n_out).subcols(range.start, range.len());
    let to = MatMut::from_row_major_slice_mut(dw, range.len(), n_in);
    matmul(to, Accum::Replace, dy.transpose(), rows(x, n_in), 1.0, Par::Seq);
}

/// Adds xᵀ·x to `sums`, `[n_cols, n_cols]`, of `x`, `[rows, n_cols]`.
///
/// # Panics
/// When the lengths do not match.
pub fn add_second_moments(x: &[f32], n_cols: usize, sums: &mut [f32]) {
    let to = MatMut::from_row_major_slice_mut(sums, n_cols, n_cols);
    parts(to, Accum::Add, rows(x, n_cols).transpose(), rows(x, n_cols));
}

/// A view of whole rows of `n_cols` numbers.
pub(super) fn rows(x: &[f32], n_cols: usize) -> MatRef<'_, f32> {
    MatRef::from_row_major_slice(x, x.len() / n_cols.max(1), n_cols)
}

/// Computes a product in parts.
fn parts(to: MatMut<'_, f32>, add: Accum, lhs: MatRef<'_, f32>, rhs: MatRef<'_, f32>) {
    let (n_rows, n_cols) = to.shape();
    if n_rows <= PART && n_cols <= PART {
        matmul(to, add, lhs, rhs, 1.0, Par::Seq);
    } else if n_rows >= n_cols {
        let at = (n_rows / 2).next_multiple_of(STEP);
        let (to_above, to_below) = to.split_at_row_mut(at);
        let (above, below) = lhs.split_at_row(at);
        rayon::join(|| parts(to_above, add, above, rhs), || parts(to_below, add, below, rhs));
    } else {
        let at = (n_cols / 2).next_multiple_of(STEP);
        let (to_left, to_right) = to.split_at_col_mut(at);
        let (left, right) = rhs.split_at_col(at);
        rayon::join(|| parts(to_left, add, lhs, left), || parts(to_right, add, lhs, right));
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::testing::Random;

    use super::*;

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let (n_rows, n_in, n_out) = (301, 130, 519);
        let mut random = Random::new(3);
        let (x, w) = (random.numbers(n_rows * n_in), random.numbers(n_out * n_in));
        let dy = random.numbers(n_rows * n_out);
        let all = || {
            let mut dx = x.clone();
            add_inputs(&dy, &w, n_in, &mut dx);
            let mut moments = vec![0.0; n_out * n_out];
            add_second_moments(&dy, n_out, &mut moments);
            [outputs(&x, &w, n_in), dx, moments].concat().into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(all)
        };
        let alone = on(1);
        assert_eq!(alone, on(2));
        assert_eq!(alone, on(5));
    }

    #[test]
    fn products_are_the_sums_of_their_definition() {
        let (n_rows, n_in, n_out) = (70, 33, 300);
        let mut random = Random::new(4);
        let (x, w) = (random.numbers(n_rows * n_in), random.numbers(n_out * n_in));
        let dy = random.numbers(n_rows * n_out);
        // At most 300 terms below 1, each rounded a few times.
        let near =
            |got: f32, want: f64| assert!((f64::from(got) - want).abs() < 300.0 * 4.0 * 6e-8, "{got} {want}");
        let sum = |n: usize, term: &dyn Fn(usize) -> f32| (0..n).map(|i| f64::from(term(i))).sum::<f64>();
        let y = outputs(&x, &w, n_in);
        let mut dx = vec![1.0; x.len()];
        add_inputs(&dy, &w, n_in, &mut dx);
        let mut dw = vec![0.0; 20 * n_in];
        weight_gradient(&dy, n_out, &x, 100..120, &mut dw);
        for (row, col, out) in [(0, 0, 0), (69, 32, 299), (31, 7, 256), (5, 20, 31)] {
            near(y[row * n_out + out], sum(n_in, &|i| x[row * n_in + i] * w[out * n_in + i]));
            near(dx[row * n_in + col], 1.0 + sum(n_out, &|o| dy[row * n_out + o] * w[o * n_in + col]));
            let of_rows = out % 20;
            let want = sum(n_rows, &|r| dy[r * n_out + 100 + of_rows] * x[r * n_in + col]);
            near(dw[of_rows * n_in + col], want);
        }
    }
}
