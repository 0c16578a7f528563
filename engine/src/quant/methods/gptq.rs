//! GPTQ: weights are rounded column by column, and the error of each is made up for by those that are still to come.
//!
//! Frantar et al., arXiv 2210.17323, in the order and with the error feedback of OBQ (arXiv 2208.11580): for H = E[x·xᵀ] of a
//! matrix's inputs x, rounding minimizes (w - ŵ)·H·(w - ŵ)ᵀ row by row instead of (w - ŵ)². Columns of large inputs come first
//! (act-order), within scales that are fixed before (static groups), so that files need no order of their own and any block
//! format is a target. Afterwards each code is reconsidered with all others fixed, which only lowers the error.

mod factor;
mod feedback;
mod refine;

use nibble_kernels::quantize;
use rayon::prelude::*;

use super::super::error::Error;
use super::super::grid::{Grid, write_levels};
use super::super::layers::{InputMoments, LayerJob};
use crate::quant::method::{Method, Needs};
use crate::quant::number_format::{Survey, WeightRows};
use crate::quant::number_formats::{Format, Spqr};
use factor::Factor;
use feedback::Rounded;
use nibble_kernels::{DType, Level};

/// Rounds with error feedback, layer by layer over calibration tokens.
pub struct Gptq;

/// Rows that are rounded together.
const SLAB_ROWS: usize = 64;

impl Method for Gptq {
    fn name(&self) -> &'static str {
        "gptq"
    }

    fn needs(&self) -> Needs {
        Needs::Layers
    }

    fn takes_format(&self, _: Format) -> bool {
        true
    }

    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        for index in job.matrices() {
            job.cancel.check()?;
            let weights = job.tensors.weights(index);
            if let Some(format) = job.formats[index] {
                let values = round_matrix(format, &weights, job.moments_of(index)?);
                job.tensors.replace_rounded(index, job.dtypes[index], &values);
                continue;
            }
            let bytes = encode_matrix(job.level, job.dtypes[index], &weights, job.moments_of(index)?);
            job.tensors.replace(index, job.dtypes[index], bytes);
        }
        Ok(())
    }
}

/// Encodes a matrix, `[rows, cols]`, as `dtype` with the moments of its inputs.
pub(crate) fn encode_matrix(level: Level, dtype: DType, weights: &[f32], moments: &InputMoments) -> Vec<u8> {
    let n_cols = moments.squares.len();
    let importance = moments.mean_squares();
    let mut bytes = vec![0; dtype.row_bytes(weights.len()).expect("plans give a matrix only types that fit")];
    let row_bytes = bytes.len() / (weights.len() / n_cols);
    bytes
        .par_chunks_mut(row_bytes * SLAB_ROWS)
        .zip(weights.par_chunks(n_cols * SLAB_ROWS))
        .for_each(|(bytes, weights)| quantize(level, dtype, weights, Some(&importance), bytes));
    // The points of a lattice are not rounded one by one.
    if dtype.is_lattice() {
        return bytes;
    }
    let factor = Factor::of(moments);
    bytes.par_chunks_mut(row_bytes * SLAB_ROWS).zip(weights.par_chunks(n_cols * SLAB_ROWS)).for_each(
        |(bytes, weights)| {
            let grid = Grid::of_blocks(dtype, n_cols, bytes);
            write_levels(dtype, &round_slab(&grid, weights, &factor).indices, bytes);
        },
    );
    bytes
}

/// Most levels of a grid that codes of a byte select.
pub(crate) const MOST_LEVELS: usize = 256;

/// Rounds a matrix, `[rows, cols]`, to values of a number format with the moments of its inputs. Formats without scales or with
/// more levels than a byte has codes are rounded to nearest.
pub(crate) fn round_matrix(format: Format, weights: &[f32], moments: &InputMoments) -> Vec<f32> {
    let n_cols = moments.squares.len();
    let (importance, survey, factor) = (moments.mean_squares(), Survey::of(weights), Factor::of(moments));
    if let Format::Spqr(spqr) = format {
        let costs = factor.costs();
        let rows = WeightRows { weights, n_cols, importance: Some(&costs), survey };
        return round_with_outliers(spqr, &rows, &factor);
    }
    let rows_of = |weights| WeightRows { weights, n_cols, importance: Some(&importance), survey };
    let slab_len = n_cols * SLAB_ROWS.next_multiple_of(format.rows_together(n_cols).max(1));
    let mut values = vec![0.0; weights.len()];
    values.par_chunks_mut(slab_len).zip(weights.par_chunks(slab_len)).for_each(|(values, weights)| {
        // Rows with tables of their own have a grid each.
        let has_grid = format.grid(&rows_of(weights)).is_some();
        let part_len = if has_grid { slab_len } else { n_cols };
        for (weights, values) in weights.chunks(part_len).zip(values.chunks_mut(part_len)) {
            let rows = rows_of(weights);
            match format.grid(&rows).filter(|grid| grid.levels().values().len() <= MOST_LEVELS) {
                Some(grid) => round_on_grid(&grid, weights, &factor, values),
                None => format.round(&rows, values),
            }
        }
    });
    values
}

/// Rounds a matrix to the format of SpQR (arXiv 2306.03078, algorithm 1): the outliers are those whose errors would cost most of
/// all in the matrix, by the costs in `rows`, and the constants are fitted to the other weights before any is rounded.
fn round_with_outliers(spqr: Spqr, rows: &WeightRows<'_>, factor: &Factor) -> Vec<f32> {
    let is_outlier = spqr.outliers(rows);
    let slab_len = rows.n_cols * SLAB_ROWS;
    let mut values = vec![0.0; rows.weights.len()];
    let slabs = rows.weights.par_chunks(slab_len).zip(is_outlier.par_chunks(slab_len));
    values.par_chunks_mut(slab_len).zip(slabs).for_each(|(values, (weights, is_outlier))| {
        let grid = spqr.grid_beside(is_outlier, &WeightRows { weights, ..*rows });
        round_on_grid(&grid, weights, factor, values);
    });
    values
}

/// The levels of a matrix, `[rows, cols]`, on `grid`, with the moments of its inputs: their indices.
pub(crate) fn levels_on_grid(grid: &Grid, weights: &[f32], moments: &InputMoments) -> Vec<u8> {
    let (n_cols, factor) = (grid.n_cols(), Factor::of(moments));
    let mut indices = vec![0; weights.len()];
    let slabs = indices.par_chunks_mut(n_cols * SLAB_ROWS).zip(weights.par_chunks(n_cols * SLAB_ROWS));
    slabs.enumerate().for_each(|(slab, (indices, weights))| {
        let first = slab * SLAB_ROWS;
        let grid = grid.of_rows(first..first + weights.len() / n_cols);
        indices.copy_from_slice(&round_slab(&grid, weights, &factor).indices);
    });
    indices
}

fn round_slab(grid: &Grid, weights: &[f32], factor: &Factor) -> Rounded {
    let mut rounded = feedback::round(weights, factor, grid);
    refine::codes(weights, factor, grid, &mut rounded);
    rounded
}

fn round_on_grid(grid: &Grid, weights: &[f32], factor: &Factor, values: &mut [f32]) {
    for (value, rounded) in values.iter_mut().zip(round_slab(grid, weights, factor).values) {
        *value = rounded.clamp(f32::MIN, f32::MAX);
    }
}
