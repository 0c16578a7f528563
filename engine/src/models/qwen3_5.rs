//! `qwen3_5` and `qwen3_5_moe` (Qwen 3.5, 3.6 and 3.8): a gated delta rule in three of four layers, attention with a gated output
//! in the fourth; the second with experts.
//!
//! Checkpoints group value heads by the key head they use; GGUF lets them go round the key heads.
//!
//! Source: transformers `models/qwen3_5`, `models/qwen3_5_moe`; llama.cpp `conversion/qwen.py`, `src/models/qwen35.cpp`.

use super::architecture::{Architecture, Conversion};
use super::error::Error;
use super::experts::ExpertsConfig;
use super::fields::Fields;
use super::keys::Keys;
use super::names::{FinalNorm, Mapping, Transform, halves, stack, tensor};
use super::rope::{RopeConfig, RopeContext};
use super::row_order::ValueHeads;
use super::shape::{Defaults, Shape};
use crate::backend::{
    AttentionSpec, DecoderSpec, Ffn, GatedDeltaSpec, LayerSpec, Mixer, RopeKind, RouterScores,
};

pub(super) const QWEN3_5: Architecture =
    Architecture { model_types: &["qwen3_5", "qwen3_5_text"], gguf: "qwen35", convert, spec };
pub(super) const QWEN3_5_MOE: Architecture = Architecture {
    model_types: &["qwen3_5_moe", "qwen3_5_moe_text"],
    gguf: "qwen35moe",
    convert: convert_experts,
    spec,
};

/// Name of the norm before the feed-forward block.
const FFN_NORM: &str = "post_attention_norm";

const FINAL_NORM: FinalNorm = FinalNorm { transform: Transform::AddOne, ..FinalNorm::PLAIN };

const LAYER_TENSORS: &[Mapping] = &[
    tensor("input_layernorm.weight", "attn_norm.weight", Transform::AddOne),
    tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::Keep),
    tensor("self_attn.k_proj.weight", "attn_k.weight", Transform::Keep),
    tensor("self_attn.v_proj.weight", "attn_v.weight", Transform::Keep),
    tensor("self_attn.q_norm.weight", "attn_q_norm.weight", Transform::AddOne),
    tensor("self_attn.k_norm.weight", "attn_k_norm.weight", Transform::AddOne),
    tensor("self_attn.o_proj.weight", "attn_output.weight", Transform::Keep),
    tensor("linear_attn.in_proj_qkv.weight", "attn_qkv.weight", Transform::TileAfterKeys),
    tensor("linear_attn.in_proj_z.weight", "attn_gate.weight", Transform::TileValues),
    tensor("linear_attn.in_proj_b.weight", "ssm_beta.weight", Transform::TileHeads),
    tensor("linear_attn.in_proj_a.weight", "ssm_alpha.weight", Transform::TileHeads),
    tensor("linear_attn.conv1d.weight", "ssm_conv1d.weight", Transform::TableAfterKeys),
    tensor("linear_attn.A_log", "ssm_a", Transform::NegativeExp),
    tensor("linear_attn.dt_bias", "ssm_dt.bias", Transform::TileHeads),
    tensor("linear_attn.norm.weight", "ssm_norm.weight", Transform::Keep),
    tensor("linear_attn.out_proj.weight", "ssm_out.weight", Transform::TileColumns),
    tensor("post_attention_layernorm.weight", "post_attention_norm.weight", Transform::AddOne),
    tensor("mlp.gate_proj.weight", "ffn_gate.weight", Transform::Keep),
    tensor("mlp.up_proj.weight", "ffn_up.weight", Transform::Keep),
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
    tensor("mlp.gate.weight", "ffn_gate_inp.weight", Transform::Keep),
    tensor("mlp.shared_expert_gate.weight", "ffn_gate_inp_shexp.weight", Transform::Vector),
    tensor("mlp.shared_expert.gate_proj.weight", "ffn_gate_shexp.weight", Transform::Keep),
    tensor("mlp.shared_expert.up_proj.weight", "ffn_up_shexp.weight", Transform::Keep),
    tensor("mlp.shared_expert.down_proj.weight", "ffn_down_shexp.weight", Transform::Keep),
    halves("mlp.experts.gate_up_proj", "ffn_gate_exps.weight", "ffn_up_exps.weight"),
    tensor("mlp.experts.down_proj", "ffn_down_exps.weight", Transform::Keep),
    stack("mlp.experts.{}.gate_proj.weight", "ffn_gate_exps.weight"),
    stack("mlp.experts.{}.up_proj.weight", "ffn_up_exps.weight"),
    stack("mlp.experts.{}.down_proj.weight", "ffn_down_exps.weight"),
];

const DEFAULTS: Defaults = Defaults {
    vocab_size: 248_320,
    context_length: 32768,
    d_model: 4096,
    d_ff: 12288,
    n_layers: 32,
    n_heads: 16,
    n_kv_heads: Some(4),
    head_dim: Some(256),
    norm_eps: 1e-6,
};

const MOE_DEFAULTS: Defaults = Defaults { d_model: 2048, n_layers: 40, n_kv_heads: Some(2), ..DEFAULTS };

const FAMILY: ExpertsConfig = ExpertsConfig {
    n_experts: 256,
    n_used: 8,
    d_ff: 512,
    shared_d_ff: Some(512),
    scores: RouterScores::Softmax,
    renormalized: true,
    scale: 1.0,
};

fn convert(config: &Fields) -> Result<Conversion, Error> {
    common(config, "qwen35", &DEFAULTS)
}

fn convert_experts(config: &Fields) -> Result<Conversion, Error> {
    let text = config.object("text_config")?;
    let fields = text.as_ref().unwrap_or(config);
    let experts = ExpertsConfig {
        n_experts: ExpertsConfig::count(fields, FAMILY.n_experts)?,
        n_used: fields.count("num_experts_per_tok", FAMILY.n_used)?,
        d_ff: fields.count("moe_intermediate_size", FAMILY.d_ff)?,
        shared_d_ff: Some(fields.count("shared_expert_intermediate_size", 512)?),
        ..FAMILY
    };
    experts
        .check(|used, rule| fields.invalid(if used { "num_experts_per_tok" } else { "num_experts" }, rule))?;
    Ok(common(config, "qwen35moe", &MOE_DEFAULTS)?.with_experts(&experts))
}

/// What both have in common; models with a vision part have the decoder's configuration nested.
fn common(config: &Fields, gguf: &'static str, defaults: &Defaults) -> Result<Conversion, Error> {
    let text = config.object("text_config")?;
    let fields = text.as_ref().unwrap_or(config);
    fields.only("hidden_act", &["silu"], "silu for this architecture")?;
    fields.must_be_off("attention_bias")?;
    let shape = Shape::from_config(fields, defaults)?;
    let (n_key_heads, n_value_heads) =
        (fields.count("linear_num_key_heads", 16)?, fields.count("linear_num_value_heads", 32)?);
    if !n_value_heads.is_multiple_of(n_key_heads) {
        return Err(fields.invalid("linear_num_value_heads", "a multiple of linear_num_key_heads"));
    }
    let (key_dim, value_dim) =
        (fields.count("linear_key_head_dim", 128)?, fields.count("linear_value_head_dim", 128)?);
    if key_dim != value_dim {
        return Err(fields.invalid("linear_value_head_dim", "linear_key_head_dim, as GGUF has one of both"));
    }
    let rope =
        RopeConfig::read(fields, RopeContext { default_partial: 0.25, ..RopeContext::of(&shape, 1e4) })?;
    let tied = match config.optional_flag("tie_word_embeddings")? {
        Some(tied) => tied,
        None => fields.flag("tie_word_embeddings", false)?,
    };
    let n_layers = shape.n_layers;
    let interval = fields.count("full_attention_interval", 4)?;
    let attends = fields.layers_of_or(n_layers, ["full_attention", "linear_attention"], |layer_idx| {
        (layer_idx + 1) % interval == 0
    })?;
    let mut conversion = Conversion::new(gguf, shape, LAYER_TENSORS, tied).with_rope(&rope);
    conversion.final_norm = FINAL_NORM;
    conversion.value_heads = Some(ValueHeads {
        first: 2 * n_key_heads * key_dim,
        head_rows: value_dim,
        n_key_heads,
        per_key_head: n_value_heads / n_key_heads,
    });
    let keys = &mut conversion.keys;
    keys.count("ssm.conv_kernel", fields.count("linear_conv_kernel_dim", 4)?);
    keys.count("ssm.state_size", key_dim);
    keys.count("ssm.group_count", n_key_heads);
    keys.count("ssm.time_step_rank", n_value_heads);
    keys.count("ssm.inner_size", n_value_heads * value_dim);
    // For text, the sections of the rotation all turn by the same position.
    let pairs = rope.n_rotary / 2;
    let third = pairs / 3;
    keys.counts("rope.dimension_sections", &[pairs - third - third, third, third, 0]);
    let is_regular = |(layer_idx, &attends): (usize, &bool)| attends == ((layer_idx + 1) % interval == 0);
    if attends.iter().enumerate().all(is_regular) {
        keys.count("full_attention_interval", interval);
    } else {
        let recurrent: Vec<bool> = attends.iter().map(|attends| !attends).collect();
        keys.flags("attention.recurrent_layers", &recurrent);
    }
    Ok(conversion)
}

fn spec(keys: &Keys) -> Result<DecoderSpec, Error> {
    let whole = Shape::from_gguf(keys)?;
    // Layers behind the decoder's, which draft tokens; they are not read.
    let n_drafting = keys.index("nextn_predict_layers", 0)?;
    let n_layers = whole.n_layers.saturating_sub(n_drafting);
    let shape = Shape { n_layers, ..whole };
    let rope = keys.rope(RopeKind::NeoX, shape.head_dim)?;
    let gated =
        AttentionSpec { qk_norm: true, gated: true, fused_qkv: false, ..shape.attention(keys, rope)? };
    let delta = delta(keys)?;
    let interval = keys.optional_count("full_attention_interval")?.unwrap_or(4);
    let recurrent = keys.optional_flags("attention.recurrent_layers", n_layers)?;
    let experts = match keys.optional_count("expert_count")? {
        Some(_) => Some(ExpertsConfig::read(keys, &FAMILY)?),
        None => None,
    };
    let mlp = shape.mlp(keys);
    let layers = (0..n_layers).map(|layer_idx| {
        let is_recurrent = match &recurrent {
            Some(flags) => flags[layer_idx],
            None => (layer_idx + 1) % interval != 0,
        };
        let layer = LayerSpec::new(gated.clone(), mlp.clone());
        LayerSpec {
            mixer: if is_recurrent { Mixer::GatedDelta(delta.clone()) } else { layer.mixer },
            ffn: match &experts {
                Some(experts) => Ffn::Experts(experts.block(keys, layer_idx, &mlp)),
                None => layer.ffn,
            },
            ffn_norm: FFN_NORM,
            ..layer
        }
    });
    let layers = layers.collect();
    Ok(shape.decoder(keys, layers))
}

fn delta(keys: &Keys) -> Result<GatedDeltaSpec, Error> {
    let (n_key_heads, n_value_heads) = (keys.count("ssm.group_count")?, keys.count("ssm.time_step_rank")?);
    if !n_value_heads.is_multiple_of(n_key_heads) {
        return Err(keys.invalid("ssm.time_step_rank", "a multiple of ssm.group_count"));
    }
    let width = keys.count("ssm.state_size")?;
    let kernel = keys.count("ssm.conv_kernel")?;
    Ok(GatedDeltaSpec { n_key_heads, n_value_heads, key_dim: width, value_dim: width, kernel })
}
