//! Our logits are transformers' logits: small random models of every architecture, recorded by
//! `record/transformers_parity.py` beside their checkpoints.

use std::path::{Path, PathBuf};

use nibble_engine::backend::candle::CandleDecoder;
use nibble_engine::backend::{Decoder, Logits};
use nibble_engine::models::{self, Model};
use nibble_engine::progress::Cancel;
use serde_json::Value;

/// What transformers computed for one checkpoint.
struct Expected {
    prompt: Vec<u32>,
    continuation: Vec<u32>,
    /// Length of a prefix of prompt and continuation, and the logits after its last token.
    logits: Vec<(usize, Vec<f32>)>,
}

impl Expected {
    fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let tokens = |value: &Value| -> Vec<u32> {
            value.as_array().unwrap().iter().map(|token| token.as_u64().unwrap() as u32).collect()
        };
        let logits = |entry: &Value| {
            let row = entry["logits"].as_array().unwrap();
            let row = row.iter().map(|logit| logit.as_f64().unwrap() as f32).collect();
            (entry["length"].as_u64().unwrap() as usize, row)
        };
        Self {
            prompt: tokens(&value["prompt"]),
            continuation: tokens(&value["continuation"]),
            logits: value["logits"].as_array().unwrap().iter().map(logits).collect(),
        }
    }
}

/// The recorded models, by name.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 10, "the recorded models are missing");
    folders
}

fn open(folder: &Path) -> Model {
    models::open(folder, &()).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

/// ‖a - b‖ / ‖b‖
fn relative_error(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let norm =
        |values: &mut dyn Iterator<Item = f32>| values.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    norm(&mut a.iter().zip(b).map(|(a, b)| a - b)) / norm(&mut b.iter().copied())
}

/// The token with the largest logit.
fn best(logits: &[f32]) -> u32 {
    (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap() as u32
}

/// Compares logits and the greedy continuation; returns the largest relative error.
fn compare(decoder: &dyn Decoder, expected: &Expected) -> f64 {
    let cancel = Cancel::new();
    let all: Vec<u32> = expected.prompt.iter().chain(&expected.continuation).copied().collect();
    let mut largest = 0.0_f64;
    for (length, logits) in &expected.logits {
        // Room for no more than this: longrope chooses its divisors by it.
        let mut sequence = decoder.sequence(*length).unwrap();
        let found = sequence.feed(&all[..*length], Logits::Last, &cancel).unwrap();
        largest = largest.max(relative_error(found, logits));
    }
    let mut sequence = decoder.sequence(all.len()).unwrap();
    let mut token = best(sequence.feed(&expected.prompt, Logits::Last, &cancel).unwrap());
    let mut continuation = vec![token];
    while continuation.len() < expected.continuation.len() {
        token = best(sequence.feed(&[token], Logits::Last, &cancel).unwrap());
        continuation.push(token);
    }
    assert_eq!(continuation, expected.continuation);
    largest
}

#[test]
fn the_reference_backend_computes_what_transformers_computes() {
    for folder in folders() {
        let model = open(&folder);
        let spec = model.spec().unwrap();
        let decoder = CandleDecoder::on_cpu(&spec, model.source(), &Cancel::new()).unwrap();
        let error = compare(&decoder, &Expected::read(&folder));
        println!("{}: {error:.1e}", folder.file_name().unwrap().display());
        assert!(error < 1e-4, "{}: relative error {error:.1e}", folder.display());
    }
}
