//! `llama`: Llama 2 and 3, TinyLlama, SmolLM2 and their many relatives.
//!
//! Source: transformers `models/llama`; llama.cpp `conversion/llama.py`, `src/models/llama.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape, attention_biases, mlp_biases};
use crate::backend::{AttentionSpec, DecoderSpec, LayerSpec, MlpSpec, RopeKind};

pub(super) const LLAMA: Architecture = Architecture { model_types: &["llama"], gguf: "llama", convert, spec };

/// Tensors of a layer; rows of query and key are permuted, since GGUF's llama rotates neighbors.
pub(super) const LAYER_TENSORS: &[Mapping] = WITH_ATTENTION_BIASES.split_at(N_ATTENTION_BIASES).1;
/// The same with biases of attention.
const WITH_ATTENTION_BIASES: &[Mapping] = WITH_BIASES.split_at(N_ATTENTION_BIASES + N_MATRICES).0;
/// The same with biases of the MLP.
const WITH_MLP_BIASES: &[Mapping] = WITH_BIASES.split_at(N_ATTENTION_BIASES).1;

const N_ATTENTION_BIASES: usize = 4;
const N_MATRICES: usize = 9;

/// All tensors: the biases of attention, those that every model has, the biases of the MLP.
const WITH_BIASES: &[Mapping] = &[
    tensor("self_attn.q_proj.bias", "attn_q.bias", Transform::PermuteQuery),
    tensor("self_attn.k_proj.bias", "attn_k.bias", Transform::PermuteKey),
    tensor("self_attn.v_proj.bias", "attn_v.bias", Transform::Keep),
    tensor("self_attn.o_proj.bias", "attn_output.bias", Transform::Keep),
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::Keep),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::PermuteQuery),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::PermuteKey),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "ffn_norm.weight", Transform::Keep),
    tensor("mlp.gate_proj.weight", "ffn_gate.weight", Transform::Keep),
    tensor("mlp.up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
    tensor("mlp.gate_proj.bias", "ffn_gate.bias", Transform::Keep),
    tensor("mlp.up_proj.bias", "ffn_up.bias", Transform::Keep),
    tensor("mlp.down_proj.bias", "ffn_down.bias", Transform::Keep),
];

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
    let layers = layer_tensors(config)?;
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    Ok(Conversion::new("llama", shape, layers, tied).with_rope(&rope))
}

/// The tensors of a layer, with the biases that the configuration states.
pub(super) fn layer_tensors(config: &Fields) -> Result<&'static [Mapping], Error> {
    Ok(match (config.flag("attention_bias", false)?, config.flag("mlp_bias", false)?) {
        (false, false) => LAYER_TENSORS,
        (true, false) => WITH_ATTENTION_BIASES,
        (false, true) => WITH_MLP_BIASES,
        (true, true) => WITH_BIASES,
    })
}

/// Derives the decoder; GGUF's `llama` includes mistral, whose window this reads.
fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let window = keys.window()?;
    let rope = keys.rope(RopeKind::Interleaved, shape.head_dim)?;
    let attention = AttentionSpec { window, ..shape.attention(keys, rope)? };
    let mlp = shape.mlp(keys);
    // A file's layers may differ in their biases.
    let layer = |layer_idx| {
        let attention = AttentionSpec { biases: attention_biases(keys, layer_idx), ..attention.clone() };
        LayerSpec::new(attention, MlpSpec { biases: mlp_biases(keys, layer_idx, ""), ..mlp.clone() })
    };
    Ok(shape.decoder(keys, (0..shape.n_layers).map(layer).collect()))
}
