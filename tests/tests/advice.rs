//! What is told of a model before it is there is what it turns out to be.

#![allow(
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "helpers of tests fail as tests do, and know the names they made"
)]

use std::path::{Path, PathBuf};

use nibble_engine::fit::{Advice, READING_SPEED, Setting, Verdict, advise_config, advise_model, preselected};
use nibble_engine::hardware::SystemMemory;
use nibble_engine::hub::catalog;
use nibble_engine::jobs::{self, KvCacheType, LoadOptions, QuantizeRequest, RunOptions};
use nibble_engine::models;
use nibble_engine::progress::Cancel;
use nibble_engine::quant::Precision;

const GIB: u64 = 1 << 30;

fn recorded() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models");
    let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn setting(total_gib: u64, available_gib: u64) -> Setting {
    let memory = SystemMemory { total_bytes: total_gib * GIB, available_bytes: available_gib * GIB };
    Setting { context: 4096, run: RunOptions::new(4), memory, read_gbps: Some(20.0) }
}

#[test]
fn a_configuration_alone_tells_what_the_checkpoint_turns_out_to_be() {
    for folder in recorded() {
        let model = models::open(&folder, &()).unwrap();
        let outline = models::outline(&std::fs::read(folder.join("config.json")).unwrap()).unwrap();
        assert_eq!(outline.spec, model.spec().unwrap(), "{}", folder.display());
        let shapes = |tensors: &[nibble_engine::base::TensorMeta]| {
            let mut shapes: Vec<_> =
                tensors.iter().map(|tensor| (tensor.name.clone(), tensor.shape.clone())).collect();
            shapes.sort();
            shapes
        };
        assert_eq!(shapes(&outline.tensors), shapes(model.source().tensors()), "{}", folder.display());
    }
}

#[test]
fn weights_take_in_memory_what_was_predicted() {
    let folder = tempfile::tempdir().unwrap();
    let here = setting(16, 12);
    for source in recorded() {
        let model = models::open(&source, &()).unwrap();
        let before = advise_config(&std::fs::read(source.join("config.json")).unwrap(), &here).unwrap();
        for precision in [Precision::Q4_K_M, Precision::Q8_0, Precision::F16, Precision::IQ4_XS] {
            let target = folder.path().join(format!("{}.gguf", model.name()));
            let request = QuantizeRequest {
                threads: Some(2),
                ..QuantizeRequest::new(source.clone(), target.clone(), precision)
            };
            jobs::quantize(&request, &(), &Cancel::new()).unwrap();
            let loaded = jobs::load(&target, &LoadOptions::default(), &(), &Cancel::new()).unwrap();
            let measured = loaded.decoder.weights_bytes();
            let find =
                |advice: &[Advice]| advice.iter().find(|one| one.precision == precision).unwrap().clone();
            for predicted in [find(&before), find(&advise_model(&model, &here).unwrap())] {
                let ratio = predicted.weights_bytes as f64 / measured as f64;
                assert!((0.95..1.05).contains(&ratio), "{} at {precision}: {ratio:.3}", source.display());
            }
        }
    }
}

/// Llama 3.1 8B, as its configuration has it.
const EIGHT_BILLION: &str = r#"{"model_type":"llama","hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,
    "num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"max_position_embeddings":131072,
    "rms_norm_eps":1e-05,"rope_theta":500000.0,"tie_word_embeddings":false}"#;

#[test]
fn the_best_precision_that_fits_and_comes_as_fast_as_it_is_read_is_preselected() {
    let choose = |total, available| {
        let advice = advise_config(EIGHT_BILLION.as_bytes(), &setting(total, available)).unwrap();
        preselected(&advice).map(|one| (one.precision, one.verdict))
    };
    // At 20 GB/s nothing of this size comes as fast as it is read.
    assert_eq!(choose(64, 48), Some((Precision::Q4_K_M, Verdict::Comfortable)));
    assert_eq!(choose(16, 8), Some((Precision::Q4_K_M, Verdict::Comfortable)));
    assert_eq!(choose(8, 1).unwrap().1, Verdict::Tight);
    assert_eq!(choose(2, 2), None);
    let at_speed = |gbps| {
        let fast = Setting { read_gbps: Some(gbps), ..setting(64, 48) };
        let advice = advise_config(EIGHT_BILLION.as_bytes(), &fast).unwrap();
        preselected(&advice).map(|one| one.precision)
    };
    assert_eq!(at_speed(200.0), Some(Precision::Q8_0));
    // A memory with which Q5_K_M just comes as fast as it is read, and Q6_K does not.
    let slow = advise_config(EIGHT_BILLION.as_bytes(), &setting(64, 48)).unwrap();
    let five = slow.iter().find(|one| one.precision == Precision::Q5_K_M).unwrap();
    let just = 20.0 * READING_SPEED * 1.001 / five.tokens_per_second.unwrap();
    assert_eq!(at_speed(just), Some(Precision::Q5_K_M));

    let advice = advise_config(EIGHT_BILLION.as_bytes(), &setting(16, 9)).unwrap();
    let q4 = advice.iter().find(|one| one.precision == Precision::Q4_K_M).unwrap();
    // llama.cpp's file of this model and precision has 4.92 GB.
    assert!((4.8e9..5.0e9).contains(&(q4.disk_bytes as f64)), "{}", q4.disk_bytes);
    // Keys and values: 2 · 32 layers · 8 heads · 128 · 4096 tokens · 2 bytes.
    assert!(q4.context_bytes >= 512 << 20 && q4.context_bytes < 1 << 30, "{}", q4.context_bytes);
    assert!(q4.tokens_per_second.unwrap() > 3.0);
    let mut codes = setting(16, 9);
    codes.run.cache = KvCacheType::Int8;
    let codes = advise_config(EIGHT_BILLION.as_bytes(), &codes).unwrap();
    let codes = codes.iter().find(|one| one.precision == Precision::Q4_K_M).unwrap();
    assert!(
        q4.context_bytes - codes.context_bytes > 230 << 20,
        "half of keys and values, but for the scales"
    );
}

#[test]
fn the_catalog_holds_only_what_runs() {
    let known = models::model_types();
    for model in catalog() {
        assert!(known.contains(&model.architecture.as_str()), "{}: {}", model.name, model.architecture);
    }
}
