//! Round to nearest: each block gets the scales with the least error of its own weights, and each weight the nearest code.

use nibble_kernels::quantize;

use crate::quant::method::{Method, Needs, TensorJob};
use crate::quant::statistics::TensorStatistics;

/// Rounds weights to the nearest codes; needs no statistics of activations.
///
/// Scales and codes are those of llama.cpp's quantizers without an importance matrix (ggml `ggml-quants.c`).
pub struct RoundToNearest;

impl Method for RoundToNearest {
    fn name(&self) -> &'static str {
        "round_to_nearest"
    }

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn encode(&self, job: &TensorJob<'_>, weights: &[f32], _: Option<&TensorStatistics>, out: &mut [u8]) {
        quantize(job.level, job.dtype, weights, None, out);
    }
}
