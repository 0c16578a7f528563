//! Configurations as they stand on the Hugging Face hub, and such as no one should have written.

mod families;

use std::ops::Range;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::architecture::Conversion;
use super::error::{ConfigFile, Error};
use super::fields::Fields;
use super::keys::Keys;
use super::registry::{known, model_types, of_gguf, of_model_type};
use crate::backend::{AttentionBiases, AttentionSpec, DecoderSpec, Rope, RopeScaling};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::formats::gguf::Metadata;

fn convert(config: &Value) -> Result<Conversion, Error> {
    let fields = Fields::new(config.as_object().unwrap(), ConfigFile::Config);
    let model_type = fields.text("model_type")?.ok_or_else(|| fields.missing("model_type"))?;
    (of_model_type(model_type)?.convert)(&fields)
}

/// Tensors without contents.
struct Names(Vec<TensorMeta>);

impl TensorSource for Names {
    fn tensors(&self) -> &[TensorMeta] {
        &self.0
    }

    fn read_rows(&self, _: usize, _: Range<usize>) -> std::io::Result<std::borrow::Cow<'_, [u8]>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

/// The decoder that a configuration's metadata describes, with the tensors `names` and an embedding of 100 rows.
fn spec(metadata: &Metadata, architecture: &str, names: &[&str]) -> Result<DecoderSpec, Error> {
    let meta = |name: &str| TensorMeta { name: name.to_owned(), shape: vec![100, 32], dtype: DType::F32 };
    let tensors = names.iter().copied().chain(["token_embd.weight"]).map(meta).collect();
    (of_gguf(architecture)?.spec)(&Keys::new(metadata, architecture, &Names(tensors)))
}

fn spec_of_config(config: &Value) -> DecoderSpec {
    let conversion = convert(config).unwrap();
    let made: Vec<&str> = conversion.made.iter().map(|(name, _)| *name).collect();
    let gguf = of_model_type(config["model_type"].as_str().unwrap()).unwrap().gguf;
    spec(&conversion.keys.finish(), gguf, &made).unwrap()
}

/// The attention of a layer.
fn attention(spec: &DecoderSpec, layer: usize) -> &AttentionSpec {
    spec.attentions().nth(layer).unwrap()
}

/// The rope of a layer.
fn rope(spec: &DecoderSpec, layer: usize) -> &Rope {
    attention(spec, layer).rope.as_ref().unwrap()
}

#[test]
fn llama_3_2_keeps_its_divisors_as_a_tensor() {
    let config = json!({"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "head_dim": 64,
        "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8, "rms_norm_eps": 1e-5,
        "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
            "original_max_position_embeddings": 8192, "rope_type": "llama3"},
        "rope_theta": 500_000.0, "tie_word_embeddings": true, "vocab_size": 128_256,
        "max_position_embeddings": 131_072, "hidden_act": "silu", "attention_bias": false});
    let conversion = convert(&config).unwrap();
    assert_eq!(conversion.made[0].0, "rope_freqs.weight");
    assert_eq!(conversion.made[0].1.len(), 32);
    let metadata = conversion.keys.finish();
    assert_eq!(metadata.required::<f32>("llama.rope.freq_base"), Ok(500_000.0));
    assert_eq!(metadata.required::<u32>("llama.attention.head_count_kv"), Ok(8));
    assert_eq!(metadata.get("llama.rope.scaling.type"), None);
    let spec = spec_of_config(&config);
    assert_eq!(spec.layers.len(), 16);
    assert_eq!(rope(&spec, 0).scaling, RopeScaling::Factors);
    assert_eq!(attention(&spec, 0).scale, 0.125);
}

#[test]
fn mistral_is_llama_with_a_window() {
    let old = json!({"model_type": "mistral", "hidden_size": 4096, "num_hidden_layers": 2});
    let spec = spec_of_config(&old);
    assert_eq!((spec.architecture.as_str(), attention(&spec, 0).n_kv_heads), ("llama", 8));
    assert_eq!(attention(&spec, 1).window, Some(4096));
    let new = json!({"model_type": "mistral", "num_hidden_layers": 2, "sliding_window": null});
    assert_eq!(attention(&spec_of_config(&new), 1).window, None);
}

#[test]
fn a_nested_gemma_3_uses_what_its_class_assumes() {
    let config = json!({"model_type": "gemma3", "vision_config": {"hidden_size": 1152}, "text_config":
        {"hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text", "num_hidden_layers": 34,
         "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024}});
    let spec = spec_of_config(&config);
    let first = attention(&spec, 0);
    assert_eq!((first.n_heads, first.n_kv_heads, first.head_dim), (8, 4, 256));
    assert_eq!(attention(&spec, 4).window, Some(1024));
    assert_eq!(attention(&spec, 5).window, None);
    assert_eq!(rope(&spec, 4).base, 1e4);
    assert_eq!(rope(&spec, 4).scaling, RopeScaling::None);
    assert_eq!(rope(&spec, 5).base, 1e6);
    assert_eq!(rope(&spec, 5).scaling, RopeScaling::Linear { factor: 8.0 });
    assert!(first.qk_norm && spec.layers[0].post_norms && spec.final_softcap.is_none());
}

#[test]
fn phi_3_5_chooses_its_divisors_by_the_length() {
    let config = json!({"model_type": "phi3", "max_position_embeddings": 131_072,
        "original_max_position_embeddings": 4096, "sliding_window": 262_144, "num_hidden_layers": 1,
        "rope_scaling": {"type": "su", "short_factor": vec![1.0; 48], "long_factor": vec![4.0; 48]}});
    let spec = spec_of_config(&config);
    let rope = rope(&spec, 0);
    assert_eq!(rope.factors_tensor(4096), Some("rope_factors_short.weight"));
    assert_eq!(rope.factors_tensor(4097), Some("rope_factors_long.weight"));
    assert!((rope.magnitude() - 1.190_238).abs() < 1e-5, "{}", rope.magnitude());
}

#[test]
fn qwen_2_has_windows_only_if_they_are_switched_on() {
    let off = json!({"model_type": "qwen2", "use_sliding_window": false, "sliding_window": 32768,
        "max_window_layers": 0, "num_hidden_layers": 3});
    assert!(spec_of_config(&off).attentions().all(|attention| attention.window.is_none()));
    let on = json!({"model_type": "qwen2", "use_sliding_window": true, "sliding_window": 64,
        "max_window_layers": 2, "num_hidden_layers": 3});
    let on = spec_of_config(&on);
    let windows: Vec<_> = on.attentions().map(|attention| attention.window).collect();
    assert_eq!(windows, [None, None, Some(64)]);
}

#[test]
fn files_of_llama_cpp_say_less() {
    let mut metadata = Metadata::new();
    for (key, count) in [
        ("context_length", 8192),
        ("embedding_length", 2304),
        ("feed_forward_length", 9216),
        ("block_count", 26),
        ("attention.head_count", 8),
        ("attention.head_count_kv", 4),
        ("attention.key_length", 256),
        ("attention.value_length", 256),
        ("attention.sliding_window", 4096),
    ] {
        metadata.set(format!("gemma2.{key}"), count as u32);
    }
    metadata.set("gemma2.attention.layer_norm_rms_epsilon", 1e-6_f32);
    metadata.set("gemma2.attn_logit_softcapping", 50.0_f32);
    let spec = spec(&metadata, "gemma2", &[]).unwrap();
    assert_eq!((attention(&spec, 0).softcap, spec.final_softcap), (Some(50.0), Some(30.0)));
    assert_eq!((attention(&spec, 0).window, attention(&spec, 1).window), (Some(4096), None));
    assert_eq!(attention(&spec, 0).scale, 1.0 / 16.0);
    assert_eq!(spec.embedding_scale, 48.0);
    assert_eq!(spec.tensors().iter().filter(|tensor| !tensor.optional).count(), 2 + 26 * 11);
}

#[test]
fn senseless_numbers_are_named() {
    for (field, value) in [
        ("hidden_size", json!(0)),
        ("hidden_size", json!(-4096)),
        ("hidden_size", json!(1e300)),
        ("hidden_size", json!("large")),
        ("hidden_size", json!(4097)),
        ("num_hidden_layers", json!(2000)),
        ("num_key_value_heads", json!(5)),
        ("head_dim", json!(7)),
        ("vocab_size", json!(u64::MAX)),
        ("rms_norm_eps", json!(-1e-5)),
        ("hidden_act", json!("relu")),
        ("attention_bias", json!("yes")),
        ("mlp_bias", json!(1)),
        ("rope_theta", json!(null)),
    ] {
        let config = json!({"model_type": "llama", field: value});
        match convert(&config) {
            Err(Error::Invalid { field: found, .. }) => assert_eq!(found, field),
            Ok(_) => assert_eq!(value, json!(null), "{field} {value}"),
            Err(other) => panic!("{field} {value}: {other}"),
        }
    }
}

#[test]
fn an_unknown_architecture_is_named_beside_those_that_are_known() {
    let error = convert(&json!({"model_type": "mamba"})).err().unwrap().to_string();
    assert_eq!(error, format!("the architecture mamba is not supported; supported are {}", known()));
    let names: Vec<&str> = model_types();
    assert!(names.len() > 10 && names.contains(&"llama") && known().contains("llama, "));
    assert!(names.iter().all(|name| names.iter().filter(|other| *other == name).count() == 1), "each once");
}

/// A JSON value of any kind, small and large.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        (-2_i64..300).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!("linear")),
        Just(json!([1.0, 2.0])),
        Just(json!({"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4})),
        Just(json!({"rope_type": "longrope", "short_factor": [1.0], "long_factor": [1.0]})),
        Just(
            json!({"rope_type": "yarn", "original_max_position_embeddings": 64, "llama_4_scaling_beta": 0.1})
        ),
        Just(json!({"full_attention": {"type": "linear", "factor": 2}, "sliding_attention": null})),
    ]
}

proptest! {
    #[test]
    fn any_configuration_gives_a_decoder_or_an_error(
        model_type in prop::sample::select(model_types()),
        fields in prop::collection::vec((prop::sample::select(vec!["hidden_size", "num_attention_heads",
            "num_key_value_heads", "head_dim", "num_hidden_layers", "max_position_embeddings", "rope_theta",
            "rope_scaling", "rope_parameters", "partial_rotary_factor", "original_max_position_embeddings",
            "sliding_window", "use_sliding_window", "max_window_layers", "layer_types", "query_pre_attn_scalar",
            "attn_logit_softcapping", "sliding_window_pattern", "text_config", "num_experts", "num_experts_per_tok",
            "moe_intermediate_size", "num_dense_layers", "linear_num_key_heads", "linear_num_value_heads",
            "linear_conv_kernel_dim", "full_attention_interval", "full_attn_idxs", "conv_L_cache", "norm_eps",
            "residual_multiplier", "logits_scaling", "no_rope_layers"]), any_value()), 0..8),
    ) {
        let mut config = json!({"model_type": model_type});
        for (name, value) in fields {
            config[name] = value;
        }
        if let Ok(conversion) = convert(&config) {
            let made: Vec<&str> = conversion.made.iter().map(|(name, _)| *name).collect();
            let gguf = of_model_type(model_type).unwrap().gguf;
            let found = spec(&conversion.keys.finish(), gguf, &made);
            prop_assert!(found.is_ok(), "{config}: {}", found.unwrap_err());
        }
    }
}

#[test]
fn layers_of_llama_may_differ_in_their_biases() {
    let config = json!({"model_type": "llama", "vocab_size": 100, "hidden_size": 64, "num_attention_heads": 4,
        "num_hidden_layers": 2});
    let metadata = convert(&config).unwrap().keys.finish();
    let spec =
        spec(&metadata, "llama", &["blk.1.attn_k.bias", "blk.1.ffn_down.bias", "blk.0.ffn_up.bias"]).unwrap();
    let key = AttentionBiases { key: true, ..AttentionBiases::default() };
    assert_eq!((attention(&spec, 0).biases, attention(&spec, 1).biases), (AttentionBiases::default(), key));
    let names: Vec<String> = spec.tensors().into_iter().map(|slot| slot.name).collect();
    let biases: Vec<&str> = names.iter().map(String::as_str).filter(|name| name.contains("bias")).collect();
    assert_eq!(biases, ["blk.0.ffn_up.bias", "blk.1.attn_k.bias", "blk.1.ffn_down.bias"]);
}

#[test]
fn a_scaling_that_is_not_run_is_refused_by_its_name() {
    let config =
        json!({"model_type": "llama", "vocab_size": 100, "hidden_size": 64, "num_attention_heads": 4});
    let mut metadata = convert(&config).unwrap().keys.finish();
    metadata.set("llama.rope.scaling.type", "dynamic");
    let words = spec(&metadata, "llama", &[]).unwrap_err().to_string();
    let rule = "llama.rope.scaling.type is \"dynamic\", but it must be none, linear, longrope or yarn";
    assert_eq!(words, format!("the GGUF metadata: {rule}"));
}

#[test]
fn yarn_of_a_file_is_what_llama_cpp_computes() {
    let config =
        json!({"model_type": "ministral3", "vocab_size": 100, "hidden_size": 64, "num_attention_heads": 8});
    let mut metadata = convert(&config).unwrap().keys.finish();
    metadata.set("mistral3.rope.scaling.type", "yarn");
    metadata.set("mistral3.rope.scaling.factor", 16.0_f32);
    metadata.set("mistral3.rope.scaling.original_context_length", 1024_u32);
    let yarn = |metadata: &Metadata| match rope(&spec(metadata, "mistral3", &[]).unwrap(), 0).scaling {
        RopeScaling::Yarn(yarn) => yarn,
        ref other => panic!("{other:?}"),
    };
    let plain = yarn(&metadata);
    assert!((plain.attention_factor - 1.277_258_9).abs() < 1e-6, "{}", plain.attention_factor);
    assert_eq!((plain.beta_fast, plain.beta_slow, plain.truncate), (32.0, 1.0, true));
    // As in the files of llama.cpp's converter, where both factors cancel.
    metadata.set("mistral3.rope.scaling.yarn_log_multiplier", 1.0_f32);
    metadata.set("mistral3.attention.temperature_scale", 0.1_f32);
    assert!((yarn(&metadata).attention_factor - 1.0).abs() < 1e-6);
    let spec = spec(&metadata, "mistral3", &[]).unwrap();
    let scale = attention(&spec, 0).query_scale.unwrap();
    assert_eq!((scale.at(1023), scale.original_context), (1.0, 1024));
    assert!((scale.at(2048) - (1.0 + 0.1 * 3f32.ln())).abs() < 1e-6);
}
