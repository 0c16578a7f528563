//! Loading tells which tensors of a GGUF file nothing reads, and reads the optional ones that a file has.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use nibble_engine::backend::Logits;
use nibble_engine::base::{DType, TensorMeta};
use nibble_engine::formats::gguf::GgufWriter;
use nibble_engine::jobs::{self, LoadOptions};
use nibble_engine::models;
use nibble_engine::progress::{Cancel, Observer, Warning};

/// Keeps the names of tensors that were left out.
#[derive(Default)]
struct Ignored(Mutex<Vec<String>>);

impl Observer for Ignored {
    fn warn(&self, warning: Warning) {
        if let Warning::TensorIgnored { tensor } = warning {
            self.0.lock().unwrap().push(tensor);
        }
    }
}

/// Writes a recorded llama with more vectors, all of whose elements are a half.
fn write(folder: &Path, extra: &[(&str, usize)]) -> PathBuf {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models/llama-llama3");
    let model = models::open(&original, &()).unwrap();
    let source = model.source();
    let mut tensors = source.tensors().to_vec();
    tensors.extend(extra.iter().map(|&(name, len)| TensorMeta {
        name: name.to_owned(),
        shape: vec![len],
        dtype: DType::F32,
    }));
    let path = folder.join(format!("{}.gguf", extra.len()));
    let mut writer = GgufWriter::create(&path, &model.gguf_metadata(&()).unwrap(), &tensors).unwrap();
    for (index, tensor) in source.tensors().iter().enumerate() {
        writer.write(&source.read_rows(index, 0..tensor.n_rows()).unwrap()).unwrap();
    }
    for &(_, len) in extra {
        writer.write(&0.5_f32.to_le_bytes().repeat(len)).unwrap();
    }
    writer.finish().unwrap();
    path
}

/// The logits after some tokens, and the tensors that loading left out.
fn run(path: &Path) -> (Vec<f32>, Vec<String>) {
    let ignored = Ignored::default();
    let options = LoadOptions::with_threads(Some(1));
    let loaded = jobs::load(path, &options, &ignored, &Cancel::new()).unwrap();
    let mut sequence = loaded.decoder.sequence(8).unwrap();
    let logits = sequence.feed(&[3, 5, 8], Logits::Last, &Cancel::new()).unwrap().to_vec();
    (logits, ignored.0.into_inner().unwrap())
}

#[test]
fn what_nothing_reads_is_told_and_what_the_layers_have_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (plain, none) = run(&write(folder.path(), &[]));
    assert!(none.is_empty(), "{none:?}");
    let (same, ignored) = run(&write(folder.path(), &[("blk.0.attn_sinks.weight", 4)]));
    assert_eq!((same, ignored), (plain.clone(), vec!["blk.0.attn_sinks.weight".to_owned()]));

    let width = models::open(&write(folder.path(), &[]), &()).unwrap().spec().unwrap().d_model;
    let biases = [("blk.0.attn_output.bias", width), ("blk.1.attn_output.bias", width)];
    let path = write(folder.path(), &biases);
    let spec = models::open(&path, &()).unwrap().spec().unwrap();
    assert!(spec.attentions().all(|attention| attention.biases.output && !attention.biases.query));
    let (biased, none) = run(&path);
    assert!(none.is_empty(), "{none:?}");
    assert_ne!(biased, plain);
}
