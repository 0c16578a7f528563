//! `olmo2`: OLMo 2 and 3; norms only behind the blocks, QK norm over all heads together.
//!
//! Three of four layers of OLMo 3 have a sliding window, and frequencies without the scaling of the others; GGUF has no
//! architecture name of its own for it. Source: transformers `models/olmo2`, `models/olmo3`; llama.cpp `conversion/olmo.py`,
//! `src/models/olmo2.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext, Scaling};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, Rope, RopeKind, RopeScaling};

pub(super) const OLMO2: Architecture =
    Architecture { model_types: &["olmo2", "olmo3"], gguf: "olmo2", convert, spec };

/// Tensors of a layer with norms behind its blocks.
pub(super) const LAYER_TENSORS: &[Mapping] = &[
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.q_norm.weight", "attn_q_norm.weight", Transform::Keep),
    tensor("self_attn.k_norm.weight", "attn_k_norm.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "post_attention_norm.weight", Transform::Keep),
    tensor("mlp.gate_proj.weight", "ffn_gate.weight", Transform::Keep),
    tensor("mlp.up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
    tensor("post_feedforward_layernorm.weight", "post_ffw_norm.weight", Transform::Keep),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 50304,
    context_length: 2048,
    d_model: 4096,
    d_ff: 11008,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: None,
    head_dim: None,
    norm_eps: 1e-5,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    config.must_be_off("attention_bias")?;
    let is_3 = config.text("model_type")? == Some("olmo3");
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let full = RopeConfig::read(config, RopeContext::of(&shape, if is_3 { 5e5 } else { 1e4 }))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let n_layers = shape.n_layers;
    if !is_3 {
        return Ok(Conversion::new("olmo2", shape, LAYER_TENSORS, tied).with_rope(&full));
    }
    let local = RopeConfig::read_layer_type(config, "sliding_attention", RopeContext::of(&shape, full.base))?;
    if local != (RopeConfig { scaling: Scaling::None, ..full.clone() }) {
        return Err(config.invalid("rope_parameters", "without scaling for sliding_attention"));
    }
    let mut conversion = Conversion::new("olmo2", shape, LAYER_TENSORS, tied).with_rope(&full);
    let sliding = config.sliding_layers(n_layers, slides)?;
    if let Some(window) = config.nullable_count("sliding_window", 4096)? {
        conversion.write_windows(window, &sliding, slides);
    }
    Ok(conversion)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let full = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let local = Rope { scaling: RopeScaling::None, ..full.clone() };
    let attention =
        AttentionSpec { qk_norm: true, qk_norm_whole: true, ..shape.attention(keys, full.clone())? };
    let layer = |window: Option<usize>| {
        let rope = if window.is_some() { &local } else { &full };
        let attention = AttentionSpec { rope: Some(rope.clone()), window, ..attention.clone() };
        LayerSpec::new(attention, shape.mlp(keys)).with_norms_behind()
    };
    let layers = keys.windows(shape.n_layers, slides)?.into_iter().map(layer).collect();
    Ok(shape.decoder(keys, layers))
}

fn slides(layer_idx: usize) -> bool {
    !(layer_idx + 1).is_multiple_of(4)
}
