//! `qwen3_moe`: Qwen 3 with a mixture of experts in place of the MLP.
//!
//! Source: transformers `models/qwen3_moe`; llama.cpp `conversion/qwen.py`, `src/models/qwen3moe.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::experts::ExpertsConfig;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{Mapping, Transform, stack, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{AttentionSpec, DecoderSpec, Ffn, LayerSpec, RopeKind, RouterScores};

pub(super) const QWEN3_MOE: Architecture =
    Architecture { model_types: &["qwen3_moe"], gguf: "qwen3moe", convert, spec };

const LAYER_TENSORS: &[Mapping] = &[
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::Keep),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.q_norm.weight", "attn_q_norm.weight", Transform::Keep),
    tensor("self_attn.k_norm.weight", "attn_k_norm.weight", Transform::Keep),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("post_attention_layernorm.weight", "ffn_norm.weight", Transform::Keep),
    tensor("mlp.gate.weight", "ffn_gate_inp.weight", Transform::Keep),
    stack("mlp.experts.{}.gate_proj.weight", "ffn_gate_exps.weight"),
    stack("mlp.experts.{}.up_proj.weight", "ffn_up_exps.weight"),
    stack("mlp.experts.{}.down_proj.weight", "ffn_down_exps.weight"),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 151_936,
    context_length: 32768,
    d_model: 2048,
    d_ff: 6144,
    n_layers: 24,
    n_heads: 32,
    n_kv_heads: Some(4),
    head_dim: None,
    norm_eps: 1e-6,
};

/// What the family's files imply: llama.cpp normalizes the weights whatever the configuration says.
const FAMILY: ExpertsConfig = ExpertsConfig {
    n_experts: 128,
    n_used: 8,
    d_ff: 768,
    shared_d_ff: None,
    scores: RouterScores::Softmax,
    renormalized: true,
    scale: 1.0,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    config.only("hidden_act", &["silu"], "silu for this architecture")?;
    config.must_be_off("attention_bias")?;
    if config.count("decoder_sparse_step", 1)? != 1 {
        return Err(config.invalid("decoder_sparse_step", "1: experts in every layer"));
    }
    if !config.is_empty_list("mlp_only_layers") {
        return Err(config.invalid("mlp_only_layers", "an empty list: experts in every layer"));
    }
    let shape = Shape::from_config(config, &DEFAULTS)?;
    let experts = ExpertsConfig {
        n_experts: ExpertsConfig::count(config, FAMILY.n_experts)?,
        n_used: config.count("num_experts_per_tok", FAMILY.n_used)?,
        d_ff: config.count("moe_intermediate_size", FAMILY.d_ff)?,
        renormalized: config.flag("norm_topk_prob", false)?,
        ..FAMILY
    };
    experts
        .check(|used, rule| config.invalid(if used { "num_experts_per_tok" } else { "num_experts" }, rule))?;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, 1e4))?;
    let tied = config.flag("tie_word_embeddings", false)?;
    let conversion = Conversion::new("qwen3moe", shape, LAYER_TENSORS, tied).with_rope(&rope);
    conversion.with_experts(&experts).with_upper_windows(config)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let shape = Shape::from_gguf(keys)?;
    let experts = ExpertsConfig::read(keys, &FAMILY)?;
    let rope = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let windows = keys.windows(shape.n_layers, |_| true)?;
    let attention = AttentionSpec { qk_norm: true, ..shape.attention(keys, rope)? };
    let mlp = shape.mlp(keys);
    let layers =
        Shape::layers(&attention, &mlp, windows).into_iter().enumerate().map(|(layer_idx, layer)| {
            LayerSpec { ffn: Ffn::Experts(experts.block(keys, layer_idx, &mlp)), ..layer }
        });
    Ok(shape.decoder(keys, layers.collect()))
}
