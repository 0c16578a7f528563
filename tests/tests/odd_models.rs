//! Models whose files contradict each other or hold what no one needs: they open, and mean what their makers meant.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nibble_engine::models::{self, Model};
use nibble_engine::progress::{Warning, WarningCollector};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A copy of a folder below the repository, to be changed.
fn copy(folder: &str) -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let copy = root.path().join("model");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
        }
    }
    (root, copy)
}

/// Changes a JSON file.
fn change(path: &Path, edit: impl Fn(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    edit(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

/// Opens a model, and what it told.
fn open(path: &Path) -> (Model, Vec<Warning>) {
    let warnings = WarningCollector::new(&());
    let model = models::open(path, &warnings).unwrap();
    (model, warnings.into_warnings())
}

/// The file of a checkpoint that holds a tensor, and where in it the values are.
fn place_of(tensor: &str, folder: &Path) -> (PathBuf, Range<usize>) {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut shards =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "safetensors"));
    let found = shards.find_map(|path| {
        let bytes = fs::read(&path).unwrap();
        let header_bytes = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header: Value = serde_json::from_slice(&bytes[8..8 + header_bytes]).unwrap();
        let offsets = header.get(tensor)?["data_offsets"].as_array().unwrap().clone();
        let at = |index: usize| 8 + header_bytes + offsets[index].as_u64().unwrap() as usize;
        Some((path, at(0)..at(1)))
    });
    found.unwrap()
}

#[test]
fn every_source_of_end_tokens_counts() {
    // The starter's turns end with token 2, its texts with token 0.
    let (_root, folder) = copy("assets/starter");
    for stale in [json!(1), json!([1, 7]), Value::Null] {
        change(&folder.join("generation_config.json"), |config| config["eos_token_id"] = stale.clone());
        change(&folder.join("config.json"), |config| config["eos_token_id"] = json!(0));
        let (model, warnings) = open(&folder);
        let ends = model.end_tokens();
        assert!([0, 2].iter().all(|end| ends.contains(end)), "{stale}: {ends:?}");
        assert_eq!(warnings, []);
        let metadata = model.gguf_metadata(&()).unwrap();
        let listed: Vec<u32> = metadata.required("nibble.eos_token_ids").unwrap();
        assert_eq!(listed, ends);
    }
}

#[test]
fn ids_that_are_no_tokens_are_told_and_left_out() {
    let (_root, folder) = copy("assets/starter");
    change(&folder.join("generation_config.json"), |config| config["eos_token_id"] = json!([-1, 2]));
    change(&folder.join("config.json"), |config| config["eos_token_id"] = json!(99_999));
    let (model, warnings) = open(&folder);
    let field = "eos_token_id".to_owned();
    assert_eq!(warnings, [Warning::TokenIdIgnored { field, value: "-1".to_owned() }]);
    assert_eq!(model.end_tokens(), [2, 0]);
}

#[test]
fn an_output_matrix_that_is_there_is_used_whatever_the_flag_says() {
    let tie = |folder: &Path| {
        change(&folder.join("config.json"), |config| config["tie_word_embeddings"] = json!(true));
    };
    let (_root, folder) = copy("tests/data/models/llama-untied");
    tie(&folder);
    let (model, warnings) = open(&folder);
    assert!(model.source().tensors().iter().any(|tensor| tensor.name == "output.weight"));
    assert_eq!(warnings, []);

    // The same values twice are the embedding alone.
    let (_root, folder) = copy("tests/data/models/llama-untied");
    tie(&folder);
    let (from, embedding) = place_of("model.embed_tokens.weight", &folder);
    let values = fs::read(from).unwrap()[embedding].to_vec();
    let (into, output) = place_of("lm_head.weight", &folder);
    let mut bytes = fs::read(&into).unwrap();
    bytes[output].copy_from_slice(&values);
    fs::write(into, bytes).unwrap();
    let (model, warnings) = open(&folder);
    assert!(model.source().tensors().iter().all(|tensor| tensor.name != "output.weight"));
    assert_eq!(warnings, [Warning::TensorIgnored { tensor: "lm_head.weight".to_owned() }]);
}

#[test]
fn json_as_python_and_editors_write_it_is_read() {
    let (_root, folder) = copy("assets/starter");
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).unwrap();
        let odd = text.replacen('{', "\u{feff}{\"odd\": [NaN, Infinity, -Infinity],", 1);
        // The crate of tokenizers knows its own fields only.
        let odd = if name == "tokenizer.json" { format!("\u{feff}{text}") } else { odd };
        fs::write(&path, odd).unwrap();
    }
    let (model, _) = open(&folder);
    assert_eq!(model.tokenizer().unwrap().encode("<|im_end|>").unwrap(), [2]);
    assert_eq!(model.chat_templates().unwrap().templates.len(), 1);
}

#[test]
fn a_tokenizer_is_four_files() {
    let (_root, folder) = copy("assets/starter");
    change(&folder.join("tokenizer_config.json"), |config| {
        let fields = config.as_object_mut().unwrap();
        for name in ["bos_token", "eos_token", "added_tokens_decoder"] {
            fields.remove(name);
        }
        fields.insert("additional_special_tokens".to_owned(), json!(["<extra_1>"]));
    });
    let map = json!({"bos_token": "<|im_start|>", "eos_token": {"content": "<|im_end|>"}});
    fs::write(folder.join("special_tokens_map.json"), map.to_string()).unwrap();
    let (model, _) = open(&folder);
    let extra = model.tokenizer().unwrap().encode("foo <extra_1> bar").unwrap();
    assert_eq!(extra.iter().filter(|id| **id >= 2048).count(), 1, "{extra:?}");
    let special = model.chat_templates().unwrap().special;
    for (name, text) in [("bos_token", "<|im_start|>"), ("eos_token", "<|im_end|>")] {
        assert!(special.contains(&(name.to_owned(), text.to_owned())), "{special:?}");
    }
}
