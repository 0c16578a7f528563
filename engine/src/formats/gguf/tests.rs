//! Round trips, headers that lie, and inputs by chance.

use std::borrow::Cow;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::base::{DType, TensorMeta, TensorSource};
use crate::formats::Error;

fn meta(name: &str, shape: &[usize], dtype: DType) -> TensorMeta {
    TensorMeta { name: name.to_owned(), shape: shape.to_vec(), dtype }
}

/// One key of every type, nested and empty arrays included.
fn every_type() -> Metadata {
    let mut metadata = Metadata::new();
    metadata.set("general.architecture", "llama");
    metadata.set("u8", 255_u8);
    metadata.set("i8", -1_i8);
    metadata.set("u16", 65_535_u16);
    metadata.set("i16", -2_i16);
    metadata.set("u32", 4_000_000_000_u32);
    metadata.set("i32", -3_i32);
    metadata.set("f32", 0.1_f32);
    metadata.set("bool", true);
    metadata.set("u64", u64::MAX);
    metadata.set("i64", i64::MIN);
    metadata.set("f64", 0.1_f64);
    metadata.set("texts", vec!["a".to_owned(), String::new(), "Größe 語".to_owned()]);
    metadata.set("bools", vec![true, false]);
    metadata.set("bytes", vec![1_u8, 2, 3]);
    metadata.set("scores", vec![-1.5_f32, 0.0, f32::INFINITY]);
    metadata.set("empty", Vec::<f64>::new());
    metadata.set("nested", Value::Array(Array::Array(vec![Array::I16(vec![1, -1]), Array::String(vec![])])));
    metadata
}

/// Three tensors, two of which end away from the alignment.
fn sample() -> (Metadata, Vec<TensorMeta>, Vec<u8>) {
    let tensors = vec![
        meta("token_embd.weight", &[5, 32], DType::Q4_0),
        meta("output_norm.weight", &[7], DType::F32),
        meta("blk.0.attn_q.weight", &[2, 3, 4], DType::F16),
    ];
    let n_bytes: usize = tensors.iter().map(TensorMeta::n_bytes).sum();
    let bytes = (0..n_bytes).map(|position| (position % 251) as u8).collect();
    (every_type(), tensors, bytes)
}

/// The sample as a file's bytes.
fn sample_file() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.gguf");
    let (metadata, tensors, bytes) = sample();
    let mut writer = GgufWriter::create(&path, &metadata, &tensors).unwrap();
    writer.write(&bytes).unwrap();
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

fn copy_of(file: &GgufFile, path: &Path) -> Vec<u8> {
    let mut writer = GgufWriter::create(path, file.metadata(), file.tensors()).unwrap();
    for index in 0..file.tensors().len() {
        writer.write(file.bytes(index)).unwrap();
    }
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn what_is_written_is_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gguf");
    let (metadata, tensors, bytes) = sample();
    let mut writer = GgufWriter::create(&path, &metadata, &tensors).unwrap();
    for piece in bytes.chunks(13) {
        writer.write(piece).unwrap();
        assert!(!path.exists() && part_path(&path).exists());
    }
    let n_bytes = writer.finish().unwrap();
    assert!(path.exists() && !part_path(&path).exists());
    assert_eq!(n_bytes, std::fs::metadata(&path).unwrap().len());
    assert_eq!(n_bytes, file_bytes(&metadata, &tensors).unwrap());

    let file = GgufFile::open(&path).unwrap();
    assert_eq!(file.version(), 3);
    assert_eq!(file.metadata(), &metadata);
    assert_eq!(file.tensors(), tensors);
    let read: Vec<u8> = (0..tensors.len()).flat_map(|index| file.bytes(index)).copied().collect();
    assert_eq!(read, bytes);
    assert_eq!(file.find("output_norm.weight"), Some(1));
    assert_eq!(file.find("output"), None);
    let row = file.read_rows(0, 1..3).unwrap();
    assert!(matches!(row, Cow::Borrowed(_)));
    assert_eq!(&*row, &bytes[18..54]);
    file.release_rows(0, 0..5);
    assert!(file.read_rows(0, 4..6).is_err());
    assert!(file.read_rows(3, 0..1).is_err());
    assert_eq!(copy_of(&file, &folder.path().join("b.gguf")), std::fs::read(&path).unwrap());
}
