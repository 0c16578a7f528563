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
use crate::quant::method::{Method, Needs, TensorJob};
use crate::quant::statistics::TensorStatistics;
use factor::Factor;
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

    fn encode(&self, job: &TensorJob<'_>, weights: &[f32], known: Option<&TensorStatistics>, out: &mut [u8]) {
        super::Importance.encode(job, weights, known, out);
    }

    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        for index in job.matrices() {
            job.cancel.check()?;
            let weights = job.tensors.weights(index);
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
    let factor = Factor::of(moments);
    bytes.par_chunks_mut(row_bytes * SLAB_ROWS).zip(weights.par_chunks(n_cols * SLAB_ROWS)).for_each(
        |(bytes, weights)| {
            let grid = Grid::of_blocks(dtype, n_cols, bytes);
            let mut slab = feedback::round(weights, &factor, &grid);
            refine::codes(weights, &factor, &grid, &mut slab);
            write_levels(dtype, &slab, bytes);
        },
    );
    bytes
}
