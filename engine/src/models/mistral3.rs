//! `mistral3`: Ministral 3 and Devstral 2; llama with YaRN, whose queries grow beyond the original context.
//!
//! Checkpoints have `model_type` `ministral3`, or `mistral3` with a `text_config` beside the vision part, which is ignored; that
//! of Mistral Small 3 is an ordinary `mistral`. Source: transformers `models/ministral3`; llama.cpp `conversion/mistral3.py`,
//! `src/models/mistral3.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::llama;
use super::rope::{RopeConfig, RopeContext, Scaling};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, QueryScale, RopeKind, RopeScaling};

pub(super) const MISTRAL3: Architecture =
    Architecture { model_types: &["ministral3", "mistral3"], gguf: "mistral3", convert, spec };

const DEFAULTS: Defaults = Defaults {
    vocab_size: 131_072,
    context_length: 262_144,
    d_model: 4096,
    d_ff: 14336,
    n_layers: 34,
    n_heads: 32,
    n_kv_heads: Some(8),
    head_dim: Some(128),
    norm_eps: 1e-5,
};

/// Key of the factor of queries beyond the original context.
const TEMPERATURE: &str = "attention.temperature_scale";

fn convert(config: &Fields) -> Result<Conversion, Error> {
    let nested = config.object("text_config")?;
    let text = nested.as_ref().unwrap_or(config);
    text.only("model_type", &["ministral3", "mistral", "mistral3"], "ministral3 or mistral")?;
    text.only("hidden_act", &["silu"], "silu for this architecture")?;
    let shape = Shape::from_config(text, &DEFAULTS)?;
    let rope = RopeConfig::read(text, RopeContext::of(&shape, 1e6))?;
    let tied = text.flag("tie_word_embeddings", config.flag("tie_word_embeddings", false)?)?;
    let window = text.optional_count("sliding_window")?;
    let mut conversion = Conversion::new("mistral3", shape, llama::LAYER_TENSORS, tied).with_rope(&rope);
    if let Some(window) = window {
        conversion.keys.count("attention.sliding_window", window);
    }
    if let Some(parameters) = text.object("rope_parameters")?
        && let Some(beta) = parameters.optional_number("llama_4_scaling_beta")?
    {
        // GGUF has no context for it but YaRN's.
        if !matches!(rope.scaling, Scaling::Yarn(_)) {
            return Err(parameters.invalid("llama_4_scaling_beta", "absent without YaRN"));
        }
        conversion.keys.number(TEMPERATURE, beta);
    }
    Ok(conversion)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let rope = keys.rope(RopeKind::Interleaved, shape.head_dim)?;
    let query_scale = match (&rope.scaling, keys.optional_scale(TEMPERATURE)?) {
        (_, None) => None,
        (RopeScaling::Yarn(yarn), Some(beta)) => {
            Some(QueryScale { beta, original_context: yarn.original_context })
        }
        _ => return Err(keys.invalid(TEMPERATURE, "absent without YaRN")),
    };
    let attention = AttentionSpec { query_scale, window: keys.window()?, ..shape.attention(keys, rope)? };
    let layer = LayerSpec::new(attention, shape.mlp(keys));
    Ok(shape.decoder(keys, vec![layer; shape.n_layers]))
}
