//! Families that differ from llama in a few numbers, by their configurations.

use serde_json::json;

use super::{attention, convert, rope, spec, spec_of_config};
use crate::backend::{AttentionBiases, DecoderSpec, RopeKind, RopeScaling, Yarn};

/// Whether each layer rotates, and its window.
fn layers(spec: &DecoderSpec) -> Vec<(bool, Option<usize>)> {
    spec.attentions().map(|attention| (attention.rope.is_some(), attention.window)).collect()
}

#[test]
fn every_fourth_layer_of_smollm3_has_no_positions() {
    let config = json!({"model_type": "smollm3", "num_hidden_layers": 9, "no_rope_layer_interval": 4,
        "no_rope_layers": [1, 1, 1, 0, 1, 1, 1, 0, 1, 1], "rope_theta": 5_000_000.0, "sliding_window": null,
        "layer_types": ["full_attention"]});
    let spec = spec_of_config(&config);
    let rotates: Vec<bool> = spec.attentions().map(|attention| attention.rope.is_some()).collect();
    assert_eq!(rotates, [true, true, true, false, true, true, true, false, true]);
    assert_eq!(rope(&spec, 0).base, 5e6);
    for (field, value) in [
        ("no_rope_layer_interval", json!(3)),
        ("no_rope_layers", json!([1, 1, 1, 1, 1, 1, 1, 1, 1])),
        ("no_rope_layers", json!([1, 1, 1, 0])),
        ("use_sliding_window", json!(true)),
    ] {
        let mut other = config.clone();
        other[field] = value;
        let words = convert(&other).err().unwrap().to_string();
        assert!(words.contains(field), "{words}");
    }
}

#[test]
fn granite_scales_four_places() {
    let config = json!({"model_type": "granite", "num_hidden_layers": 2, "attention_multiplier": 0.007_812_5,
        "embedding_multiplier": 12.0, "residual_multiplier": 0.22, "logits_scaling": 16.0});
    let metadata = convert(&config).unwrap().keys.finish();
    assert_eq!(metadata.required::<f32>("granite.logit_scale"), Ok(16.0));
    let found = spec(&metadata, "granite", &[]).unwrap();
    assert_eq!((found.embedding_scale, found.logit_scale), (12.0, 0.0625));
    assert_eq!((attention(&found, 1).scale, found.layers[1].residual_scale), (0.007_812_5, 0.22));
    // Files without the keys are plain llamas.
    let plain = json!({"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4});
    let mut renamed = crate::formats::gguf::Metadata::new();
    for (key, value) in convert(&plain).unwrap().keys.finish().iter() {
        renamed.set(key.replacen("llama", "granite", 1), value.clone());
    }
    let found = spec(&renamed, "granite", &[]).unwrap();
    assert_eq!((found.embedding_scale, found.logit_scale, attention(&found, 0).scale), (1.0, 1.0, 0.25));
}

#[test]
fn olmo_3_scales_the_frequencies_of_full_attention_alone() {
    let yarn = json!({"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 8192,
        "attention_factor": 1.207_944_2, "beta_fast": 32, "beta_slow": 1});
    let config = json!({"model_type": "olmo3", "num_hidden_layers": 5, "sliding_window": 4096,
        "rope_theta": 500_000, "rope_scaling": yarn, "max_position_embeddings": 65536});
    let found = spec_of_config(&config);
    let windows: Vec<_> = layers(&found).into_iter().map(|(_, window)| window.is_some()).collect();
    assert_eq!(windows, [true, true, true, false, true]);
    assert_eq!(rope(&found, 0).scaling, RopeScaling::None);
    assert!(matches!(rope(&found, 3).scaling, RopeScaling::Yarn(Yarn { original_context: 8192, .. })));
    assert_eq!((rope(&found, 0).base, rope(&found, 3).base), (5e5, 5e5));
    let first = attention(&found, 0);
    assert!(first.qk_norm && first.qk_norm_whole && found.layers[0].post_norms && !found.layers[0].pre_norms);
    let mut other = config.clone();
    other["rope_parameters"] =
        json!({"full_attention": {"rope_theta": 5e5}, "sliding_attention": {"rope_theta": 1e4}});
    assert!(convert(&other).err().unwrap().to_string().contains("rope_parameters"));
    let two = spec_of_config(&json!({"model_type": "olmo2", "num_hidden_layers": 4, "sliding_window": 512}));
    assert!(two.attentions().all(|attention| attention.window.is_none()));
}

#[test]
fn exaone_4_rotates_where_it_has_a_window_or_everywhere() {
    let large = json!({"model_type": "exaone4", "num_hidden_layers": 8, "sliding_window": 4096,
        "sliding_window_pattern": "LLLG"});
    let local = (true, Some(4096));
    let all = [local, local, local, (false, None), local, local, local, (false, None)];
    assert_eq!(layers(&spec_of_config(&large)), all);
    let mut shorter = large.clone();
    shorter["num_hidden_layers"] = json!(6);
    // The last layer sees everything, whatever the letters say.
    assert_eq!(layers(&spec_of_config(&shorter)), [local, local, local, (false, None), local, (false, None)]);
    shorter["sliding_window_pattern"] = json!("LLX");
    assert!(convert(&shorter).err().unwrap().to_string().contains("sliding_window_pattern"));
    let small = json!({"model_type": "exaone4", "num_hidden_layers": 2, "sliding_window": null,
        "sliding_window_pattern": null, "layer_types": ["full_attention", "full_attention"]});
    assert_eq!(layers(&spec_of_config(&small)), [(true, None); 2]);
}

#[test]
fn half_of_a_head_of_glm_4_rotates() {
    let config = json!({"model_type": "glm4", "num_hidden_layers": 2});
    let metadata = convert(&config).unwrap().keys.finish();
    let biases = ["blk.0.attn_q.bias", "blk.0.attn_k.bias", "blk.0.attn_v.bias"];
    let found = spec(&metadata, "glm4", &biases).unwrap();
    assert_eq!((rope(&found, 0).n_rotary, rope(&found, 0).kind), (64, RopeKind::Interleaved));
    assert_eq!(attention(&found, 1).biases, AttentionBiases::QKV);
    let layer = &found.layers[0];
    assert!(layer.pre_norms && layer.post_norms && found.norm_eps == 1.5625e-7);
    let (with, without) = (convert(&config).unwrap(), json!({"model_type": "glm4", "attention_bias": false}));
    assert_eq!(with.names().layers.len(), convert(&without).unwrap().names().layers.len() + 3);
}

#[test]
fn ministral_3_scales_queries_and_mistral_small_3_does_not() {
    let yarn = json!({"rope_type": "yarn", "rope_theta": 1e6, "factor": 16.0, "beta_fast": 32.0, "beta_slow": 1.0,
        "original_max_position_embeddings": 16384, "mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.1});
    let text = json!({"model_type": "ministral3", "num_hidden_layers": 1, "rope_parameters": yarn});
    let found = spec_of_config(&json!({"model_type": "mistral3", "vision_config": {}, "text_config": text}));
    let scale = attention(&found, 0).query_scale.unwrap();
    assert_eq!((scale.beta, scale.original_context, rope(&found, 0).magnitude()), (0.1, 16384, 1.0));
    let small = json!({"model_type": "mistral", "num_hidden_layers": 1, "rope_theta": 1e9});
    let found = spec_of_config(&json!({"model_type": "mistral3", "text_config": small}));
    assert_eq!((attention(&found, 0).query_scale, rope(&found, 0).base), (None, 1e9));
    let mut plain = text;
    plain["rope_parameters"] = json!({"rope_type": "default", "llama_4_scaling_beta": 0.1});
    assert!(convert(&plain).err().unwrap().to_string().contains("llama_4_scaling_beta"));
}
