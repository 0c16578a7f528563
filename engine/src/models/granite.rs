//! `granite`: Granite 3 and 4.1; llama with factors of embedding, attention, residual stream and logits.
//!
//! Source: transformers `models/granite`; llama.cpp `conversion/granite.py`, `src/models/granite.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::llama;
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape, attention_biases, mlp_biases};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, MlpSpec, RopeKind};

pub(super) const GRANITE: Architecture =
    Architecture { model_types: &["granite"], gguf: "granite", convert, spec };

const DEFAULTS: Defaults = Defaults {
    vocab_size: 32000,
    context_length: 2048,
    d_model: 4096,
    d_ff: 11008,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: None,
    head_dim: None,
    norm_eps: 1e-6,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let layers = llama::layer_tensors(config)?;
    let mut conversion = Conversion::new("granite", shape, layers, tied).with_rope(&rope);
    for (field, key) in [
        ("attention_multiplier", "attention.scale"),
        ("embedding_multiplier", "embedding_scale"),
        ("residual_multiplier", "residual_scale"),
        ("logits_scaling", "logit_scale"),
    ] {
        conversion.keys.number(key, config.number(field, 1.0)?);
    }
    Ok(conversion)
}

/// Derives the decoder; `logit_scale` is a divisor, as in the configuration.
fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let rope = keys.rope(RopeKind::Interleaved, shape.head_dim)?;
    let (attention, mlp) = (shape.attention(keys, rope)?, shape.mlp(keys));
    let residual_scale = keys.scale("residual_scale")?;
    let layer = |layer_idx| {
        let attention = AttentionSpec { biases: attention_biases(keys, layer_idx), ..attention.clone() };
        let mlp = MlpSpec { biases: mlp_biases(keys, layer_idx, ""), ..mlp.clone() };
        LayerSpec { residual_scale, ..LayerSpec::new(attention, mlp) }
    };
    Ok(DecoderSpec {
        embedding_scale: keys.scale("embedding_scale")?,
        logit_scale: 1.0 / keys.scale("logit_scale")?,
        ..shape.decoder(keys, (0..shape.n_layers).map(layer).collect())
    })
}
