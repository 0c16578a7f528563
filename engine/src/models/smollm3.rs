//! `smollm3`: SmolLM3; llama whose every fourth layer attends without positions (NoPE).
//!
//! Source: transformers `models/smollm3`; llama.cpp `conversion/smollm.py`, `src/models/smollm3.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::llama;
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, RopeKind};

pub(super) const SMOLLM3: Architecture =
    Architecture { model_types: &["smollm3"], gguf: "smollm3", convert, spec };

const DEFAULTS: Defaults = Defaults {
    vocab_size: 128_256,
    context_length: 32768,
    d_model: 2048,
    d_ff: 11008,
    n_layers: 36,
    n_heads: 16,
    n_kv_heads: Some(4),
    head_dim: None,
    norm_eps: 1e-6,
};

/// Every layer of this interval has no positions.
const INTERVAL: usize = 4;

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    for name in ["attention_bias", "mlp_bias", "use_sliding_window"] {
        config.must_be_off(name)?;
    }
    let shape = Shape::from_config(config, &DEFAULTS)?;
    // GGUF has no key for it: llama.cpp knows this interval alone.
    if config.count("no_rope_layer_interval", INTERVAL)? != INTERVAL {
        return Err(config.invalid("no_rope_layer_interval", "4"));
    }
    if let Some(list) = config.value("no_rope_layers") {
        let wanted = |(layer_idx, flag): (usize, &serde_json::Value)| {
            flag.as_u64() == Some(u64::from(rotates(layer_idx)))
        };
        let list = list.as_array().filter(|list| list.len() >= shape.n_layers);
        if !list.is_some_and(|list| list.iter().take(shape.n_layers).enumerate().all(wanted)) {
            return Err(config.invalid("no_rope_layers", "0 for every fourth layer and 1 for the others"));
        }
    }
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 2e6))?;
    let tied = config.flag("tie_word_embeddings", true)?;
    Ok(Conversion::new("smollm3", shape, llama::LAYER_TENSORS, tied).with_rope(&rope))
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let rope = keys.rope(RopeKind::Interleaved, shape.head_dim)?;
    let attention = shape.attention(keys, rope)?;
    let layer = |layer_idx| {
        let rope = attention.rope.clone().filter(|_| rotates(layer_idx));
        LayerSpec::new(AttentionSpec { rope, ..attention.clone() }, shape.mlp(keys))
    };
    Ok(shape.decoder(keys, (0..shape.n_layers).map(layer).collect()))
}

fn rotates(layer_idx: usize) -> bool {
    !(layer_idx + 1).is_multiple_of(INTERVAL)
}
