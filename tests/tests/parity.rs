//! Our logits are transformers' logits: small random models of every architecture, recorded by
//! `record/transformers_parity.py` beside their checkpoints.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "errors are worth seeing even where they are small enough")]

use std::path::{Path, PathBuf};

use half::f16;
use nibble_engine::backend::candle::CandleDecoder;
use nibble_engine::backend::cpu::CpuDecoder;
use nibble_engine::backend::{Decoder, Logits, RunOptions, Sequence};
use nibble_engine::base::{DType, TensorMeta};
use nibble_engine::formats::gguf::GgufWriter;
use nibble_engine::models::{self, Model};
use nibble_engine::progress::Cancel;
use nibble_kernels::Level;
use nibble_kernels::decode::decode_row;
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
    largest.max(compare_ways(decoder, &all, &expected.logits.last().unwrap().1))
}

/// Compares the logits after all of `tokens` for every way in which a sequence can come to them; returns the largest relative
/// error.
fn compare_ways(decoder: &dyn Decoder, tokens: &[u32], logits: &[f32]) -> f64 {
    let cancel = Cancel::new();
    let feed = |sequence: &mut Box<dyn Sequence>, tokens: &[u32]| {
        sequence.feed(tokens, Logits::Last, &cancel).unwrap().to_vec()
    };
    let fresh = || decoder.sequence(tokens.len()).unwrap();
    let mut found = Vec::new();
    for piece in [1, 7] {
        let mut sequence = fresh();
        found.push(tokens.chunks(piece).map(|piece| feed(&mut sequence, piece)).last().unwrap());
    }
    // Beyond windows, and beyond the original contexts of scaled frequencies.
    let middle = tokens.len() * 3 / 5;
    let others: Vec<u32> = tokens[middle..].iter().map(|token| (token + 5) % 96).collect();
    let mut sequence = fresh();
    feed(&mut sequence, &tokens[..middle]);
    let snapshot = sequence.snapshot().unwrap();
    feed(&mut sequence, &others);
    // A state that cannot go back so far is fed again.
    let rest = sequence.truncate(middle);
    found.push(feed(&mut sequence, &tokens[rest..]));
    sequence.truncate(middle / 2);
    feed(&mut sequence, &others[..others.len() / 2]);
    sequence.restore(&snapshot).unwrap();
    found.push(feed(&mut sequence, &tokens[middle..]));
    let mut another = fresh();
    another.restore(&snapshot).unwrap();
    found.push(feed(&mut another, &tokens[middle..]));
    found.iter().map(|found| relative_error(found, logits)).fold(0.0, f64::max)
}

/// Writes `model` as a GGUF file with matrices in F16, but for those that are never quantized.
fn write_f16(model: &Model, path: &Path) {
    let source = model.source();
    let slots = model.spec().unwrap().tensors();
    let in_f16 = |tensor: &TensorMeta| {
        let is_kept = slots.iter().any(|slot| slot.name == tensor.name && slot.role.is_kept());
        let dtype = if tensor.shape.len() > 1 && !is_kept { DType::F16 } else { tensor.dtype };
        TensorMeta { dtype, ..tensor.clone() }
    };
    let tensors: Vec<TensorMeta> = source.tensors().iter().map(in_f16).collect();
    let mut writer = GgufWriter::create(path, &model.gguf_metadata(&()).unwrap(), &tensors).unwrap();
    for (index, tensor) in source.tensors().iter().enumerate() {
        let raw = source.read_rows(index, 0..tensor.n_rows()).unwrap();
        if tensors[index].dtype == tensor.dtype {
            writer.write(&raw).unwrap();
            continue;
        }
        let mut values = vec![0.0; tensor.n_elements()];
        decode_row(tensor.dtype, &raw, &mut values);
        let rounded: Vec<u8> =
            values.into_iter().flat_map(|value| f16::from_f32(value).to_le_bytes()).collect();
        writer.write(&rounded).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn the_reference_backend_computes_what_transformers_computes() {
    for folder in folders() {
        let model = open(&folder);
        let spec = model.spec().unwrap();
        let decoder = CandleDecoder::on_cpu(spec, model.source(), &(), &Cancel::new()).unwrap();
        let error = compare(&decoder, &Expected::read(&folder));
        println!("{}: {error:.1e}", folder.file_name().unwrap().display());
        assert!(error < 1e-4, "{}: relative error {error:.1e}", folder.display());
    }
}

#[test]
fn the_cpu_backend_computes_the_same_on_f16_weights_at_every_level() {
    let written = tempfile::tempdir().unwrap();
    for folder in folders() {
        let name = folder.file_name().unwrap().display();
        let path = written.path().join(format!("{name}.gguf"));
        write_f16(&open(&folder), &path);
        let model = open(&path);
        for level in Level::available() {
            let run = RunOptions { level, ..RunOptions::new(2) };
            let spec = model.spec().unwrap();
            let decoder = CpuDecoder::load(spec, model.source(), &run, &(), &Cancel::new()).unwrap();
            let error = compare(&decoder, &Expected::read(&folder));
            println!("{name} at {}: {error:.1e}", level.name());
            assert!(error < 5e-3, "{name} at {}: relative error {error:.1e}", level.name());
        }
    }
}

#[test]
fn a_written_file_opens_as_the_decoder_it_was() {
    let written = tempfile::tempdir().unwrap();
    for folder in folders() {
        let path = written.path().join("model.gguf");
        let checkpoint = open(&folder);
        write_f16(&checkpoint, &path);
        let file = open(&path);
        assert_eq!(file.spec().unwrap(), checkpoint.spec().unwrap());
        assert_eq!(file.name(), folder.file_name().unwrap().to_str().unwrap());
        assert_eq!(file.end_tokens(), [1, 95]);
        assert_eq!(file.n_parameters(), checkpoint.n_parameters());
        let text = "Half_a_line,(and)more";
        let tokens = checkpoint.tokenizer().unwrap().encode(text).unwrap();
        assert_eq!(file.tokenizer().unwrap().encode(text).unwrap(), tokens);
        std::fs::remove_file(path).unwrap();
    }
}
