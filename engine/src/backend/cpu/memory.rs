//! Predicted memory of a model and its sequences, computed by the code that allocates it.

use nibble_kernels::attention::AttentionScratch;
use nibble_kernels::matmul::FUSED_ROWS;
use nibble_kernels::{InputFormats, MatrixShape};

use super::buffers::Buffers;
use super::checkpoints::Checkpoints;
use super::recurrent::RecurrentState;
use super::sharing::{Heads, distinct_heads, distinct_ropes, rope_table_bytes};
use super::sizes::{Sizes, experts, mlps};
use super::state::LayerState;
use crate::backend::{Bound, DecoderSpec, MemoryParts, Mixer, RunOptions, TensorRole, TensorSlot};
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
    let has_experts = experts(spec).next().is_some();
    // What is never quantized is multiplied too: routers, rates and decays.
    let has_floats =
        has_experts || spec.layers.iter().any(|layer| matches!(layer.mixer, Mixer::GatedDelta(_)));
    let fuses = !has_experts && mlps(spec).all(|mlp| mlp.d_ff.is_multiple_of(FUSED_ROWS));
    let sizes = Sizes::of(spec, run, capacity, fuses);
    let weights =
        if has_floats { InputFormats::INTEGER.union(InputFormats::FLOAT) } else { InputFormats::INTEGER };
    let formats = buffer_formats(weights, run, &sizes);
    let scratch = |Heads { n_heads, kv }| {
        AttentionScratch::size_bytes(run.level, InputFormats::INTEGER, n_heads, kv, capacity, threads)
    };
    let ropes = distinct_ropes(spec).into_iter().map(|rope| rope_table_bytes(rope, sizes.chunk));
    let used = |(slot, tensor): (&TensorSlot, &TensorMeta)| {
        let all = slot.shape.iter().product::<usize>().max(1) as u64;
        (u128::from(tensor_bytes(slot, tensor)) * u128::from(spec.used_elements(slot)) / u128::from(all))
            as u64
    };
    MemoryParts {
        token_bytes: tensors.claimed().map(used).sum(),
        weights_bytes: tensors.claimed().map(|(slot, tensor)| tensor_bytes(slot, tensor)).sum(),
        state_bytes: state_bytes(spec, run, capacity),
        copies_bytes: copies_bytes(spec),
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
    spec.layers
        .iter()
        .map(|layer| LayerState::size_bytes(&layer.mixer, spec.d_model, run.cache, capacity))
        .sum()
}

/// Bytes of the copies of recurrent states that are kept.
fn copies_bytes(spec: &DecoderSpec) -> u64 {
    let bytes = spec.layers.iter().map(|layer| RecurrentState::size_bytes(&layer.mixer, spec.d_model));
    let bytes = bytes.sum();
    Checkpoints::most(bytes) as u64 * bytes
}

/// Packed size of a tensor in bytes; 0 for rows that are not whole blocks, since such a tensor cannot be loaded.
fn tensor_bytes(slot: &TensorSlot, tensor: &TensorMeta) -> u64 {
    let is_table = matches!(slot.role, TensorRole::Bias | TensorRole::Convolution);
    if tensor.shape.len() < 2 || is_table {
        return (size_of::<f32>() * tensor.n_elements()) as u64;
    }
    let n_matrices = if slot.is_stack() { tensor.shape[0].max(1) } else { 1 };
    let n_rows = tensor.n_rows() / n_matrices;
    let shape = MatrixShape { dtype: tensor.dtype, n_rows, n_cols: tensor.n_cols() };
    (n_matrices * shape.packed_bytes().unwrap_or(0)) as u64
}
