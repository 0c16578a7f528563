//! What a model and its sequences take in memory: known before they are made, computed from what allocates them.

use nibble_kernels::activations::FEWEST_TILE_TOKENS;
use nibble_kernels::attention::AttentionScratch;
use nibble_kernels::matmul::JOINED_ROWS;
use nibble_kernels::{Forms, Level, MatrixShape};

use super::attention::{Heads, distinct_heads, distinct_ropes, rope_table_bytes};
use super::buffers::Buffers;
use super::state::LayerState;
use crate::backend::{AttentionSpec, Bound, DecoderSpec, Ffn, MemoryParts, MlpSpec, RunOptions};
use crate::base::TensorMeta;

/// Most tokens that go through the layers at once: enough to make prefill a matter of arithmetic, few enough for its
/// buffers to stay small beside the weights.
const CHUNK: usize = 512;

/// Lengths of a sequence's buffers: those of the widest layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Tokens that go through the layers at once.
    pub(super) chunk: usize,
    /// Tokens that do so where products take no tiles: all of them, unless tiles fuse gate and up of any larger number.
    pub(super) apart: usize,
    /// Width of the residual stream.
    pub(super) d_model: usize,
    /// Elements of one token's queries.
    pub(super) query_len: usize,
    /// Elements of one token's keys.
    pub(super) kv_len: usize,
    /// Elements of the widest input of a product but the MLP's down projection.
    pub(super) input_len: usize,
    /// Elements of the widest input of an MLP's down projection.
    pub(super) d_ff: usize,
}

impl Sizes {
    /// Lengths for a context of `capacity` tokens at `level`; `fuses` says whether the weights let gate and up be fused.
    pub(super) fn of(spec: &DecoderSpec, level: Level, capacity: usize, fuses: bool) -> Self {
        let chunk = CHUNK.min(capacity);
        let tiles = fuses && Forms::INTEGER.for_many(level, chunk) == Forms::TILES;
        let query_len = spec.attentions().map(AttentionSpec::query_len).max().unwrap_or(0);
        Self {
            chunk,
            apart: if tiles { chunk.min(FEWEST_TILE_TOKENS - 1) } else { chunk },
            d_model: spec.d_model,
            query_len,
            kv_len: spec.attentions().map(AttentionSpec::kv_len).max().unwrap_or(0),
            input_len: spec.d_model.max(query_len),
            d_ff: mlps(spec).map(|mlp| mlp.d_ff).max().unwrap_or(0),
        }
    }
}

/// What a model of these tensors takes, and a sequence of `capacity` tokens once it is full, logits of one position included, for
/// quantized weights; floating-point ones take a little more.
///
/// Keys and values come into being page by page as the text grows; the rest is there from the start.
pub(super) fn need(
    spec: &DecoderSpec,
    tensors: &Bound<'_>,
    run: &RunOptions,
    capacity: usize,
) -> MemoryParts {
    let (threads, capacity) = (run.threads.max(1), capacity.max(1));
    let fuses = mlps(spec).all(|mlp| mlp.d_ff.is_multiple_of(JOINED_ROWS));
    let sizes = Sizes::of(spec, run.level, capacity, fuses);
    let forms = Forms::INTEGER.and(Forms::INTEGER.for_many(run.level, sizes.chunk));
    let scratch = |Heads { n_heads, kv }| {
        AttentionScratch::size_bytes(run.level, Forms::INTEGER, n_heads, kv, capacity, threads)
    };
    let ropes = distinct_ropes(spec).into_iter().map(|rope| rope_table_bytes(rope, sizes.chunk));
    MemoryParts {
        weights_bytes: tensors.claimed().map(|(_, tensor)| tensor_bytes(tensor)).sum(),
        state_bytes: state_bytes(spec, run, capacity),
        buffers_bytes: Buffers::size_bytes(&sizes, forms)
            + 4 * spec.vocab_size as u64
            + distinct_heads(spec).into_iter().map(scratch).sum::<u64>()
            + ropes.sum::<u64>(),
    }
}

/// Bytes of the state of all layers.
pub(super) fn state_bytes(spec: &DecoderSpec, run: &RunOptions, capacity: usize) -> u64 {
    spec.layers.iter().map(|layer| LayerState::size_bytes(&layer.mixer, run.cache, capacity)).sum()
}

/// Bytes that a tensor takes in memory, packed; one that is no whole blocks counts as nothing, since it cannot be loaded.
fn tensor_bytes(tensor: &TensorMeta) -> u64 {
    if tensor.shape.len() < 2 {
        return (size_of::<f32>() * tensor.n_cols()) as u64;
    }
    let shape = MatrixShape { dtype: tensor.dtype, n_rows: tensor.n_rows(), n_cols: tensor.n_cols() };
    shape.packed_bytes().unwrap_or(0) as u64
}

/// The MLPs of all layers.
fn mlps(spec: &DecoderSpec) -> impl Iterator<Item = &MlpSpec> {
    spec.layers.iter().map(|layer| match &layer.ffn {
        Ffn::Gated(mlp) => mlp,
    })
}
