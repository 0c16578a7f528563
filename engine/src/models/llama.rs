//! `llama`: Llama 2 and 3, TinyLlama, SmolLM2 and their many relatives.
//!
//! Source: transformers `models/llama`; llama.cpp `conversion/llama.py`, `src/models/llama.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, RopeKind};

pub(super) const LLAMA: Architecture = Architecture { model_types: &["llama"], gguf: "llama", convert, spec };

/// Tensors of a layer; rows of query and key are permuted, since GGUF's llama rotates neighbors.
pub(super) const LAYER_TENSORS: &[Mapping] = &[
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::Keep),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::PermuteQuery),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::PermuteKey),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "ffn_norm.weight", Transform::Keep),
    tensor("mlp.gate_proj.weight", "ffn_gate.weight", Transform::Keep),
    tensor("mlp.up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 32000,
    context_length: 2048,
    d_model: 4096,
    d_ff: 11008,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: None,
    head_dim: None,
    norm_eps: 1e-6,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    config.must_be_off("attention_bias")?;
    config.must_be_off("mlp_bias")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    Ok(Conversion::new("llama", shape, LAYER_TENSORS, tied).with_rope(&rope))
}

/// Derives the decoder; GGUF's `llama` includes mistral, whose window this reads.
fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let window = keys.window()?;
    let rope = keys.rope(RopeKind::Interleaved, shape.head_dim)?;
    let attention = AttentionSpec { window, ..shape.attention(keys, rope)? };
    let layer = LayerSpec::new(attention, shape.mlp(keys));
    Ok(shape.decoder(keys, vec![layer; shape.n_layers]))
}
