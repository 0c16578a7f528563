//! Rounding with error feedback.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::factor::Factor;
use crate::quant::grid::Grid;

/// Columns whose errors reach the columns behind them together.
const BLOCK: usize = 128;

/// Rounded weights, `[rows, cols]`.
pub(super) struct Rounded {
    /// Indices of the levels; 0 of outliers.
    pub(super) indices: Vec<u8>,
    /// Values of the levels, and of outliers.
    pub(super) values: Vec<f32>,
}

/// Rounds rows of weights to the levels of `grid`. Outliers make up for the errors of the columns before them, and pass on only
/// what half precision loses.
pub(super) fn round(weights: &[f32], factor: &Factor, grid: &Grid) -> Rounded {
    let (n_rows, n_cols) = (grid.n_rows(), grid.n_cols());
    // Transposed and in the order of rounding: row k holds the weights of column order[k].
    let mut left = vec![0.0_f32; weights.len()];
    for (to, &col) in left.chunks_exact_mut(n_rows).zip(&factor.order) {
        for (row, to) in to.iter_mut().enumerate() {
            *to = weights[row * n_cols + col];
        }
    }
    let mut rounded = Rounded { indices: vec![0; weights.len()], values: vec![0.0; weights.len()] };
    let mut errors = vec![0.0_f32; BLOCK * n_rows];
    for start in (0..n_cols).step_by(BLOCK) {
        let end = n_cols.min(start + BLOCK);
        let (block, behind) = left[start * n_rows..].split_at_mut((end - start) * n_rows);
        for k in start..end {
            let (now, later) = block[(k - start) * n_rows..].split_at_mut(n_rows);
            let errors = &mut errors[(k - start) * n_rows..][..n_rows];
            let (col, pivot) = (factor.order[k], factor.feedback[(k, k)]);
            for (row, (weight, error)) in now.iter().zip(&mut *errors).enumerate() {
                let (index, value) = grid.round(row, col, *weight);
                rounded.indices[row * n_cols + col] = index as u8;
                rounded.values[row * n_cols + col] = value;
                *error = (weight - value) / pivot;
            }
            for (later, weights) in later.chunks_exact_mut(n_rows).enumerate() {
                let share = factor.feedback[(k, k + 1 + later)];
                for (weight, error) in weights.iter_mut().zip(&*errors) {
                    *weight -= share * error;
                }
            }
        }
        if end < n_cols {
            let errors = MatRef::from_row_major_slice(&errors[..(end - start) * n_rows], end - start, n_rows);
            let shares = factor.feedback.as_ref().submatrix(start, end, end - start, n_cols - end);
            let behind = MatMut::from_row_major_slice_mut(behind, n_cols - end, n_rows);
            matmul(behind, Accum::Add, shares.transpose(), errors, -1.0, Par::Seq);
        }
    }
    rounded
}
