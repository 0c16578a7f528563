//! `mistral`: llama with a sliding window in every layer.
//!
//! GGUF has no architecture name for it: it is `llama`, and `llama.attention.sliding_window` stores the window, which llama.cpp
//! ignores. Source: transformers `models/mistral`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::llama;
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};

pub(super) const MISTRAL: Architecture = Architecture { model_types: &["mistral"], convert, ..llama::LLAMA };

const DEFAULTS: Defaults = Defaults {
    vocab_size: 32000,
    context_length: 131_072,
    d_model: 4096,
    d_ff: 14336,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: Some(8),
    head_dim: None,
    norm_eps: 1e-6,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let window = config.nullable_count("sliding_window", 4096)?;
    let mut conversion = Conversion::new("llama", shape, llama::LAYER_TENSORS, tied).with_rope(&rope);
    if let Some(window) = window {
        conversion.keys.count("attention.sliding_window", window);
    }
    Ok(conversion)
}
