//! Quantization error of the weights: the relative root mean square error of each tensor and each layer, computed while both
//! versions are in memory.
//!
//! Decoding takes as long as the fastest encoders, so only evenly spread samples of a large tensor are compared: thousands of
//! weights determine the error to three digits.

mod sources;

use std::collections::BTreeMap;

use nibble_kernels::DType;
use nibble_kernels::decode::decode_row;
use serde::{Deserialize, Serialize};

use crate::backend::foreign::layer_by_name;
use crate::base::{TensorMeta, dtype_name};
pub use sources::weight_errors;

/// Weights decoded at a time: whole blocks of every type, and few enough for the first-level cache.
const PIECE: usize = 2048;
/// Largest number of pieces compared in one call, which the run makes for each quarter of a million weights.
const MOST_PIECES: usize = 4;
/// Number of partial sums.
const LANES: usize = 16;

/// Quantization errors of a model's weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WeightErrors {
    /// Relative RMSE over all weights, as [`TensorError::relative_rmse`].
    pub relative_rmse: f64,
    /// Errors of each layer, starting with the tensors outside of layers.
    pub layers: Vec<LayerError>,
    /// Errors of each tensor, in the order of the file.
    pub tensors: Vec<TensorError>,
}

/// Quantization error of one tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TensorError {
    /// Name of the tensor in GGUF.
    pub tensor: String,
    /// Element type of the tensor in the output.
    #[serde(with = "dtype_name")]
    pub dtype: DType,
    /// Relative RMSE √(Σ(w − w′)² / Σw²) over its weights w, stored as w′, summed in f64; 0 if they are unchanged or all zero.
    pub relative_rmse: f64,
}

/// Quantization error of one layer's tensors together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerError {
    /// Index of the layer, from 0; `None` for embedding, output and other tensors outside of layers.
    pub layer: Option<u32>,
    /// Relative RMSE as [`TensorError::relative_rmse`], over all weights that were changed.
    pub relative_rmse: f64,
}

/// The sums Σ(w − w′)² and Σw² over some weights, estimated from a sample if there are many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SquaredSums {
    error: f64,
    weights: f64,
}

impl SquaredSums {
    /// Compares `weights` with `bytes`, their encoding as `dtype`.
    ///
    /// Sums of [`PIECE`] weights are f32 in [`LANES`] lanes, sums of pieces f64. With more than [`MOST_PIECES`] pieces, only a
    /// sample is compared.
    pub(super) fn of(dtype: DType, weights: &[f32], bytes: &[u8]) -> Self {
        let mut decoded = [0.0; PIECE];
        let (mut sums, mut seen) = (Self::default(), 0);
        let piece_bytes = PIECE / dtype.block_len() * dtype.block_bytes();
        let step = weights.len().div_ceil(PIECE).div_ceil(MOST_PIECES).max(1);
        for (weights, bytes) in weights.chunks(PIECE).zip(bytes.chunks(piece_bytes)).step_by(step) {
            let decoded = &mut decoded[..weights.len()];
            decode_row(dtype, bytes, decoded);
            sums.add(Self::of_piece(weights, decoded));
            seen += weights.len();
        }
        sums.scaled(weights.len() as f64 / seen.max(1) as f64)
    }

    fn of_piece(weights: &[f32], decoded: &[f32]) -> Self {
        let (mut error, mut squares) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        let ((weights, rest), (decoded, decoded_rest)) =
            (weights.as_chunks::<LANES>(), decoded.as_chunks::<LANES>());
        for (weights, decoded) in weights.iter().zip(decoded) {
            for lane in 0..LANES {
                let difference = weights[lane] - decoded[lane];
                error[lane] += difference * difference;
                squares[lane] += weights[lane] * weights[lane];
            }
        }
        for ((lane, weight), decoded) in rest.iter().enumerate().zip(decoded_rest) {
            error[lane] += (weight - decoded) * (weight - decoded);
            squares[lane] += weight * weight;
        }
        let sum = |lanes: [f32; LANES]| lanes.into_iter().map(f64::from).sum();
        Self { error: sum(error), weights: sum(squares) }
    }

    /// The sums over `share` times as many weights of which these are a sample.
    fn scaled(self, share: f64) -> Self {
        Self { error: self.error * share, weights: self.weights * share }
    }

    /// Adds the sums over other weights.
    pub(super) fn add(&mut self, other: Self) {
        self.error += other.error;
        self.weights += other.weights;
    }

    fn relative_rmse(self) -> f64 {
        let squared = self.error / self.weights;
        // Only zeros, or squares beyond f32: the ratio is undefined.
        if squared.is_finite() { squared.sqrt() } else { 0.0 }
    }
}

impl WeightErrors {
    /// The errors of `tensors`, the output's, from the sums over each.
    pub(super) fn new(tensors: &[TensorMeta], sums: &[SquaredSums]) -> Self {
        let mut total = SquaredSums::default();
        let mut layers = BTreeMap::<_, SquaredSums>::new();
        for (tensor, sums) in tensors.iter().zip(sums) {
            layers.entry(layer_by_name(&tensor.name)).or_default().add(*sums);
            total.add(*sums);
        }
        let one = |(tensor, sums): (&TensorMeta, &SquaredSums)| TensorError {
            tensor: tensor.name.clone(),
            dtype: tensor.dtype,
            relative_rmse: sums.relative_rmse(),
        };
        let of_layer =
            |(layer, sums): (_, SquaredSums)| LayerError { layer, relative_rmse: sums.relative_rmse() };
        Self {
            relative_rmse: total.relative_rmse(),
            layers: layers.into_iter().map(of_layer).collect(),
            tensors: tensors.iter().zip(sums).map(one).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::Level;
    use nibble_kernels::quantize::quantize;
    use nibble_kernels::testing::Random;

    use super::*;

    /// Weights between -1 and 1 from a fixed seed.
    fn weights(count: usize) -> Vec<f32> {
        Random::new(7).numbers(count)
    }

    #[test]
    fn sums_are_those_of_the_definition() {
        // Not whole pieces, and for half precision not whole lanes. Of the last, a part stands for all.
        for (dtype, count, bound) in [
            (DType::Q8_0, 3 * PIECE + 96, 1e-5),
            (DType::Q4_K, 768, 1e-5),
            (DType::F16, PIECE + 21, 1e-5),
            (DType::Q4_K, 100 * PIECE, 0.03),
        ] {
            let weights = weights(count);
            let mut bytes = vec![0; dtype.row_bytes(count).unwrap()];
            quantize(Level::best(), dtype, &weights, None, &mut bytes);
            let mut decoded = vec![0.0; count];
            decode_row(dtype, &bytes, &mut decoded);
            let pairs = weights.iter().zip(&decoded).map(|(&w, &d)| (f64::from(w), f64::from(d)));
            let error: f64 = pairs.map(|(w, d)| (w - d).powi(2)).sum();
            let squares: f64 = weights.iter().map(|&w| f64::from(w).powi(2)).sum();
            let sums = SquaredSums::of(dtype, &weights, &bytes);
            // f32 sums of up to 128 terms, all positive; or 8192 of many weights.
            assert!((sums.error / error - 1.0).abs() < bound, "{dtype}: {sums:?} {error}");
            assert!((sums.weights / squares - 1.0).abs() < bound, "{dtype}: {sums:?} {squares}");
        }
    }

    #[test]
    fn a_layer_is_the_sum_of_its_tensors() {
        let tensor =
            |name: &str| TensorMeta { name: name.to_owned(), shape: vec![1, 32], dtype: DType::Q8_0 };
        let tensors = ["blk.1.a", "token_embd.weight", "blk.0.a", "blk.0.b"].map(tensor);
        let sums = [(4.0, 16.0), (1.0, 100.0), (0.0, 0.0), (9.0, 36.0)]
            .map(|(error, weights)| SquaredSums { error, weights });
        let errors = WeightErrors::new(&tensors, &sums);
        let layers: Vec<_> = errors.layers.iter().map(|one| (one.layer, one.relative_rmse)).collect();
        assert_eq!(layers, [(None, 0.1), (Some(0), 0.5), (Some(1), 0.5)]);
        assert_eq!(errors.tensors[2].relative_rmse.to_bits(), 0.0_f64.to_bits());
        assert!((errors.relative_rmse - (14.0_f64 / 152.0).sqrt()).abs() < 1e-12);
    }
}
