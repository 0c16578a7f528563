//! `exaone4`: EXAONE 4; norms only behind the blocks, QK norm, and in the large model three of four layers with a sliding
//! window, of which the others have no positions (NoPE).
//!
//! Source: transformers `models/exaone4`; llama.cpp `conversion/exaone.py`, `src/models/exaone4.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::olmo2;
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, RopeKind};

pub(super) const EXAONE4: Architecture =
    Architecture { model_types: &["exaone4"], gguf: "exaone4", convert, spec };

const DEFAULTS: Defaults = Defaults {
    vocab_size: 102_400,
    context_length: 2048,
    d_model: 4096,
    d_ff: 16384,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: Some(32),
    head_dim: None,
    norm_eps: 1e-5,
};

/// Every layer of this interval has full attention.
const DEFAULT_PATTERN: usize = 4;

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let n_layers = shape.n_layers;
    let mut conversion = Conversion::new("exaone4", shape, olmo2::LAYER_TENSORS, tied).with_rope(&rope);
    if let Some(window) = config.nullable_count("sliding_window", 4096)? {
        let sliding = sliding_layers(config, n_layers)?;
        conversion.write_windows(window, &sliding, |layer_idx| slides(layer_idx, DEFAULT_PATTERN));
    }
    Ok(conversion)
}

/// The layers with a window: a list, a number as in gemma 3, or letters that repeat, such as `LLLG`; the last layer has full
/// attention then.
fn sliding_layers(config: &Fields, n_layers: usize) -> Result<Vec<bool>, Error> {
    let name = "sliding_window_pattern";
    let Some(letters) = config.value(name).and_then(serde_json::Value::as_str) else {
        let pattern = config.count(name, DEFAULT_PATTERN)?;
        return config.sliding_layers(n_layers, |layer_idx| slides(layer_idx, pattern));
    };
    if letters.is_empty() || !letters.bytes().all(|letter| matches!(letter, b'L' | b'G')) {
        return Err(config.invalid(name, "a number, or the letters L and G"));
    }
    let letters = letters.as_bytes();
    let local = |layer_idx: usize| layer_idx + 1 < n_layers && letters[layer_idx % letters.len()] == b'L';
    config.sliding_layers(n_layers, local)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let rope = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let attention = AttentionSpec { qk_norm: true, ..shape.attention(keys, rope)? };
    let has_windows = keys.window()?.is_some();
    let layer = |window: Option<usize>| {
        let rope = attention.rope.clone().filter(|_| window.is_some() || !has_windows);
        let attention = AttentionSpec { rope, window, ..attention.clone() };
        LayerSpec::new(attention, shape.mlp(keys)).with_norms_behind()
    };
    let windows = keys.windows(shape.n_layers, |layer_idx| slides(layer_idx, DEFAULT_PATTERN))?;
    Ok(shape.decoder(keys, windows.into_iter().map(layer).collect()))
}

fn slides(layer_idx: usize, pattern: usize) -> bool {
    !(layer_idx + 1).is_multiple_of(pattern)
}
