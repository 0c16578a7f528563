//! `phi3`: Phi-3, Phi-3.5 and Phi-4; query, key and value are fused into one matrix, gate and up into another.
//!
//! The models with 128 Ki tokens of context scale frequencies by two lists of divisors (longrope), which GGUF stores as
//! tensors. Source: transformers `models/phi3`; llama.cpp `conversion/phi.py`, `src/models/phi3.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, MlpSpec, RopeKind};

pub(super) const PHI3: Architecture = Architecture { model_types: &["phi3"], gguf: "phi3", convert, spec };

const LAYER_TENSORS: &[Mapping] = &[
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::Keep),
    tensor("self_attn.qkv_proj.weight", "attn_qkv.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "ffn_norm.weight", Transform::Keep),
    tensor("mlp.gate_up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 32064,
    context_length: 4096,
    d_model: 3072,
    d_ff: 8192,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: None,
    head_dim: None,
    norm_eps: 1e-5,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let original = config.count("original_max_position_embeddings", 4096)?;
    let context = RopeContext { default_original: original, ..RopeContext::of(&shape, 1e4) };
    let rope = RopeConfig::read(config, context)?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let window = config.optional_count("sliding_window")?;
    let mut conversion = Conversion::new("phi3", shape, LAYER_TENSORS, tied).with_rope(&rope);
    conversion.keys.count("rope.scaling.original_context_length", original);
    // llama.cpp requires the key even without a window.
    conversion.keys.count("attention.sliding_window", window.unwrap_or(0));
    Ok(conversion)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let window = keys.window()?;
    let rope = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let attention = AttentionSpec { window, ..shape.attention(keys, rope)? };
    let mlp = MlpSpec { fused_gate_up: true, ..shape.mlp(keys) };
    Ok(shape.decoder(keys, vec![LayerSpec::new(attention, mlp); shape.n_layers]))
}
