//! What opening a model says of checkpoints that are not as they should be.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::fs;
use std::path::{Path, PathBuf};

use nibble_engine::models::{self, Error};
use nibble_engine::progress::{Warning, WarningCollector};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A copy of the recorded checkpoint `name`, to be spoiled.
fn copy(name: &str) -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(name);
    fs::create_dir(&folder).unwrap();
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models").join(name);
    for entry in fs::read_dir(original).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    (root, folder)
}

/// Opens a copy of `qwen2` whose configuration has `value` under `field`, and asks for its decoder.
fn with_config(field: &str, value: Value) -> Result<(), String> {
    let (_root, folder) = copy("qwen2");
    let path = folder.join("config.json");
    let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    config[field] = value;
    fs::write(&path, config.to_string()).unwrap();
    let spec = models::open(&folder, &()).and_then(|model| model.spec());
    spec.map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn a_configuration_that_contradicts_the_weights_is_refused_before_anything_is_computed() {
    for (field, value, sentence) in [
        ("num_hidden_layers", json!(3), "the model has no tensor model.layers.2.input_layernorm.weight"),
        (
            "num_hidden_layers",
            json!(1),
            "the architecture qwen2 has no tensor model.layers.1.input_layernorm.weight",
        ),
        (
            "intermediate_size",
            json!(96),
            "tensor model.layers.0.mlp.gate_proj.weight has shape [128, 64], but the model's configuration requires [96, 64]",
        ),
        (
            "num_key_value_heads",
            json!(3),
            "config.json: num_key_value_heads is 3, but it must be a divisor of the number of query heads",
        ),
        ("tie_word_embeddings", json!(false), "the model has no tensor lm_head.weight"),
        (
            "model_type",
            json!("mamba2"),
            "the architecture mamba2 is not supported; supported are exaone4, gemma2, gemma3, gemma3_text, glm4, granite, llama, mistral, ministral3, mistral3, olmo2, olmo3, phi3, qwen2, qwen3, smollm3",
        ),
        (
            "quantization_config",
            json!({"quant_method": "aqlm", "bits": 4}),
            "the checkpoint is already quantized (aqlm); open the original model instead",
        ),
        (
            "quantization_config",
            json!({"bits": 4}),
            "the checkpoint is already quantized (an unknown method); open the original model instead",
        ),
        (
            "quantization_config",
            json!({"quant_method": "gptq", "bits": 4}),
            "quantization_config says gptq, but no tensor is stored in that format",
        ),
        (
            "rope_parameters",
            json!({"rope_type": "yarn", "factor": 4.0}),
            "config.json: rope_type is \"yarn\", but it must be default, linear, llama3 or longrope",
        ),
    ] {
        assert_eq!(with_config(field, value.clone()), Err(sentence.to_owned()), "{field} {value}");
    }
    assert_eq!(with_config("hidden_dropout", json!(0.1)), Ok(()));
}

#[test]
fn biases_that_the_configuration_states_must_be_there_and_others_are_unknown() {
    let opened = |name: &str, field: &str, value: bool| {
        let (_root, folder) = copy(name);
        let path = folder.join("config.json");
        let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        config[field] = json!(value);
        fs::write(&path, config.to_string()).unwrap();
        models::open(&folder, &())
            .and_then(|model| model.spec())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        opened("llama-linear", "attention_bias", true),
        Err("the model has no tensor model.layers.0.self_attn.q_proj.bias".to_owned())
    );
    assert_eq!(
        opened("llama-linear", "mlp_bias", true),
        Err("the model has no tensor model.layers.0.mlp.gate_proj.bias".to_owned())
    );
    let unknown = opened("llama-biases", "mlp_bias", false).unwrap_err();
    assert!(unknown.starts_with("the architecture llama has no tensor model.layers.0.mlp."), "{unknown}");
    assert_eq!(opened("llama-biases", "mlp_bias", true), Ok(()));
}

#[test]
fn what_a_file_or_folder_is_instead_of_a_model_is_told() {
    let told = |change: &dyn Fn(&Path)| {
        let (_root, folder) = copy("llama-llama3");
        change(&folder);
        let opened = models::open(&folder, &()).and_then(|model| model.tokenizer());
        opened.map(|_| ()).unwrap_err().to_string()
    };
    let weights = "model.safetensors";
    let pointer = "version https://git-lfs.github.com/spec/v1";
    for (words, change) in [
        (
            "a web page",
            &(|folder: &Path| fs::write(folder.join(weights), "<!DOCTYPE html>").unwrap()) as &dyn Fn(&Path),
        ),
        ("a Git LFS pointer", &|folder| fs::write(folder.join("tokenizer.json"), pointer).unwrap()),
        ("a Git LFS pointer", &|folder| fs::write(folder.join("config.json"), pointer).unwrap()),
        ("only in tokenizer.model", &|folder| {
            fs::rename(folder.join("tokenizer.json"), folder.join("tokenizer.model")).unwrap();
        }),
        ("an adapter", &|folder| {
            fs::rename(folder.join(weights), folder.join("adapter_model.safetensors")).unwrap();
            fs::write(folder.join("adapter_config.json"), "{}").unwrap();
        }),
        ("a folder of the Hugging Face cache", &|folder| {
            fs::remove_file(folder.join(weights)).unwrap();
            fs::create_dir_all(folder.join("snapshots/abc")).unwrap();
        }),
    ] {
        let found = told(change);
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn files_that_are_missing_or_broken_are_named() {
    let (_root, folder) = copy("llama-llama3");
    fs::write(folder.join("generation_config.json"), "[1]").unwrap();
    let error = models::open(&folder, &()).err().unwrap();
    assert!(error.to_string().starts_with("generation_config.json is not a JSON object: "), "{error}");
    fs::remove_file(folder.join("generation_config.json")).unwrap();
    assert_eq!(models::open(&folder, &()).unwrap().end_tokens(), [1]);

    fs::remove_file(folder.join("tokenizer.json")).unwrap();
    let model = models::open(&folder, &()).unwrap();
    assert!(matches!(model.tokenizer(), Err(Error::NoTokenizer { .. })));
    assert!(matches!(model.gguf_metadata(&()), Err(Error::NoTokenizer { .. })));
    assert!(model.chat_templates().unwrap().is_empty());

    fs::write(folder.join("config.json"), "{\"model_type\": \"llama\"").unwrap();
    assert!(matches!(models::open(&folder, &()), Err(Error::NotJson { source: Some(_), .. })));
    fs::remove_file(folder.join("config.json")).unwrap();
    assert!(matches!(models::open(&folder, &()), Err(Error::Path { .. })));
    assert!(matches!(models::open(&folder.join("nowhere"), &()), Err(Error::Path { .. })));
}

#[test]
fn the_vision_part_is_left_out_and_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models/gemma3-vision");
    let warnings = WarningCollector::new(&());
    let model = models::open(&folder, &warnings).unwrap();
    let tensor = "vision_tower.vision_model.post_layernorm.weight".to_owned();
    assert_eq!(warnings.into_warnings(), [Warning::TensorIgnored { tensor }]);
    assert!(model.source().tensors().iter().all(|tensor| !tensor.name.contains("vision")));
}
