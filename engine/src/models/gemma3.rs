//! `gemma3`: the text part of Gemma 3; five of six layers have a sliding window and their own RoPE base.
//!
//! Checkpoints have `model_type` `gemma3_text`, or `gemma3` with a `text_config` beside the vision part, which is ignored.
//! Source: transformers `models/gemma3`; llama.cpp `conversion/gemma.py`, `src/models/gemma3.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::gemma2;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext, Scaling};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, Rope, RopeKind, RopeScaling};

pub(super) const GEMMA3: Architecture =
    Architecture { model_types: &["gemma3", "gemma3_text"], gguf: "gemma3", convert, spec };

const LAYER_TENSORS: &[Mapping] = &[
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::AddOne),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.q_norm.weight", "attn_q_norm.weight", Transform::AddOne),
    tensor("self_attn.k_norm.weight", "attn_k_norm.weight", Transform::AddOne),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "post_attention_norm.weight", Transform::AddOne),
    tensor("pre_feedforward_layernorm.weight", "ffn_norm.weight", Transform::AddOne),
    tensor("mlp.gate_proj.weight", "ffn_gate.weight", Transform::Keep),
    tensor("mlp.up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
    tensor("post_feedforward_layernorm.weight", "post_ffw_norm.weight", Transform::AddOne),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 262_208,
    context_length: 131_072,
    d_model: 2304,
    d_ff: 9216,
    n_layers: 26,
    n_heads: 8,
    n_kv_heads: Some(4),
    head_dim: Some(256),
    norm_eps: 1e-6,
};

/// Every layer of this interval has full attention.
const DEFAULT_PATTERN: usize = 6;

fn convert(config: &Fields) -> Result<Conversion, Error> {
    let nested = config.object("text_config")?;
    let text = nested.as_ref().unwrap_or(config);
    text.gemma_activation()?;
    text.must_be_off("attention_bias")?;
    text.must_be_off("use_bidirectional_attention")?;
    let shape = Shape::from_config(text, &DEFAULTS)?;
    let full = RopeConfig::read_layer_type(text, "full_attention", RopeContext::of(&shape, 1e6))?;
    let local = RopeConfig::read_layer_type(text, "sliding_attention", RopeContext::of(&shape, 1e4))?;
    if local.scaling != Scaling::None {
        return Err(text.invalid("rope_parameters", "without scaling for sliding_attention"));
    }
    let tied = config.flag("tie_word_embeddings", true)? && text.flag("tie_word_embeddings", true)?;
    let pattern = text.count("sliding_window_pattern", DEFAULT_PATTERN)?;
    let sliding = text.sliding_layers(shape.n_layers, |layer_idx| slides(layer_idx, pattern))?;
    let mut conversion = Conversion::new("gemma3", shape, LAYER_TENSORS, tied).with_rope(&full);
    conversion.final_norm.transform = Transform::AddOne;
    conversion.keys.number("rope.freq_base_swa", local.base);
    conversion.keys.number("attention.scale", gemma2::query_scale(text)?);
    let default = |layer_idx| slides(layer_idx, DEFAULT_PATTERN);
    conversion.write_windows(text.count("sliding_window", 4096)?, &sliding, default);
    if let Some(cap) = text.optional_number("final_logit_softcapping")? {
        conversion.keys.number("final_logit_softcapping", cap);
    }
    Ok(conversion)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let full = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let base = keys.optional_number("rope.freq_base_swa")?.unwrap_or(1e4);
    let local = Rope { base, scaling: RopeScaling::None, ..full.clone() };
    let windows = keys.windows(shape.n_layers, |layer_idx| slides(layer_idx, DEFAULT_PATTERN))?;
    // llama.cpp's files do not record that the 27 billion model scales by the width of the residual stream.
    let is_27b = shape.n_layers == 62;
    let full = AttentionSpec {
        scale: keys.gemma_scale(&shape, is_27b)?,
        qk_norm: true,
        ..shape.attention(keys, full)?
    };
    let mlp = gemma2::mlp(&shape, keys);
    let layer = |window: Option<usize>| {
        let rope = if window.is_some() { Some(local.clone()) } else { full.rope.clone() };
        LayerSpec::new(AttentionSpec { rope, window, ..full.clone() }, mlp.clone())
    };
    let layers = windows.into_iter().map(layer).collect();
    let final_softcap = keys.softcap("final_logit_softcapping", None)?;
    Ok(DecoderSpec { final_softcap, ..gemma2::decoder(&shape, keys, layers) })
}

fn slides(layer_idx: usize, pattern: usize) -> bool {
    !(layer_idx + 1).is_multiple_of(pattern)
}
