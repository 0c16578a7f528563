//! SmoothQuant: part of the size of the activations is moved into the weights, so that both can be rounded to eight bits.
//!
//! Xiao et al., arXiv 2211.10438: column j is scaled by max|x_j|^α / max|w_j|^(1-α), and the norm before it is divided by that.
//! Only inputs that come from a norm are smoothed. The encoding is that of the type, weighted by the smoothed inputs.

use super::awq::{encode, importance};
use crate::quant::error::Error;
use crate::quant::layers::{Fold, InputMoments, LayerJob, LayerTensors, folds};
use crate::quant::method::{Method, Needs};

/// Share of the activations' size that goes into the weights (the paper's α; 0.8 for llama's outliers).
const SHARE: f32 = 0.8;
/// Smallest scale and smallest magnitude of a weight.
const LEAST: f32 = 1e-5;

/// Evens out activations by scales that are folded into the norms.
pub struct SmoothQuant;

impl Method for SmoothQuant {
    fn name(&self) -> &'static str {
        "smoothquant"
    }

    fn needs(&self) -> Needs {
        Needs::Layers
    }

    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        let mut scales_of = vec![None; job.tensors.len()];
        for fold in folds(job.tensors).into_iter().filter(|fold| fold.is_norm) {
            let scales = scales(job.tensors, &fold, job.moments_of(fold.consumers[0])?);
            fold.apply(job.tensors, &scales);
            for &index in &fold.consumers {
                scales_of[index] = Some(scales.clone());
            }
        }
        for index in job.matrices() {
            job.cancel.check()?;
            let importance = importance(job.moments_of(index)?, scales_of[index].as_deref());
            let dtype = job.dtypes[index];
            let bytes = encode(job.level, dtype, &job.tensors.weights(index), &importance);
            job.tensors.replace(index, dtype, bytes);
        }
        Ok(())
    }
}

/// The scale of each input.
fn scales(tensors: &LayerTensors, fold: &Fold, moments: &InputMoments) -> Vec<f32> {
    let n_cols = moments.largest.len();
    let mut weights = vec![LEAST; n_cols];
    for &index in &fold.consumers {
        for row in tensors.weights(index).chunks_exact(n_cols) {
            for (most, weight) in weights.iter_mut().zip(row) {
                *most = most.max(weight.abs());
            }
        }
    }
    let pairs = moments.largest.iter().zip(&weights);
    pairs
        .map(|(input, weight)| (input.max(LEAST).powf(SHARE) / weight.powf(1.0 - SHARE)).max(LEAST))
        .collect()
}
