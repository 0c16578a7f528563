//! Specification of a decoder as data: the interface between architectures and backends.
//!
//! A decoder is a list of layers, a layer is two blocks: one that mixes tokens ([`Mixer`]) and one that processes each token
//! alone ([`Ffn`]). Every number of a block is in the block's own description, so layers may differ in all of them.
//!
//! Tensor names are GGUF's ([`super::tensors`]), and so are their conventions: gemma's `1 +` is folded into norm weights, llama's
//! query and key rows are permuted for interleaved rotation. Layer `i` computes, with optional parts in brackets:
//!
//! ```text
//! x = x + [rms_norm](mixer([rms_norm](x, attn_norm)), post_attention_norm) · residual_scale
//! x = x + [rms_norm](ffn([rms_norm](x, ffn_norm)), post_ffw_norm) · residual_scale
//!
//! attention(a):
//!   q, k, v = a·attn_q [+ bias], a·attn_k [+ bias], a·attn_v [+ bias]      (or one fused attn_qkv)
//!   [q, k = rms_norm per head, or of all heads together (attn_q_norm, attn_k_norm)]
//!   [q, k = rope(q), rope(k)]
//!   [q = q · query_scale(position)]
//!   ([sigmoid(gate) ⊙] softmax([cap](q·kᵀ · scale) + causal and window mask)·v)·attn_output [+ bias]
//!
//! gated(f):
//!   (activation(f·ffn_gate [+ bias]) ⊙ (f·ffn_up [+ bias]))·ffn_down [+ bias]   (or ffn_up = [gate; up] fused)
//!
//! short_conv(a), gated_delta(a), experts(f): see [`ShortConvSpec`], [`GatedDeltaSpec`], [`ExpertsSpec`]
//! ```
//!
//! before the layers `x = token_embd[token] · embedding_scale`, after the last layer
//! `logits = [cap](rms_norm(x, output_norm)·output · logit_scale)`, where `output` is `token_embd` if the file has none.

mod experts;
mod recurrent;

use nibble_kernels::Activation;

use super::{Rope, TensorRole, TensorSlot};

pub use experts::{ExpertsSpec, RouterScores, RouterSpec, SharedExpert};
pub use recurrent::{GatedDeltaSpec, ShortConvSpec};

/// Name of the norm before the output matrix, in most architectures.
pub const OUTPUT_NORM: &str = "output_norm";
/// Name of the norm before the feed-forward block, in most architectures.
pub const FFN_NORM: &str = "ffn_norm";

/// Specification of a decoder-only model.
#[derive(Clone, Debug, PartialEq)]
pub struct DecoderSpec {
    /// GGUF's name of the architecture, such as `llama`.
    pub architecture: String,
    /// Number of tokens in the vocabulary: rows of `token_embd.weight`.
    pub vocab_size: usize,
    /// Longest context of the model, in tokens.
    pub context_length: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// The layers, in the order in which they are computed.
    pub layers: Vec<LayerSpec>,
    /// Epsilon of every norm, added to the mean square.
    pub norm_eps: f32,
    /// Factor of the embedding: 1, or √d_model for gemma.
    pub embedding_scale: f32,
    /// Name of the norm before the output matrix.
    pub output_norm: &'static str,
    /// Factor of the logits, before they are capped; usually 1.
    pub logit_scale: f32,
    /// Soft cap of the logits, which become cap·tanh(logit/cap); `None` for no cap.
    pub final_softcap: Option<f32>,
}

/// One layer: a mixer block, then a feed-forward block, each added to the residual stream.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSpec {
    /// The mixer block.
    pub mixer: Mixer,
    /// The feed-forward block.
    pub ffn: Ffn,
    /// Name of the norm before the feed-forward block.
    pub ffn_norm: &'static str,
    /// Whether both blocks get the normed residual stream; the stream itself if not.
    pub pre_norms: bool,
    /// Whether the outputs of both blocks are normed before they are added to the residual stream.
    pub post_norms: bool,
    /// Factor of the outputs of both blocks as they are added to the residual stream; usually 1.
    pub residual_scale: f32,
}

/// A block that mixes tokens.
#[derive(Clone, Debug, PartialEq)]
pub enum Mixer {
    /// Attention over a KV cache.
    Attention(AttentionSpec),
    /// Short convolution over the last tokens.
    ShortConv(ShortConvSpec),
    /// Gated delta rule with its convolution.
    GatedDelta(GatedDeltaSpec),
}

/// A feed-forward block, which processes each token alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Ffn {
    /// MLP with a gate.
    Gated(MlpSpec),
    /// Mixture of experts.
    Experts(ExpertsSpec),
}

/// Grouped-query attention with its options.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "parts of a block, each present or absent")]
pub struct AttentionSpec {
    /// Number of query heads.
    pub n_heads: usize,
    /// Number of key and value heads; divides `n_heads`.
    pub n_kv_heads: usize,
    /// Width of one head.
    pub head_dim: usize,
    /// RoPE of queries and keys; `None` for attention without positions.
    pub rope: Option<Rope>,
    /// Sliding window: a token sees itself and the `window - 1` tokens before it; all of them if `None`.
    pub window: Option<usize>,
    /// Factor of q·k, usually 1/√head_dim.
    pub scale: f32,
    /// Soft cap of the scores, which become cap·tanh(score/cap); `None` for no cap.
    pub softcap: Option<f32>,
    /// Whether `attn_qkv` holds query, key and value in this order, instead of three matrices.
    pub fused_qkv: bool,
    /// Whether queries and keys are normalized (QK norm), each head by itself.
    pub qk_norm: bool,
    /// Whether `attn_q` holds, head by head, the rows of the query and then those of a gate, whose sigmoid the head's output is
    /// multiplied with.
    pub gated: bool,
    /// Whether QK norm takes all heads of a token together, with a weight for each element of the projection.
    pub qk_norm_whole: bool,
    /// Factor of the queries by position; 1 at all positions if `None`.
    pub query_scale: Option<QueryScale>,
    /// The projections that have biases.
    pub biases: AttentionBiases,
}

/// Factor of queries that grows with the position, as in Llama 4: 1 + beta·ln(1 + ⌊position / original_context⌋).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QueryScale {
    /// Factor of the logarithm.
    pub beta: f32,
    /// Context length of the original training, in tokens; the factor is 1 within it.
    pub original_context: usize,
}

/// The projections of attention that have biases; a fused query, key and value has one bias if any of the three is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four tensors, each present or absent")]
pub struct AttentionBiases {
    /// Whether the query projection has a bias.
    pub query: bool,
    /// Whether the key projection has a bias.
    pub key: bool,
    /// Whether the value projection has a bias.
    pub value: bool,
    /// Whether the output projection has a bias.
    pub output: bool,
}

/// Gated MLP: (activation(x·gate) ⊙ x·up)·down.
#[derive(Clone, Debug, PartialEq)]
pub struct MlpSpec {
    /// Number of rows of gate and up.
    pub d_ff: usize,
    /// Activation of the gate.
    pub activation: Activation,
    /// Whether `ffn_up` holds gate and up in this order, instead of two matrices.
    pub fused_gate_up: bool,
    /// The projections that have biases.
    pub biases: MlpBiases,
}

/// The projections of a gated MLP that have biases; a fused gate and up has one bias if either is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MlpBiases {
    /// Whether the gate projection has a bias.
    pub gate: bool,
    /// Whether the up projection has a bias.
    pub up: bool,
    /// Whether the down projection has a bias.
    pub down: bool,
}

impl DecoderSpec {
    /// The number of weights that each token is multiplied with: the matrices of all layers, without embedding and output; of
    /// experts, as many as a token uses.
    pub fn layer_weights(&self) -> u64 {
        let slots = self.tensors();
        let is_matrix = |slot: &&TensorSlot| slot.shape.len() > 1 && slot.role != TensorRole::Bias;
        let matrices = slots.iter().filter(|slot| slot.layer.is_some()).filter(is_matrix);
        matrices.map(|slot| self.used_elements(slot)).sum()
    }

    /// The number of a tensor's elements that one token reads: of a stack of experts, those of the experts it uses.
    pub fn used_elements(&self, slot: &TensorSlot) -> u64 {
        let all = slot.shape.iter().product::<usize>() as u64;
        let ffn = slot.layer.and_then(|layer| self.layers.get(layer)).map(|layer| &layer.ffn);
        match ffn {
            Some(Ffn::Experts(experts)) if slot.is_stack() => {
                all / experts.n_experts as u64 * experts.n_used as u64
            }
            _ => all,
        }
    }

    /// The number of elements that one token adds to the KV cache of all layers.
    pub fn kv_elements(&self) -> usize {
        self.attentions().map(|attention| 2 * attention.kv_len()).sum()
    }

    /// The attention blocks, in the order of the layers that have one.
    pub fn attentions(&self) -> impl Iterator<Item = &AttentionSpec> {
        self.layers.iter().filter_map(|layer| match &layer.mixer {
            Mixer::Attention(attention) => Some(attention),
            Mixer::ShortConv(_) | Mixer::GatedDelta(_) => None,
        })
    }

    /// Whether some layer's state cannot go back to an earlier token by itself, as a KV cache can.
    pub fn is_recurrent(&self) -> bool {
        self.attentions().count() < self.layers.len()
    }

    /// The RoPEs of all layers that rotate queries and keys, in the order of the layers.
    pub fn ropes(&self) -> impl Iterator<Item = &Rope> {
        self.attentions().filter_map(|attention| attention.rope.as_ref())
    }

    /// The tensors of RoPE divisors that a sequence of `capacity` tokens uses, by name, each once.
    pub fn rope_tensors(&self, capacity: usize) -> Vec<&'static str> {
        let mut names: Vec<_> = self.ropes().filter_map(|rope| rope.factors_tensor(capacity)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl LayerSpec {
    /// A layer of attention and a gated MLP, with norms only before the blocks.
    pub fn new(attention: AttentionSpec, mlp: MlpSpec) -> Self {
        Self {
            mixer: Mixer::Attention(attention),
            ffn: Ffn::Gated(mlp),
            ffn_norm: FFN_NORM,
            pre_norms: true,
            post_norms: false,
            residual_scale: 1.0,
        }
    }

    /// The layer with norms behind its blocks instead of before them.
    #[must_use]
    pub fn with_norms_behind(self) -> Self {
        Self { pre_norms: false, post_norms: true, ..self }
    }
}

impl QueryScale {
    /// The factor at a position, computed in f64.
    pub fn at(&self, position: usize) -> f32 {
        let contexts = (position / self.original_context) as f64;
        (1.0 + f64::from(self.beta) * (1.0 + contexts).ln()) as f32
    }
}

impl AttentionSpec {
    /// The number of elements of one token's queries.
    pub fn query_len(&self) -> usize {
        self.n_heads * self.head_dim
    }

    /// The number of rows of `attn_q`: queries, and gates if there are any.
    pub fn query_rows(&self) -> usize {
        if self.gated { 2 * self.query_len() } else { self.query_len() }
    }

    /// The number of elements of one token's keys, which is also that of its values.
    pub fn kv_len(&self) -> usize {
        self.n_kv_heads * self.head_dim
    }
}

impl AttentionBiases {
    /// Biases on query, key and value, none on the output.
    pub const QKV: Self = Self { query: true, key: true, value: true, output: false };
}
