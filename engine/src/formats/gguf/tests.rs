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
    let (metadata, tensors, bytes) = sample();
    written(&metadata, &tensors, &bytes)
}

fn written(metadata: &Metadata, tensors: &[TensorMeta], bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.gguf");
    let mut writer = GgufWriter::create(&path, metadata, tensors).unwrap();
    writer.write(bytes).unwrap();
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

#[test]
fn a_writer_that_does_not_finish_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gguf");
    let (metadata, tensors, bytes) = sample();
    std::fs::write(part_path(&path), b"left by a run that was killed").unwrap();

    let mut writer = GgufWriter::create(&path, &metadata, &tensors).unwrap();
    let second = GgufWriter::create(&path, &metadata, &tensors);
    assert!(matches!(second, Err(WriteError::Busy { .. })));
    writer.write(&bytes[..100]).unwrap();
    let error = writer.finish().unwrap_err();
    assert_eq!(error.to_string(), "tensor \"output_norm.weight\" got 10 of its 28 bytes");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut writer = GgufWriter::create(&path, &metadata, &tensors).unwrap();
    writer.write(&bytes).unwrap();
    assert!(matches!(writer.write(&[0; 3]), Err(WriteError::Excess { excess_bytes: 3 })));
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_gguf_cannot_store_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gguf");
    let refused = |metadata: &Metadata, tensors: &[TensorMeta]| {
        let error = GgufWriter::create(&path, metadata, tensors).unwrap_err();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        error.to_string()
    };
    let none = Metadata::new();
    let message = refused(&none, &[meta("a", &[2, 33], DType::Q4_0)]);
    assert_eq!(message, "tensor \"a\" of shape [2, 33] cannot be stored as q4_0");
    refused(&none, &[meta("a", &[1, 1, 1, 1, 1], DType::F32)]);
    refused(&none, &[meta("a", &[0], DType::F32)]);
    refused(&none, &[meta("a", &[usize::MAX, 2], DType::F32)]);
    refused(&none, &[meta("", &[1], DType::F32)]);
    refused(&none, &[meta(&"a".repeat(64), &[1], DType::F32)]);
    refused(&none, &[meta("a", &[1], DType::F32), meta("a", &[1], DType::F32)]);
    let mut odd = Metadata::new();
    odd.set("general.alignment", 33_u32);
    refused(&odd, &[]);
    let missing = GgufWriter::create(&folder.path().join("no/folder.gguf"), &none, &[]).unwrap_err();
    assert!(matches!(missing, WriteError::Io { action: "creating", .. }));
}

#[test]
fn a_file_may_hold_no_tensors_and_another_alignment() {
    let mut metadata = Metadata::new();
    metadata.set("general.alignment", 8_u32);
    let header = GgufHeader::parse(&written(&metadata, &[], &[])).unwrap();
    assert_eq!(header.metadata, metadata);
    let tensors = [meta("a", &[1], DType::F32), meta("b", &[], DType::F16)];
    let header = GgufHeader::parse(&written(&metadata, &tensors, &[1, 2, 3, 4, 5, 6])).unwrap();
    assert_eq!(header.ranges[1].start - header.ranges[0].start, 8);
    assert_eq!(header.tensors, tensors);
}

/// A header with the given counts and whatever follows them, and 64 bytes for tensors.
fn raw(version: u32, n_tensors: u64, n_keys: u64, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(version.to_le_bytes());
    bytes.extend(n_tensors.to_le_bytes());
    bytes.extend(n_keys.to_le_bytes());
    for part in parts {
        bytes.extend(part);
    }
    bytes.resize(bytes.len().next_multiple_of(32) + 64, 0);
    bytes
}

fn key(name: &str, type_id: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes = (name.len() as u64).to_le_bytes().to_vec();
    bytes.extend(name.as_bytes());
    bytes.extend(type_id.to_le_bytes());
    bytes.extend(value);
    bytes
}

/// A tensor's entry, dimensions innermost first as in the file.
fn tensor(name: &str, dimensions: &[u64], type_id: u32, offset: u64) -> Vec<u8> {
    let mut bytes = key(name, dimensions.len() as u32, &[]);
    for length in dimensions {
        bytes.extend(length.to_le_bytes());
    }
    bytes.extend(type_id.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes
}

/// An array's value: element type, count, elements.
fn array(type_id: u32, count: u64, elements: &[u8]) -> Vec<u8> {
    let mut bytes = type_id.to_le_bytes().to_vec();
    bytes.extend(count.to_le_bytes());
    bytes.extend(elements);
    bytes
}

#[track_caller]
fn refused(bytes: &[u8], message: &str) {
    let error = GgufHeader::parse(bytes).expect_err(message);
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_file_that_is_not_ours_is_refused() {
    refused(b"", "the file is 0 bytes long and does not start with the GGUF magic number");
    refused(b"GGML\x03\0\0\0", "the file is 8 bytes long and does not start with the GGUF magic number");
    refused(&raw(1, 0, 0, &[]), "version 1 is not supported; versions 2 and 3 are");
    refused(&raw(4, 0, 0, &[]), "version 4 is not supported; versions 2 and 3 are");
    refused(&raw(3 << 24, 0, 0, &[]), "the file is big-endian; only little-endian files are read");
    assert!(GgufHeader::parse(&raw(2, 0, 0, &[])).is_ok());
}

#[test]
fn counts_that_the_file_cannot_hold_are_refused() {
    refused(
        &raw(3, u64::MAX, 0, &[]),
        "the header claims 18446744073709551615 tensors, but at most 3 are possible",
    );
    refused(
        &raw(3, 0, 1 << 40, &[]),
        "the header claims 1099511627776 metadata keys, but at most 5 are possible",
    );
    let long = key("k", 8, &u64::MAX.to_le_bytes());
    refused(
        &raw(3, 0, 1, &[long]),
        "the file is cut off: the value of metadata key \"k\" needs 18446744073709551615 bytes at offset 45, but the \
         file has 128",
    );
    let array = |type_id, count| raw(3, 0, 1, &[key("k", 9, &array(type_id, count, &[]))]);
    let claim = |count: u64, limit: u64| {
        format!(
            "the value of metadata key \"k\" claims {count} array elements, but at most {limit} are possible"
        )
    };
    refused(&array(4, 1 << 62), &claim(1 << 62, 19));
    refused(&array(8, 1 << 62), &claim(1 << 62, 9));
    refused(&array(9, 1 << 62), &claim(1 << 62, 6));
    refused(&array(12, u64::MAX), &claim(u64::MAX, 9));
    let name = (1_u64 << 20).to_le_bytes().to_vec();
    refused(
        &raw(3, 0, 1, &[name]),
        "metadata key number 0 claims 1048576 bytes of name, but at most 65535 are possible",
    );
}

#[test]
fn values_that_are_none_are_refused() {
    refused(&raw(3, 0, 1, &[key("", 4, &[0; 4])]), "metadata key number 0 has an empty name");
    refused(
        &raw(3, 0, 1, &[key("k", 13, &[])]),
        "the value of metadata key \"k\" has type 13; the types are 0 to 12",
    );
    refused(
        &raw(3, 0, 1, &[key("k", 7, &[2])]),
        "the value of metadata key \"k\" should be true (1) or false (0), but is 2",
    );
    let mut text = 3_u64.to_le_bytes().to_vec();
    text.extend(b"a\xffb");
    refused(
        &raw(3, 0, 1, &[key("k", 8, &text)]),
        "the value of metadata key \"k\" is not UTF-8 from byte 46 of the file on",
    );
    let twice = [key("k", 0, &[1]), key("other", 0, &[1]), key("k", 0, &[1])];
    refused(&raw(3, 0, 3, &twice), "metadata key \"k\" occurs twice");
    let deep = (0..5).fold(array(0, 0, &[]), |inner, _| array(9, 1, &inner));
    refused(
        &raw(3, 0, 1, &[key("k", 9, &deep)]),
        "the value of metadata key \"k\" nests arrays more than 4 deep",
    );
    for alignment in [0_u32, 3, 33, 1 << 21, u32::MAX] {
        let message = format!("the alignment {alignment} is not a power of two up to 1048576");
        refused(&raw(3, 0, 1, &[key("general.alignment", 4, &alignment.to_le_bytes())]), &message);
    }
    let text = key("general.alignment", 8, &0_u64.to_le_bytes());
    refused(
        &raw(3, 0, 1, &[text]),
        "metadata key \"general.alignment\" should hold an integer from 0 to 2^32 - 1, but holds string of 0 bytes",
    );
}

#[test]
fn tensors_that_do_not_fit_are_refused() {
    let one = |part| raw(3, 1, 0, &[part]);
    refused(&one(tensor("t", &[4, 0], 0, 0)), "tensor \"t\" has a dimension of 0");
    refused(&one(tensor("t", &[1; 5], 0, 0)), "tensor \"t\" claims 5 dimensions, but at most 4 are possible");
    refused(&one(tensor("t", &[4], 15, 0)), "tensor \"t\" has type 15 (q8_k), which is not supported");
    refused(&one(tensor("t", &[4], 99, 0)), "tensor \"t\" has type 99 (unknown), which is not supported");
    refused(
        &one(tensor("t", &[48, 2], 2, 0)),
        "tensor \"t\" has rows of 48 weights, which are not whole blocks of q4_0 (32)",
    );
    refused(
        &one(tensor("t", &[1 << 32, 1 << 32], 0, 0)),
        "tensor \"t\" is larger than any file: [4294967296, 4294967296]",
    );
    refused(
        &one(tensor("t", &[1 << 62], 0, 0)),
        "tensor \"t\" is larger than any file: [4611686018427387904]",
    );
    refused(
        &one(tensor("t", &[4], 0, 40)),
        "tensor \"t\" starts at offset 40, which is not a multiple of the alignment 32",
    );
    refused(
        &one(tensor("t", &[17], 0, 0)),
        "the file is cut off: tensor \"t\" ends at byte 132, but the file has 128",
    );
    refused(
        &one(tensor("t", &[1], 0, u64::MAX - 31)),
        "the file is cut off: tensor \"t\" ends at byte 18446744073709551615, but the file has 128",
    );
    let two = |first, second| raw(3, 2, 0, &[first, second]);
    refused(&two(tensor("t", &[1], 0, 0), tensor("t", &[1], 0, 32)), "tensor \"t\" occurs twice");
    refused(
        &two(tensor("b", &[1], 0, 32), tensor("a", &[9], 0, 0)),
        "tensors \"a\" and \"b\" share bytes, from byte 128 of the file on",
    );
    refused(
        &two(tensor("a", &[1], 0, 0), tensor("b", &[1], 0, 0)),
        "tensors \"a\" and \"b\" share bytes, from byte 96 of the file on",
    );
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let whole = sample_file();
    let end = GgufHeader::parse(&whole).unwrap().ranges.iter().map(|range| range.end).max().unwrap();
    for length in 0..end {
        assert!(GgufHeader::parse(&whole[..length]).is_err(), "cut to {length} bytes");
    }
    assert!(GgufHeader::parse(&whole[..end]).is_ok());
}

#[test]
fn files_of_other_kinds_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let open = |content: &[u8]| {
        std::fs::write(&path, content).unwrap();
        GgufFile::open(&path).unwrap_err()
    };
    assert!(matches!(open(b"PK\x03\x04 a zip archive"), Error::Pickle { .. }));
    assert!(matches!(open(b"\x80\x02}q\x00"), Error::Pickle { .. }));
    assert!(matches!(open(b"\x40\0\0\0\0\0\0\0{\"a\":"), Error::FolderNeeded { .. }));
    assert!(matches!(open(b"version https://git-lfs.github.com/spec/v1\n"), Error::LfsPointer { .. }));
    assert!(matches!(open(b"hello"), Error::Gguf { .. }));
    assert!(matches!(GgufFile::open(folder.path()).unwrap_err(), Error::Io { .. }));
    assert!(matches!(GgufFile::open(&folder.path().join("absent")).unwrap_err(), Error::Io { .. }));
}

proptest! {
    #[test]
    fn any_bytes_give_a_header_or_an_error(bytes: Vec<u8>) {
        let mut file = b"GGUF\x03\0\0\0".to_vec();
        file.extend(bytes);
        let _ = GgufHeader::parse(&file);
    }

    /// What still passes after bytes were changed must hold its promises: every tensor is inside the file.
    #[test]
    fn a_changed_file_gives_a_header_that_holds_or_an_error(
        changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..6),
        early in any::<bool>(),
    ) {
        let mut file = sample_file();
        let reach = if early { 24 } else { file.len() };
        for (place, byte) in changes {
            file[(place * reach as f64) as usize] = byte;
        }
        if let Ok(header) = GgufHeader::parse(&file) {
            for (meta, range) in header.tensors.iter().zip(&header.ranges) {
                prop_assert_eq!(file[range.clone()].len(), meta.n_bytes());
                prop_assert_eq!(header.find(&meta.name).map(|index| &header.tensors[index]), Some(meta));
            }
        }
    }

    #[test]
    fn any_tensors_survive_a_round_trip(
        shapes in prop::collection::vec((prop::collection::vec(1_usize..5, 0..4), 0_usize..16, ".{1,8}"), 0..6),
        text in ".*",
    ) {
        let dtypes: Vec<DType> = DType::all().collect();
        let tensors: Vec<TensorMeta> = shapes
            .iter()
            .enumerate()
            .map(|(position, (shape, dtype, name))| {
                let dtype = dtypes[*dtype];
                let mut shape = shape.clone();
                shape.push(dtype.block_len() * 2);
                meta(&format!("{position} {name}"), &shape, dtype)
            })
            .collect();
        let mut metadata = Metadata::new();
        metadata.set("text", text.as_str());
        let bytes: Vec<u8> = (0..tensors.iter().map(TensorMeta::n_bytes).sum()).map(|at: usize| at as u8).collect();
        let file = written(&metadata, &tensors, &bytes);
        let header = GgufHeader::parse(&file).unwrap();
        let read: Vec<u8> = header.ranges.iter().flat_map(|range| &file[range.clone()]).copied().collect();
        prop_assert_eq!(read, bytes);
        prop_assert_eq!(&header.metadata, &metadata);
        prop_assert_eq!(header.tensors, tensors);
    }
}
