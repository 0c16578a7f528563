//! Coordinate descent: each code once more, with all others fixed.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::factor::Factor;
use super::feedback::Rounded;
use crate::quant::grid::Grid;

/// Times that every code is reconsidered.
const SWEEPS: usize = 2;
/// Columns whose changes reach the other columns together.
const BLOCK: usize = 128;

/// Improves `rounded`, rows of `weights` on `grid`: replaces each level, and the number of each outlier, by the one that minimizes
/// the row's error (w - ŵ)·H·(w - ŵ)ᵀ while all others stay.
pub(super) fn codes(weights: &[f32], factor: &Factor, grid: &Grid, rounded: &mut Rounded) {
    let (n_rows, n_cols) = (grid.n_rows(), grid.n_cols());
    let mut values = vec![0.0_f32; weights.len()];
    let mut missing = vec![0.0_f32; weights.len()];
    for col in 0..n_cols {
        for row in 0..n_rows {
            let value = rounded.values[row * n_cols + col];
            values[col * n_rows + row] = value;
            missing[col * n_rows + row] = weights[row * n_cols + col] - value;
        }
    }
    // The half gradient H·(w - ŵ), transposed as the values are.
    let mut gradient = Mat::<f32>::zeros(n_rows, n_cols);
    let missing = MatRef::from_column_major_slice(&missing, n_rows, n_cols);
    matmul(gradient.as_mut(), Accum::Replace, missing, factor.hessian.as_ref(), 1.0, Par::Seq);
    let mut changes = vec![0.0_f32; BLOCK * n_rows];
    for _ in 0..SWEEPS {
        for start in (0..n_cols).step_by(BLOCK) {
            let end = n_cols.min(start + BLOCK);
            let changes = &mut changes[..(end - start) * n_rows];
            changes.fill(0.0);
            for col in start..end {
                let change = &mut changes[(col - start) * n_rows..][..n_rows];
                let curvature = factor.hessian[(col, col)];
                let mut changed = false;
                for row in 0..n_rows {
                    let value = values[col * n_rows + row];
                    let wanted = value + gradient[(row, col)] / curvature;
                    let (index, better) = grid.round(row, col, wanted);
                    if better.to_bits() != value.to_bits() {
                        rounded.indices[row * n_cols + col] = index as u8;
                        rounded.values[row * n_cols + col] = better;
                        values[col * n_rows + row] = better;
                        change[row] = better - value;
                        changed = true;
                    }
                }
                if changed {
                    for other in col..end {
                        let share = factor.hessian[(other, col)];
                        let gradient = gradient.col_as_slice_mut(other);
                        for (gradient, change) in gradient.iter_mut().zip(&*change) {
                            *gradient -= share * change;
                        }
                    }
                }
            }
            // The columns of the block itself have seen the changes before them; all others see them now.
            let changes = MatRef::from_column_major_slice(changes, n_rows, end - start);
            let mut tell = |first: usize, until: usize| {
                let shares = factor.hessian.as_ref().submatrix(start, first, end - start, until - first);
                let gradient: MatMut<'_, f32> = gradient.as_mut().subcols_mut(first, until - first);
                matmul(gradient, Accum::Add, changes, shares, -1.0, Par::Seq);
            };
            tell(0, start);
            tell(end, n_cols);
            tell_before(&mut gradient, changes, factor, start);
        }
    }
}

/// Tells the columns of a block the changes of the columns after them in the block.
fn tell_before(gradient: &mut Mat<f32>, changes: MatRef<'_, f32>, factor: &Factor, start: usize) {
    for later in 1..changes.ncols() {
        for col in 0..later {
            let share = factor.hessian[(start + col, start + later)];
            let gradient = gradient.col_as_slice_mut(start + col);
            for (gradient, change) in gradient.iter_mut().zip(changes.col(later).iter()) {
                *gradient -= share * change;
            }
        }
    }
}
