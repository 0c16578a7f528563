//! `glm4`: GLM-4 0414 (9B, 32B), dense; norms before and behind the blocks, half of each head rotates, in neighboring pairs.
//!
//! Source: transformers `models/glm4`; llama.cpp `conversion/glm.py`, `src/models/glm4.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{DecoderSpec, LayerSpec, MlpSpec, RopeKind};

pub(super) const GLM4: Architecture = Architecture { model_types: &["glm4"], gguf: "glm4", convert, spec };

const N_BIASES: usize = 3;

/// The biases of query, key and value, and the tensors that every model has.
const WITH_BIASES: &[Mapping] = &[
    tensor("self_attn.q_proj.bias", "attn_q.bias", Transform::Keep),
    tensor("self_attn.k_proj.bias", "attn_k.bias", Transform::Keep),
    tensor("self_attn.v_proj.bias", "attn_v.bias", Transform::Keep),
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::Keep),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_self_attn_layernorm.weight", "post_attention_norm.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "ffn_norm.weight", Transform::Keep),
    tensor("mlp.gate_up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
    tensor("post_mlp_layernorm.weight", "post_ffw_norm.weight", Transform::Keep),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 151_552,
    context_length: 131_072,
    d_model: 4096,
    d_ff: 13696,
    n_layers: 40,
    n_heads: 32,
    n_kv_heads: Some(2),
    head_dim: Some(128),
    norm_eps: 1.5625e-7,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let context = RopeContext { default_partial: 0.5, ..RopeContext::of(&shape, 1e4) };
    let rope = RopeConfig::read(config, context)?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let first = if config.flag("attention_bias", true)? { 0 } else { N_BIASES };
    Ok(Conversion::new("glm4", shape, WITH_BIASES.split_at(first).1, tied).with_rope(&rope))
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let rope = keys.rope(RopeKind::Interleaved, shape.head_dim)?;
    let mlp = MlpSpec { fused_gate_up: true, ..shape.mlp(keys) };
    let layer = LayerSpec { post_norms: true, ..LayerSpec::new(shape.attention(keys, rope)?, mlp) };
    Ok(shape.decoder(keys, vec![layer; shape.n_layers]))
}
