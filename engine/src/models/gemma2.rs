//! `gemma2`: Gemma 2; every second layer has a sliding window, norms before and after each block, soft caps on scores and
//! logits.
//!
//! Source: transformers `models/gemma2`; llama.cpp `conversion/gemma.py`, `src/models/gemma2.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{Activation, AttentionSpec, DecoderSpec, LayerSpec, MlpSpec, RopeKind};

pub(super) const GEMMA2: Architecture =
    Architecture { model_types: &["gemma2"], gguf: "gemma2", convert, spec };

const LAYER_TENSORS: &[Mapping] = &[
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::AddOne),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "post_attention_norm.weight", Transform::AddOne),
    tensor("pre_feedforward_layernorm.weight", "ffn_norm.weight", Transform::AddOne),
    tensor("mlp.gate_proj.weight", "ffn_gate.weight", Transform::Keep),
    tensor("mlp.up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
    tensor("post_feedforward_layernorm.weight", "post_ffw_norm.weight", Transform::AddOne),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 256_000,
    context_length: 8192,
    d_model: 2304,
    d_ff: 9216,
    n_layers: 26,
    n_heads: 8,
    n_kv_heads: Some(4),
    head_dim: Some(256),
    norm_eps: 1e-6,
};

/// Sliding window if neither configuration nor GGUF sets one.
const DEFAULT_WINDOW: usize = 4096;

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.gemma_activation()?;
    config.must_be_off("attention_bias")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", true)?;
    let sliding = config.sliding_layers(shape.n_layers, slides)?;
    let mut conversion = Conversion::new("gemma2", shape, LAYER_TENSORS, tied).with_rope(&rope);
    conversion.final_norm.transform = Transform::AddOne;
    conversion.keys.number("attention.scale", query_scale(config)?);
    conversion.write_windows(config.count("sliding_window", DEFAULT_WINDOW)?, &sliding, slides);
    for (name, default) in [("attn_logit_softcapping", 50.0), ("final_logit_softcapping", 30.0)] {
        // Absent keys mean the defaults, so no cap is written as 0.
        conversion.keys.number(name, config.softcap(name, default)?.unwrap_or(0.0));
    }
    Ok(conversion)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let rope = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let windows = keys.windows_or(DEFAULT_WINDOW, shape.n_layers, slides)?;
    // llama.cpp's files do not record that the 27 billion model scales by the width of the residual stream.
    let is_27b = shape.n_layers == 46;
    let attention = AttentionSpec {
        scale: keys.gemma_scale(&shape, is_27b)?,
        softcap: keys.softcap("attn_logit_softcapping", Some(50.0))?,
        ..shape.attention(keys, rope)?
    };
    let layers = Shape::layers(&attention, &mlp(&shape, keys), windows);
    let final_softcap = keys.softcap("final_logit_softcapping", Some(30.0))?;
    Ok(DecoderSpec { final_softcap, ..decoder(&shape, keys, layers) })
}

/// The MLP of all gemmas: tanh GELU.
pub(super) fn mlp(shape: &Shape, keys: &Keys) -> MlpSpec {
    MlpSpec { activation: Activation::GeluTanh, ..shape.mlp(keys) }
}

/// The decoder parameters that all gemmas share.
pub(super) fn decoder(shape: &Shape, keys: &Keys, layers: Vec<LayerSpec>) -> DecoderSpec {
    let layers = layers.into_iter().map(|layer| LayerSpec { post_norms: true, ..layer }).collect();
    DecoderSpec { embedding_scale: (shape.d_model as f32).sqrt(), ..shape.decoder(keys, layers) }
}

/// Factor of q·k, from gemma's own setting instead of the width of a head.
pub(super) fn query_scale(config: &Fields) -> Result<f32, Error> {
    Ok((1.0 / f64::from(config.number("query_pre_attn_scalar", 256.0)?).sqrt()) as f32)
}

impl Keys<'_> {
    /// Factor of a gemma's q·k: its own key, or the value that llama.cpp derives from the size of the model.
    pub(super) fn gemma_scale(&self, shape: &Shape, is_27b: bool) -> Result<f32, Error> {
        let width = if is_27b { shape.d_model / shape.n_heads } else { shape.head_dim };
        let concluded = (1.0 / (width as f64).sqrt()) as f32;
        Ok(self.optional_number("attention.scale")?.unwrap_or(concluded))
    }
}

fn slides(layer_idx: usize) -> bool {
    layer_idx.is_multiple_of(2)
}
