//! Weights that other programs stored quantized are decoded to what those programs decode them to, bit for bit.
//! `tests/record/quantized_checkpoints.py` made them.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nibble_engine::base::{DType, TensorSource};
use nibble_engine::formats::foreign;
use nibble_engine::formats::safetensors::{Checkpoint, SafetensorsFile};
use nibble_engine::jobs::{self, LoadOptions, QuantizeRequest};
use nibble_engine::models::{self, StoredFormat};
use nibble_engine::progress::{Cancel, Warning};
use nibble_engine::session::GenerateOptions;
use serde_json::{Map, Value};

const WEIGHT: &str = "model.layers.0.mlp.up_proj.weight";

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/quantized").join(name)
}

fn cases() -> Map<String, Value> {
    serde_json::from_slice(&fs::read(data("cases.json")).unwrap()).unwrap()
}

#[test]
fn what_other_programs_store_is_decoded_as_they_decode_it() {
    let expected = SafetensorsFile::open(&data("expected.safetensors")).unwrap();
    let mut methods = BTreeSet::new();
    for (name, config) in cases() {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(data(&format!("{name}.safetensors")), folder.path().join("model.safetensors")).unwrap();
        let checkpoint = Checkpoint::open(folder.path()).unwrap();
        let (format, method) = foreign::find(config["quant_method"].as_str().unwrap()).unwrap();
        methods.insert(method);
        let source = foreign::open(format, config.as_object().unwrap(), checkpoint).unwrap();
        let index = source.find(WEIGHT).unwrap();
        let meta = &source.tensors()[index];
        let at = expected.entries().iter().position(|entry| entry.name == name).unwrap();
        assert_eq!(
            (meta.shape.as_slice(), meta.dtype),
            (expected.entries()[at].shape.as_slice(), DType::F32)
        );
        assert_eq!((source.tensors().len(), source.unreadable()), (1, &[][..]), "{name}");
        let (row_bytes, n_rows) = (meta.n_cols() * 4, meta.n_rows());
        for rows in [0..n_rows, 0..1, 5..6, 7..n_rows, 3..13, n_rows..n_rows] {
            let found = source.read_rows(index, rows.clone()).unwrap();
            let wanted = &expected.bytes(at)[rows.start * row_bytes..rows.end * row_bytes];
            assert!(*found == *wanted, "{name}, rows {rows:?}");
        }
        source.release_rows(index, 0..n_rows);
        assert!(source.read_rows(index, 0..n_rows + 1).is_err());
    }
    assert_eq!(
        methods.into_iter().collect::<Vec<_>>(),
        foreign::quant_methods(),
        "a format without recorded weights"
    );
}

/// The recorded model `name` with quantized weights.
fn model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models").join(name)
}

#[test]
fn a_quantized_checkpoint_is_opened_quantized_again_and_generates() {
    for (name, method, n_tensors) in [("llama-gptq", "gptq", 14), ("qwen2-awq", "awq", 14)] {
        let opened = models::open(&model(name), &()).unwrap();
        assert_eq!(opened.stored(), Some(StoredFormat { method, n_tensors }));
        opened.spec().unwrap();
        let query = &opened.source().tensors()[opened.source().find("blk.1.attn_q.weight").unwrap()];
        assert_eq!((query.dtype, query.shape.as_slice()), (DType::F32, &[64, 64][..]));

        let folder = tempfile::tempdir().unwrap();
        let quantize = |precision: &str| {
            let target = folder.path().join(format!("{precision}.gguf"));
            let request = QuantizeRequest::new(model(name), target, precision.parse().unwrap());
            jobs::quantize(&request, &(), &Cancel::new()).unwrap()
        };
        let again = Warning::QuantizedCheckpoint { count: n_tensors, method: method.to_owned() };
        let report = quantize("q8_0");
        assert!(report.warnings.contains(&again), "{name}: {:?}", report.warnings);
        assert!(!quantize("f16").warnings.contains(&again), "{name}");
        // What it computes is what a program computes that decodes the weights: see `parity.rs`.
        let file = models::open(&report.path, &()).unwrap();
        assert_eq!(file.stored(), None);
        let loaded = jobs::load(&report.path, &LoadOptions::default(), &(), &Cancel::new()).unwrap();
        let options = GenerateOptions { max_tokens: Some(8), temperature: 0.0, ..GenerateOptions::default() };
        let mut shown = String::new();
        let mut show = |text: &str| shown.push_str(text);
        let reply =
            jobs::generate(&loaded, "Half_a_line", None, &options, &mut show, &Cancel::new()).unwrap();
        assert!(!reply.tokens.is_empty() && shown == reply.text, "{name}");
    }
}
