//! AWQ: input columns that see large activations are scaled up before rounding, and the scale is folded into what comes before.
//!
//! Lin et al., arXiv 2306.00978: a scaled column loses less in rounding. The scales are powers of the mean magnitude of the
//! inputs, alone or over the mean magnitude of the weights; the power with the least error of the products on the calibration
//! inputs is taken, and none if rounding without scales is best. The search for scales of blocks, weighted by the inputs, stands
//! for the paper's search for clipped ranges.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use nibble_kernels::{DType, Level, decode::decode_row, quantize};
use rayon::prelude::*;

use crate::quant::error::Error;
use crate::quant::layers::{Fold, InputMoments, LayerJob, folds};
use crate::quant::method::{Method, Needs};

/// Powers that are tried.
const POWERS: usize = 20;
/// Rows of a matrix that powers are compared on.
const MOST_ROWS: usize = 512;
/// Rows that are encoded together.
const SLAB_ROWS: usize = 64;

/// Scales columns by what the inputs are, then rounds with a scale search weighted by the inputs.
pub struct Awq;

impl Method for Awq {
    fn name(&self) -> &'static str {
        "awq"
    }

    fn needs(&self) -> Needs {
        Needs::Layers
    }

    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        let mut scales_of = vec![None; job.tensors.len()];
        for fold in folds(job.tensors) {
            job.cancel.check()?;
            // A matrix that is not encoded loses nothing.
            if fold.consumers.iter().all(|&index| job.dtypes[index].is_float()) {
                continue;
            }
            let moments = job.moments_of(fold.consumers[0])?.clone();
            if let Some(scales) = best_scales(job, &fold, &moments) {
                fold.apply(job.tensors, &scales);
                for &index in &fold.consumers {
                    scales_of[index] = Some(scales.clone());
                }
            }
        }
        for index in job.matrices() {
            job.cancel.check()?;
            let moments = job.moments_of(index)?;
            let importance = importance(moments, scales_of[index].as_deref());
            let dtype = job.dtypes[index];
            let bytes = encode(job.level, dtype, &job.tensors.weights(index), &importance);
            job.tensors.replace(index, dtype, bytes);
        }
        Ok(())
    }
}

/// The mean squares of inputs that are divided by `scales`.
pub(super) fn importance(moments: &InputMoments, scales: Option<&[f32]>) -> Vec<f32> {
    let mut importance = moments.mean_squares();
    for (importance, scale) in importance.iter_mut().zip(scales.into_iter().flatten()) {
        *importance /= scale * scale;
    }
    importance
}

/// Encodes a matrix whose rows have as many columns as `importance`.
pub(super) fn encode(level: Level, dtype: DType, weights: &[f32], importance: &[f32]) -> Vec<u8> {
    let n_bytes = dtype.row_bytes(weights.len()).expect("plans give a matrix only types that its rows fit");
    let mut bytes = vec![0; n_bytes];
    let row_bytes = n_bytes / (weights.len() / importance.len());
    let slabs = weights.par_chunks(importance.len() * SLAB_ROWS);
    bytes.par_chunks_mut(row_bytes * SLAB_ROWS).zip(slabs).for_each(|(bytes, weights)| {
        quantize(level, dtype, weights, Some(importance), bytes);
    });
    bytes
}

/// The scales of the inputs with the least error; `None` if no scales are better.
fn best_scales(job: &LayerJob<'_>, fold: &Fold, moments: &InputMoments) -> Option<Vec<f32>> {
    let n_cols = moments.squares.len();
    let per_row = 1.0 / moments.n_rows.max(1) as f32;
    let hessian = Mat::from_fn(n_cols, n_cols, |i, j| moments.gram[(i.max(j), i.min(j))] * per_row);
    let matrices: Vec<(DType, Vec<f32>)> = fold
        .consumers
        .iter()
        .map(|&index| (job.dtypes[index], some_rows(&job.tensors.weights(index), n_cols)))
        .collect();
    let inputs: Vec<f32> = moments.magnitudes.iter().map(|sum| (*sum as f32 * per_row).max(1e-4)).collect();
    let weights = mean_magnitudes(&matrices, n_cols);
    let error = |scales: &[f32]| -> f64 {
        let importance = importance(moments, Some(scales));
        matrices
            .iter()
            .map(|(dtype, rows)| product_error(job.level, *dtype, rows, scales, &importance, &hessian))
            .sum()
    };
    let mut best = (error(&vec![1.0; n_cols]), None);
    for step in 1..POWERS {
        let power = step as f32 / POWERS as f32;
        let plain = inputs.iter().map(|input| input.powf(power)).collect();
        let with_weights = inputs
            .iter()
            .zip(&weights)
            .map(|(input, weight)| input.powf(power) / (weight.powf(1.0 - power) + 1e-4))
            .collect();
        for scales in [plain, with_weights] {
            let scales = centered(scales);
            let this = error(&scales);
            if this < best.0 {
                best = (this, Some(scales));
            }
        }
    }
    best.1
}

/// At most [`MOST_ROWS`] rows, evenly spread.
fn some_rows(weights: &[f32], n_cols: usize) -> Vec<f32> {
    let step = (weights.len() / n_cols).div_ceil(MOST_ROWS);
    weights.chunks_exact(n_cols).step_by(step.max(1)).flatten().copied().collect()
}

/// The mean over all rows of the magnitude of each column, relative to the largest of its row.
fn mean_magnitudes(matrices: &[(DType, Vec<f32>)], n_cols: usize) -> Vec<f32> {
    let mut sums = vec![0.0_f32; n_cols];
    let mut n_rows = 0;
    for row in matrices.iter().flat_map(|(_, rows)| rows.chunks_exact(n_cols)) {
        let largest = row.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += weight.abs() / largest;
        }
        n_rows += 1;
    }
    sums.iter().map(|sum| sum / n_rows.max(1) as f32).collect()
}

/// Scales whose largest and smallest are each other's inverse.
fn centered(mut scales: Vec<f32>) -> Vec<f32> {
    let most = scales.iter().fold(0.0_f32, |most, scale| most.max(*scale));
    let least = scales.iter().fold(f32::INFINITY, |least, scale| least.min(*scale));
    let center = (most * least).sqrt();
    if center > 0.0 && center.is_finite() {
        for scale in &mut scales {
            *scale /= center;
        }
    } else {
        scales.fill(1.0);
    }
    scales
}

/// The mean square error of the products of some rows that are scaled, encoded and scaled back.
fn product_error(
    level: Level,
    dtype: DType,
    rows: &[f32],
    scales: &[f32],
    importance: &[f32],
    hessian: &Mat<f32>,
) -> f64 {
    if dtype.is_float() {
        return 0.0;
    }
    let n_cols = scales.len();
    let mut scaled = rows.to_vec();
    for row in scaled.chunks_exact_mut(n_cols) {
        row.iter_mut().zip(scales).for_each(|(weight, scale)| *weight *= scale);
    }
    let bytes = encode(level, dtype, &scaled, importance);
    decode_row(dtype, &bytes, &mut scaled);
    for (values, rows) in scaled.chunks_exact_mut(n_cols).zip(rows.chunks_exact(n_cols)) {
        for ((value, weight), scale) in values.iter_mut().zip(rows).zip(scales) {
            *value = *value / scale - weight;
        }
    }
    let n_rows = rows.len() / n_cols;
    let errors = MatRef::from_row_major_slice(&scaled, n_rows, n_cols);
    let mut products = Mat::<f32>::zeros(n_rows, n_cols);
    matmul(products.as_mut(), Accum::Replace, errors, hessian.as_ref(), 1.0, Par::rayon(0));
    (0..n_cols)
        .map(|col| (0..n_rows).map(|row| f64::from(products[(row, col)] * errors[(row, col)])).sum::<f64>())
        .sum()
}
