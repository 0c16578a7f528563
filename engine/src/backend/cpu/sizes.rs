//! Lengths of a sequence's buffers, derived from the decoder's description.

use nibble_kernels::InputFormats;
use nibble_kernels::activations::FEWEST_TILE_TOKENS;

use crate::backend::{ActivationMode, AttentionSpec, DecoderSpec, Ffn, MlpSpec, RunOptions};

/// Largest number of tokens that are computed together (chunked prefill): enough to make prefill compute-bound, few enough for
/// its buffers to stay small beside the weights.
const CHUNK: usize = 512;

/// Lengths of a sequence's buffers: those of the widest layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Largest number of tokens that are computed together.
    pub(super) chunk: usize,
    /// Largest chunk whose gate and up projections are computed separately; larger chunks use the fused tile kernel.
    pub(super) unfused_chunk: usize,
    /// Width of the residual stream.
    pub(super) d_model: usize,
    /// Number of elements of one token's queries.
    pub(super) query_len: usize,
    /// Number of elements of one token's keys.
    pub(super) kv_len: usize,
    /// Number of elements of the widest input of a product, except the MLP's down projection.
    pub(super) input_len: usize,
    /// Number of elements of the widest input of an MLP's down projection.
    pub(super) d_ff: usize,
}

impl Sizes {
    /// Lengths for a context of `capacity` tokens; `fuses` states whether gate and up can be fused on AMX.
    pub(super) fn of(spec: &DecoderSpec, run: &RunOptions, capacity: usize, fuses: bool) -> Self {
        let chunk = CHUNK.min(capacity);
        let fuses = fuses && run.activations == ActivationMode::Standard;
        let tiles = fuses && InputFormats::INTEGER.for_batch(run.level, chunk) == InputFormats::TILES;
        let query_len = spec.attentions().map(AttentionSpec::query_len).max().unwrap_or(0);
        Self {
            chunk,
            unfused_chunk: if tiles { chunk.min(FEWEST_TILE_TOKENS - 1) } else { chunk },
            d_model: spec.d_model,
            query_len,
            kv_len: spec.attentions().map(AttentionSpec::kv_len).max().unwrap_or(0),
            input_len: spec.d_model.max(query_len),
            d_ff: mlps(spec).map(|mlp| mlp.d_ff).max().unwrap_or(0),
        }
    }
}

/// The MLPs of all layers.
pub(super) fn mlps(spec: &DecoderSpec) -> impl Iterator<Item = &MlpSpec> {
    spec.layers.iter().map(|layer| match &layer.ffn {
        Ffn::Gated(mlp) => mlp,
    })
}
