//! Headers that lie, checkpoints with pieces missing, and inputs by chance.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::base::{DType, TensorSource};
use crate::formats::Error;

/// A file: the header's length, the header, then `n_bytes` of data.
fn file(header: &str, n_bytes: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend((0..n_bytes).map(|position| position as u8));
    bytes
}

fn entry(name: &str, dtype: &str, shape: &str, start: u64, end: u64) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{start},{end}]}}"#)
}

/// A file with the one tensor `name`, two rows of F32.
fn small(name: &str) -> Vec<u8> {
    file(&format!("{{{}}}", entry(name, "F32", "[2,1]", 0, 8)), 8)
}

#[track_caller]
fn refused(bytes: &[u8], message: &str) {
    let error = SafetensorsHeader::parse(bytes).expect_err(message);
    assert_eq!(error.to_string(), message);
}

#[test]
fn tensors_are_found_in_the_order_of_their_bytes() {
    let entries = [
        entry("b", "BF16", "[2,2]", 4, 12),
        entry("a", "F32", "[]", 0, 4),
        entry("ids", "I64", "[1]", 12, 20),
    ];
    let header = format!(r#"{{"__metadata__":{{"format":"pt"}},{}}}   "#, entries.join(","));
    let header = SafetensorsHeader::parse(&file(&header, 20)).unwrap();
    let names: Vec<&str> = header.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "ids"]);
    assert_eq!(header.entries[1].shape, [2, 2]);
    assert_eq!(header.entries[1].dtype(), Some(DType::BF16));
    assert_eq!(header.entries[2].dtype(), None);
    assert!(SafetensorsHeader::parse(&file("{}", 0)).unwrap().entries.is_empty());
}

#[test]
fn headers_that_are_none_are_refused() {
    refused(&[1, 2, 3], "the file is 3 bytes long, too short for a header");
    let huge = u64::MAX.to_le_bytes();
    refused(&huge, "the header's length of 18446744073709551615 bytes is above the limit of 100000000");
    refused(&file("{}", 0)[..9], "the file is cut off: its header takes 2 bytes, but only 1 follow");
    refused(&file("[]", 0), "the header is not a JSON object, but starts with byte 0x5b");
    let json = "the header does not match the format";
    refused(&file("", 0), json);
    refused(&file("{\"a\":1}", 0), json);
    refused(&file(&format!("{{{}}}", entry("a", "F32", "[-1]", 0, 4)), 4), json);
    refused(&file(&format!("{{{}}}", entry("a", "F32", "[1.5]", 0, 4)), 4), json);
    refused(&file(&format!("{{\"a\":{}1{}}}", "[".repeat(5000), "]".repeat(5000)), 0), json);
    let mut not_utf8 = file("{\"a\":1}", 0);
    not_utf8[10] = 0xff;
    refused(&not_utf8, json);
}

#[test]
fn tensors_that_do_not_fit_are_refused() {
    let one = |entry: String, n_bytes| file(&format!("{{{entry}}}"), n_bytes);
    let start = one(entry("a", "F32", "[2]", 0, 8), 0).len();
    refused(
        &one(entry("a", "F32", "[2]", 0, 8), 7),
        &format!(
            "the file is cut off: tensor \"a\" ends at byte {}, but the file has {}",
            start + 8,
            start + 7
        ),
    );
    refused(
        &one(entry("a", "F32", "[2]", 0, 8), 9),
        &format!("the last tensor ends at byte {}, but the file has {}", start + 8, start + 9),
    );
    refused(&one(entry("a", "F32", "[2]", 8, 0), 8), "tensor \"a\" ends at offset 0, before its start at 8");
    refused(
        &one(entry("a", "F32", "[2]", 4, 12), 12),
        "tensor \"a\" starts at offset 4, but the one before it ends at 0",
    );
    refused(
        &one(entry("a", "BF16", "[2,3]", 0, 8), 8),
        "tensor \"a\" of type BF16 and shape [2, 3] takes 12 bytes, but has 8",
    );
    refused(
        &one(entry("a", "F32", "[4294967296,4294967296]", 0, 8), 8),
        "tensor \"a\" is larger than any file: [4294967296, 4294967296]",
    );
    refused(
        &one(entry("a", "F32", "[4611686018427387904]", 0, 8), 8),
        "tensor \"a\" is larger than any file: [4611686018427387904]",
    );
    refused(
        &one(entry("a", "X9", "[1]", 0, u64::MAX), 8),
        "the file is cut off: tensor \"a\" ends at byte 18446744073709551615, but the file has 88",
    );
    let shared = [entry("a", "F32", "[2]", 0, 8), entry("b", "F32", "[1]", 4, 8)].join(",");
    refused(&one(shared, 8), "tensor \"b\" starts at offset 4, but the one before it ends at 8");
    let twice = [entry("a", "F32", "[1]", 0, 4), entry("a", "F32", "[1]", 4, 8)].join(",");
    refused(&one(twice, 8), "tensor \"a\" occurs twice");
}

#[test]
fn a_checkpoint_reads_rows_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let entries = [entry("w", "F16", "[3,2]", 0, 12), entry("ids", "I64", "[1]", 12, 20)].join(",");
    std::fs::write(folder.path().join("model.safetensors"), file(&format!("{{{entries}}}"), 20)).unwrap();
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    let index = checkpoint.find("w").unwrap();
    assert_eq!(checkpoint.tensors()[index].shape, [3, 2]);
    assert_eq!(&*checkpoint.read_rows(index, 1..3).unwrap(), [4, 5, 6, 7, 8, 9, 10, 11]);
    checkpoint.release_rows(index, 0..3);
    assert!(checkpoint.read_rows(index, 2..4).is_err());
    assert_eq!(checkpoint.find("ids"), None);
    assert_eq!(checkpoint.unreadable()[0].dtype_name, "I64");
}

fn write_index(folder: &Path, weight_map: &str) {
    let index = format!(r#"{{"metadata":{{"total_size":16}},"weight_map":{{{weight_map}}}}}"#);
    std::fs::write(folder.join("model.safetensors.index.json"), index).unwrap();
}

/// The cause of an error, in words.
fn cause(error: &Error) -> String {
    std::error::Error::source(error).unwrap().to_string()
}

#[test]
fn the_files_of_an_index_are_one_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("1.safetensors"), small("a")).unwrap();
    std::fs::write(folder.path().join("2.safetensors"), small("b")).unwrap();
    write_index(folder.path(), r#""a":"1.safetensors","b":"2.safetensors""#);
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(checkpoint.tensors().len(), 2);
    assert_eq!(checkpoint.n_bytes(), 2 * small("a").len() as u64);

    let refused = |weight_map: &str| {
        write_index(folder.path(), weight_map);
        cause(&Checkpoint::open(folder.path()).unwrap_err())
    };
    assert_eq!(
        refused(r#""a":"1.safetensors","c":"2.safetensors""#),
        "the index lists tensor \"c\" in \"2.safetensors\", which does not hold it"
    );
    assert_eq!(
        refused(r#""a":"1.safetensors","c":"3.safetensors""#),
        "\"3.safetensors\", which the index names, is missing; was the download interrupted?"
    );
    assert_eq!(refused(""), "the index names no files");
    for shard in ["../x", "/etc/passwd", "a/b", r"..\\x", "..", "C:x", "", "./1.safetensors", r"a\u0000b"] {
        let message = refused(&format!(r#""a":"{shard}""#));
        assert!(message.ends_with("which is not a file of this folder"), "{shard}: {message}");
    }
    std::fs::write(
        folder.path().join("2.safetensors"),
        file(&format!("{{{},{}}}", entry("a", "F32", "[1]", 0, 4), entry("b", "F32", "[1]", 4, 8)), 8),
    )
    .unwrap();
    assert_eq!(
        refused(r#""a":"1.safetensors","b":"2.safetensors""#),
        "tensor \"a\" is in \"1.safetensors\" and in \"2.safetensors\""
    );
}

#[test]
fn a_folder_without_weights_says_what_it_holds_instead() {
    let open = |names: &[&str], content: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        Checkpoint::open(folder.path()).unwrap_err()
    };
    assert!(matches!(open(&[], b""), Error::NoWeights { .. }));
    assert!(matches!(open(&["config.json", "pytorch_model.bin"], b""), Error::Pickle { .. }));
    assert!(matches!(open(&["consolidated.00.pth"], b""), Error::Pickle { .. }));
    assert!(matches!(open(&["adapter_model.safetensors"], b""), Error::NoIndex { .. }));
    assert!(matches!(open(&["model.gguf"], b""), Error::GgufInFolder { .. }));
    assert!(matches!(open(&["model.safetensors.incomplete"], b""), Error::Incomplete { .. }));
    assert!(matches!(open(&[".cache/huggingface/download/x.incomplete"], b""), Error::Incomplete { .. }));
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 10\n";
    assert!(matches!(open(&["model.safetensors"], pointer), Error::LfsPointer { .. }));
    assert!(matches!(open(&["model.safetensors"], &small("a")[..20]), Error::Safetensors { .. }));
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Checkpoint::open(&folder.path().join("absent")).unwrap_err(), Error::Io { .. }));
    let path = folder.path().join("file");
    std::fs::write(&path, b"x").unwrap();
    assert!(matches!(Checkpoint::open(&path).unwrap_err(), Error::Io { .. }));
}

proptest! {
    #[test]
    fn any_bytes_give_a_header_or_an_error(bytes: Vec<u8>, text in ".*") {
        let _ = SafetensorsHeader::parse(&bytes);
        let _ = SafetensorsHeader::parse(&file(&text, bytes.len()));
        let _ = shard_names(&bytes);
        let _ = shard_names(text.as_bytes());
    }

    /// What still passes after bytes were changed must hold its promises.
    #[test]
    fn a_changed_file_gives_a_header_that_holds_or_an_error(
        changes in prop::collection::vec((0.0..1.0_f64, prop::sample::select(b"0123456789,[]{}\":-FAa \\".to_vec())), 1..4),
    ) {
        let entries = [entry("a", "F32", "[2,1]", 0, 8), entry("b", "BF16", "[3]", 8, 14)].join(",");
        let mut bytes = file(&format!("{{{entries}}}"), 14);
        for (place, byte) in changes {
            let header = bytes.len() - 8;
            bytes[8 + (place * header as f64) as usize] = byte;
        }
        if let Ok(header) = SafetensorsHeader::parse(&bytes) {
            for entry in header.entries {
                prop_assert!(bytes.get(entry.range.clone()).is_some());
                if let Some(dtype) = entry.dtype() {
                    let n_elements: usize = entry.shape.iter().product();
                    prop_assert_eq!(n_elements * dtype.block_bytes(), entry.range.len());
                }
            }
        }
    }

    #[test]
    fn names_in_an_index_never_leave_the_folder(shard in ".*") {
        let json = serde_json::json!({ "weight_map": { "a": shard } }).to_string();
        if let Ok(names) = shard_names(json.as_bytes()) {
            let inside = Path::new("folder").join(&names[0]);
            prop_assert_eq!(inside.parent(), Some(Path::new("folder")));
        }
    }
}
