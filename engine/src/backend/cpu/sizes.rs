//! Lengths of a sequence's buffers, derived from the decoder's description.

use nibble_kernels::InputFormats;
use nibble_kernels::activations::FEWEST_TILE_TOKENS;

use super::recurrent::RecurrentWidths;
use crate::backend::{ActivationMode, AttentionSpec, DecoderSpec, ExpertsSpec, Ffn, MlpSpec, RunOptions};

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
    /// Number of elements of one token's gates of attention; 0 in models without them.
    pub(super) gate_len: usize,
    /// Widths of recurrent mixers.
    pub(super) recurrent: RecurrentWidths,
    /// Largest number of experts of a layer; 0 in models without experts.
    pub(super) n_experts: usize,
    /// Largest number of experts that compute a token.
    pub(super) n_used: usize,
}

impl Sizes {
    /// Lengths for a context of `capacity` tokens; `fuses` states whether gate and up can be fused on AMX.
    pub(super) fn of(spec: &DecoderSpec, run: &RunOptions, capacity: usize, fuses: bool) -> Self {
        let chunk = CHUNK.min(capacity);
        let fuses = fuses && run.activations == ActivationMode::Standard;
        let tiles = fuses && InputFormats::INTEGER.for_batch(run.level, chunk) == InputFormats::TILES;
        let query_len = spec.attentions().map(AttentionSpec::query_len).max().unwrap_or(0);
        let gated = spec.attentions().filter(|attention| attention.gated);
        let recurrent = RecurrentWidths::of(spec);
        Self {
            chunk,
            unfused_chunk: if tiles { chunk.min(FEWEST_TILE_TOKENS - 1) } else { chunk },
            d_model: spec.d_model,
            query_len,
            kv_len: spec.attentions().map(AttentionSpec::kv_len).max().unwrap_or(0),
            input_len: spec.d_model.max(query_len).max(recurrent.output_len()),
            gate_len: gated.map(AttentionSpec::query_len).max().unwrap_or(0),
            recurrent,
            d_ff: mlps(spec).map(|mlp| mlp.d_ff).max().unwrap_or(0),
            n_experts: experts(spec).map(|experts| experts.n_experts).max().unwrap_or(0),
            n_used: experts(spec).map(|experts| experts.n_used).max().unwrap_or(0),
        }
    }
}

/// The MLPs of all layers; of experts, one for all.
pub(super) fn mlps(spec: &DecoderSpec) -> impl Iterator<Item = &MlpSpec> {
    spec.layers
        .iter()
        .flat_map(|layer| match &layer.ffn {
            Ffn::Gated(mlp) => [Some(mlp), None],
            Ffn::Experts(experts) => {
                [Some(&experts.expert), experts.shared.as_ref().map(|shared| &shared.mlp)]
            }
        })
        .flatten()
}

/// The mixtures of experts of all layers that have one.
pub(super) fn experts(spec: &DecoderSpec) -> impl Iterator<Item = &ExpertsSpec> {
    spec.layers.iter().filter_map(|layer| match &layer.ffn {
        Ffn::Gated(_) => None,
        Ffn::Experts(experts) => Some(experts),
    })
}
