//! `qwen3`: Qwen 3; query and key are normalized per head (QK norm), and the width of a head is independent.
//!
//! Source: transformers `models/qwen3`; llama.cpp `conversion/qwen.py`, `src/models/qwen3.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, RopeKind};

pub(super) const QWEN3: Architecture = Architecture { model_types: &["qwen3"], gguf: "qwen3", convert, spec };

const LAYER_TENSORS: &[Mapping] = &[
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::Keep),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.q_norm.weight", "attn_q_norm.weight", Transform::Keep),
    tensor("self_attn.k_norm.weight", "attn_k_norm.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "ffn_norm.weight", Transform::Keep),
    tensor("mlp.gate_proj.weight", "ffn_gate.weight", Transform::Keep),
    tensor("mlp.up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 151_936,
    context_length: 32768,
    d_model: 4096,
    d_ff: 22016,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: Some(32),
    head_dim: Some(128),
    norm_eps: 1e-6,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    config.must_be_off("attention_bias")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let conversion = Conversion::new("qwen3", shape, LAYER_TENSORS, tied).with_rope(&rope);
    conversion.with_upper_windows(config)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let rope = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let windows = keys.windows(shape.n_layers, |_| true)?;
    let attention = AttentionSpec { qk_norm: true, ..shape.attention(keys, rope)? };
    Ok(shape.decoder(keys, Shape::layers(&attention, &shape.mlp(keys), windows)))
}
