//! Predicted memory of a model and its sequences, computed by the code that allocates it.

use nibble_kernels::attention::AttentionScratch;
use nibble_kernels::matmul::FUSED_ROWS;
use nibble_kernels::{InputFormats, MatrixShape};

use super::buffers::Buffers;
use super::sharing::{Heads, distinct_heads, distinct_ropes, rope_table_bytes};
use super::sizes::{Sizes, mlps};
use super::state::LayerState;
use crate::backend::{Bound, DecoderSpec, MemoryParts, RunOptions};
use crate::base::TensorMeta;

/// Predicts the memory of a model of these tensors and of a full sequence of `capacity` tokens with the logits of one position,
/// for quantized weights; floating-point weights take slightly more.
///
/// The KV cache is mapped page by page as the sequence grows; everything else is allocated when the sequence is created.
pub(super) fn need(
    spec: &DecoderSpec,
    tensors: &Bound<'_>,
    run: &RunOptions,
    capacity: usize,
) -> MemoryParts {
    let (threads, capacity) = (run.threads.max(1), capacity.max(1));
    let fuses = mlps(spec).all(|mlp| mlp.d_ff.is_multiple_of(FUSED_ROWS));
    let sizes = Sizes::of(spec, run, capacity, fuses);
    let formats = buffer_formats(InputFormats::INTEGER, run, &sizes);
    let scratch = |Heads { n_heads, kv }| {
        AttentionScratch::size_bytes(run.level, InputFormats::INTEGER, n_heads, kv, capacity, threads)
    };
    let ropes = distinct_ropes(spec).into_iter().map(|rope| rope_table_bytes(rope, sizes.chunk));
    MemoryParts {
        weights_bytes: tensors.claimed().map(|(_, tensor)| tensor_bytes(tensor)).sum(),
        state_bytes: state_bytes(spec, run, capacity),
        buffers_bytes: Buffers::size_bytes(&sizes, formats)
            + 4 * spec.vocab_size as u64
            + distinct_heads(spec).into_iter().map(scratch).sum::<u64>()
            + ropes.sum::<u64>(),
    }
}

/// Formats that buffers need for matrices of the formats `weights`: codes, and tiles where many tokens use them.
pub(super) fn buffer_formats(weights: InputFormats, run: &RunOptions, sizes: &Sizes) -> InputFormats {
    let formats = weights.with_precision(run.activations.precision(weights.precision));
    formats.union(formats.for_batch(run.level, sizes.chunk))
}

/// Bytes of the state of all layers.
pub(super) fn state_bytes(spec: &DecoderSpec, run: &RunOptions, capacity: usize) -> u64 {
    spec.layers.iter().map(|layer| LayerState::size_bytes(&layer.mixer, run.cache, capacity)).sum()
}

/// Packed size of a tensor in bytes; 0 for rows that are not whole blocks, since such a tensor cannot be loaded.
fn tensor_bytes(tensor: &TensorMeta) -> u64 {
    if tensor.shape.len() < 2 {
        return (size_of::<f32>() * tensor.n_cols()) as u64;
    }
    let shape = MatrixShape { dtype: tensor.dtype, n_rows: tensor.n_rows(), n_cols: tensor.n_cols() };
    shape.packed_bytes().unwrap_or(0) as u64
}
