//! `lfm2` and `lfm2_moe`: short convolutions in most layers, attention in the others; the second with experts behind the first
//! layers.
//!
//! Source: transformers `models/lfm2`, `models/lfm2_moe`; llama.cpp `conversion/lfm2.py`, `src/models/lfm2.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::experts::ExpertsConfig;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{FinalNorm, Mapping, Transform, stack, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::shape::{Defaults, Shape};
use crate::backend::{
    AttentionSpec, DecoderSpec, Ffn, LayerSpec, Mixer, RopeKind, RouterScores, ShortConvSpec,
};

pub(super) const LFM2: Architecture = Architecture { model_types: &["lfm2"], gguf: "lfm2", convert, spec };
pub(super) const LFM2_MOE: Architecture =
    Architecture { model_types: &["lfm2_moe"], gguf: "lfm2moe", convert: convert_experts, spec };

/// Name of the last norm in files; older ones call it as most families do.
const OUTPUT_NORM: &str = "token_embd_norm";

const FINAL_NORM: FinalNorm = FinalNorm {
    checkpoint: "embedding_norm.weight",
    gguf: "token_embd_norm.weight",
    transform: Transform::Keep,
};

const LAYER_TENSORS: &[Mapping] = &[
    tensor("operator_norm.weight", "attn_norm.weight", Transform::Keep),
    tensor("conv.in_proj.weight", "shortconv.in_proj.weight", Transform::Keep),
    tensor("conv.conv.weight", "shortconv.conv.weight", Transform::Table),
    tensor("conv.out_proj.weight", "shortconv.out_proj.weight", Transform::Keep),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.q_layernorm.weight", "attn_q_norm.weight", Transform::Keep),
    tensor("self_attn.k_layernorm.weight", "attn_k_norm.weight", Transform::Keep),
    tensor("self_attn.out_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("ffn_norm.weight", "ffn_norm.weight", Transform::Keep),
    tensor("feed_forward.w1.weight", "ffn_gate.weight", Transform::Keep),
    tensor("feed_forward.w3.weight", "ffn_up.weight", Transform::Keep),
    tensor("feed_forward.w2.weight", "ffn_down.weight", Transform::Keep),
    tensor("feed_forward.gate.weight", "ffn_gate_inp.weight", Transform::Keep),
    tensor("feed_forward.expert_bias", "exp_probs_b.bias", Transform::Keep),
    stack("feed_forward.experts.{}.w1.weight", "ffn_gate_exps.weight"),
    stack("feed_forward.experts.{}.w3.weight", "ffn_up_exps.weight"),
    stack("feed_forward.experts.{}.w2.weight", "ffn_down_exps.weight"),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 65536,
    context_length: 128_000,
    d_model: 2560,
    d_ff: 12288,
    n_layers: 32,
    n_heads: 32,
    n_kv_heads: Some(8),
    head_dim: None,
    norm_eps: 1e-5,
};

const MOE_DEFAULTS: Defaults = Defaults { d_model: 2048, d_ff: 7168, ..DEFAULTS };

const FAMILY: ExpertsConfig = ExpertsConfig {
    n_experts: 32,
    n_used: 4,
    d_ff: 1792,
    shared_d_ff: None,
    scores: RouterScores::Sigmoid,
    renormalized: true,
    scale: 1.0,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    let mut shape = shape(config, &DEFAULTS)?;
    shape.d_ff = dense_width(config, shape.d_ff)?;
    common(config, "lfm2", shape)
}

fn convert_experts(config: &Fields) -> Result<Conversion, Error> {
    let experts = ExpertsConfig {
        n_experts: ExpertsConfig::count(config, FAMILY.n_experts)?,
        n_used: config.count("num_experts_per_tok", FAMILY.n_used)?,
        d_ff: config.count("moe_intermediate_size", FAMILY.d_ff)?,
        renormalized: config.flag("norm_topk_prob", true)?,
        scale: config.number("routed_scaling_factor", 1.0)?,
        ..FAMILY
    };
    experts
        .check(|used, rule| config.invalid(if used { "num_experts_per_tok" } else { "num_experts" }, rule))?;
    let mut conversion = common(config, "lfm2moe", shape(config, &MOE_DEFAULTS)?)?;
    let n_dense = config.index("num_dense_layers", 2)?;
    conversion.keys.count("leading_dense_block_count", n_dense);
    Ok(conversion.with_experts(&experts))
}

/// The shape; the norms' epsilon has another name than elsewhere.
fn shape(config: &Fields, defaults: &Defaults) -> Result<Shape, Error> {
    let norm_eps = config.number("norm_eps", defaults.norm_eps)?;
    Ok(Shape { norm_eps, ..Shape::from_config(config, defaults)? })
}

/// Rows of the MLP's gate, which early configurations state before an adjustment.
fn dense_width(config: &Fields, d_ff: usize) -> Result<usize, Error> {
    let stated = config.count("block_ff_dim", d_ff)?;
    if !config.flag("block_auto_adjust_ff_dim", true)? {
        return Ok(stated);
    }
    let multiplier = f64::from(config.number("block_ffn_dim_multiplier", 1.0)?);
    let adjusted = (multiplier * (2 * stated / 3) as f64) as usize;
    Ok(adjusted.next_multiple_of(config.count("block_multiple_of", 256)?))
}

fn common(config: &Fields, gguf: &'static str, shape: Shape) -> Result<Conversion, Error> {
    config.must_be_off("conv_bias")?;
    let default_base = 1e6;
    let rope = RopeConfig::read(config, RopeContext::of(&shape, default_base))?;
    let tied = config.flag("tie_embedding", config.flag("tie_word_embeddings", true)?)?;
    let attention_layers = config.indices("full_attn_idxs", shape.n_layers)?;
    let attends = config.layers_of_or(shape.n_layers, ["full_attention", "conv"], |layer_idx| {
        attention_layers.as_ref().is_none_or(|layers| layers.contains(&layer_idx))
    })?;
    let n_kv_heads: Vec<usize> =
        attends.into_iter().map(|attends| if attends { shape.n_kv_heads } else { 0 }).collect();
    let mut conversion = Conversion::new(gguf, shape, LAYER_TENSORS, tied).with_rope(&rope);
    conversion.final_norm = FINAL_NORM;
    conversion.keys.counts("attention.head_count_kv", &n_kv_heads);
    conversion.keys.count("shortconv.l_cache", config.count("conv_L_cache", 3)?);
    Ok(conversion)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let n_kv_heads = keys.counts("attention.head_count_kv", keys.count("block_count")?)?;
    let most = n_kv_heads.iter().copied().max().unwrap_or(0).max(1);
    let shape = Shape::from_gguf_with(keys, most)?;
    if n_kv_heads.iter().any(|&n| n != 0 && n != most) {
        return Err(keys.invalid("attention.head_count_kv", "one number for all layers with attention"));
    }
    let rope = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let attention = AttentionSpec { qk_norm: true, fused_qkv: false, ..shape.attention(keys, rope)? };
    let kernel = keys.count("shortconv.l_cache")?;
    let experts = match keys.optional_count("expert_count")? {
        Some(_) => Some(ExpertsConfig::read(keys, &FAMILY)?),
        None => None,
    };
    let n_dense = keys.index("leading_dense_block_count", 0)?;
    let mlp = shape.mlp(keys);
    let layers = n_kv_heads.iter().enumerate().map(|(layer_idx, &n_kv_heads)| {
        let layer = LayerSpec::new(attention.clone(), mlp.clone());
        LayerSpec {
            mixer: if n_kv_heads == 0 { Mixer::ShortConv(ShortConvSpec { kernel }) } else { layer.mixer },
            ffn: match &experts {
                Some(experts) if layer_idx >= n_dense => Ffn::Experts(experts.block(keys, layer_idx, &mlp)),
                _ => layer.ffn,
            },
            ..layer
        }
    });
    let layers = layers.collect();
    let is_old = keys.has("output_norm.weight");
    let plain = shape.decoder(keys, layers);
    let output_norm = if is_old { plain.output_norm } else { OUTPUT_NORM };
    Ok(DecoderSpec { output_norm, ..plain })
}
