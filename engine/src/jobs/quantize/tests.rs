//! The whole pipeline on models small enough for a test.

use std::fs;
use std::path::Path;

use super::*;
use crate::base::{DType, TensorMeta, TensorSource};
use crate::formats::gguf::{GgufFile, Metadata, part_path};
use crate::jobs::quality;
use crate::progress::{Progress, Warning};
use crate::quant::Precision;

const TENSORS: [(&str, &[usize]); 5] = [
    ("token_embd.weight", &[64, 256]),
    ("blk.0.attn_norm.weight", &[256]),
    ("blk.0.attn_v.weight", &[256, 256]),
    ("blk.0.ffn_down.weight", &[300, 96]),
    ("output_norm.weight", &[256]),
];

/// Writes a GGUF file of F32 tensors: not a model that runs, but one that can be quantized.
fn write_source(path: &Path) {
    let mut metadata = Metadata::new();
    metadata.set("general.architecture", "llama");
    metadata.set("general.name", "tiny");
    metadata.set("llama.block_count", 1_u32);
    let tensors = TENSORS.map(|(name, shape)| TensorMeta {
        name: name.to_owned(),
        shape: shape.to_vec(),
        dtype: DType::F32,
    });
    let mut writer = GgufWriter::create(path, &metadata, &tensors).unwrap();
    for tensor in &tensors {
        for i in 0..tensor.n_elements() {
            let weight = ((i * 7919 % 1009) as f32 - 504.0) / 5040.0;
            writer.write(&weight.to_le_bytes()).unwrap();
        }
    }
    writer.finish().unwrap();
}

fn request(folder: &Path, target: &str, precision: Precision) -> QuantizeRequest {
    QuantizeRequest {
        threads: Some(2),
        ..QuantizeRequest::new(folder.join("source.gguf"), folder.join(target), precision)
    }
}

fn folder_with_source() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_source(&folder.path().join("source.gguf"));
    folder
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_model_is_quantized_and_says_so() {
    let folder = folder_with_source();
    let report =
        quantize(&request(folder.path(), "target.gguf", Precision::Q4_K_M), &(), &Cancel::new()).unwrap();
    let file = GgufFile::open(&report.path).unwrap();
    assert_eq!(file.n_bytes(), report.bytes);
    assert_eq!(file.metadata().required::<u32>("general.file_type"), Ok(15));
    assert_eq!(file.metadata().required::<u32>("general.quantization_version"), Ok(2));
    assert_eq!(file.metadata().required::<&str>("general.name"), Ok("tiny"));
    let dtypes: Vec<DType> = file.tensors().iter().map(|tensor| tensor.dtype).collect();
    assert_eq!(dtypes, [DType::Q6_K, DType::F32, DType::Q6_K, DType::Q8_0, DType::F32]);
    let fallback = Warning::TypeFallback {
        tensor: "blk.0.ffn_down.weight".to_owned(),
        wanted: DType::Q6_K,
        used: DType::Q8_0,
    };
    assert_eq!(report.warnings, [fallback]);
    assert!(report.peak_rss_bytes > 0 && report.bits_per_weight > 6.0);
    assert_eq!(names_in(folder.path()), ["source.gguf", "target.gguf", "target.quality.json"]);
    let kept = quality::kept(&report.path).unwrap();
    assert_eq!((kept.precision.as_str(), kept.errors.unwrap().tensors.len()), ("q4_k_m", TENSORS.len()));
}

#[test]
fn a_quantized_model_is_quantized_again_with_a_warning() {
    let folder = folder_with_source();
    quantize(&request(folder.path(), "first.gguf", Precision::Q8_0), &(), &Cancel::new()).unwrap();
    let again = QuantizeRequest {
        source: folder.path().join("first.gguf"),
        ..request(folder.path(), "second.gguf", Precision::Q4_0)
    };
    let report = quantize(&again, &(), &Cancel::new()).unwrap();
    assert!(report.warnings.contains(&Warning::QuantizedTwice { count: 3, from: DType::Q8_0 }));
}

/// Cancels when the run begins to write.
struct CancelAtProgress(Cancel);

impl Observer for CancelAtProgress {
    fn progress(&self, _progress: Progress) {
        self.0.cancel();
    }
}

#[test]
fn cancelling_leaves_nothing_and_what_was_there_before() {
    let folder = folder_with_source();
    let cancel = Cancel::new();
    let asked = request(folder.path(), "target.gguf", Precision::Q8_0);
    fs::write(&asked.target, b"GGUF of before").unwrap();
    let outcome = quantize(&asked, &CancelAtProgress(cancel.clone()), &cancel);
    assert!(matches!(outcome, Err(Error::Cancelled(_))), "{outcome:?}");
    assert_eq!(names_in(folder.path()), ["source.gguf", "target.gguf"]);
    assert_eq!(fs::read(&asked.target).unwrap(), b"GGUF of before");
}

#[test]
fn what_a_killed_run_left_is_started_over() {
    let folder = folder_with_source();
    let asked = request(folder.path(), "target.gguf", Precision::Q4_K_M);
    fs::write(part_path(&asked.target), vec![7; 1 << 20]).unwrap();
    quantize(&asked, &(), &Cancel::new()).unwrap();
    GgufFile::open(&asked.target).unwrap();
    assert_eq!(names_in(folder.path()), ["source.gguf", "target.gguf", "target.quality.json"]);
}

#[test]
fn targets_that_cannot_be_are_refused_before_anything_is_written() {
    let folder = folder_with_source();
    let refusal = |target: &str| match quantize(
        &request(folder.path(), target, Precision::Q8_0),
        &(),
        &Cancel::new(),
    ) {
        Err(Error::Target(error)) => error,
        other => panic!("{target}: {other:?}"),
    };
    fs::create_dir(folder.path().join("folder.gguf")).unwrap();
    fs::write(folder.path().join("notes.txt"), "not a model").unwrap();
    assert!(matches!(refusal("folder.gguf"), TargetError::Folder { .. }));
    assert!(matches!(refusal("missing/target.gguf"), TargetError::NoFolder { .. }));
    assert!(matches!(refusal("source.gguf"), TargetError::Source { .. }));
    assert!(matches!(refusal("notes.txt"), TargetError::Foreign { .. }));
    assert_eq!(names_in(folder.path()), ["folder.gguf", "notes.txt", "source.gguf"]);
}

#[test]
fn a_disk_too_small_is_noticed_first() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.gguf");
    if crate::hardware::free_disk_bytes(folder.path()).is_some() {
        let refusal = target::check_space(&target, u64::MAX);
        assert!(matches!(refusal, Err(TargetError::Space { needed: u64::MAX, .. })), "{refusal:?}");
    }
    assert_eq!(target::check_space(&target, 0), Ok(()));
}

#[test]
fn unknown_precisions_and_absent_sources_are_told() {
    let folder = folder_with_source();
    let asked = request(folder.path(), "target.gguf", Precision::Q4_K_M);
    let json = serde_json::to_value(&asked).unwrap();
    assert_eq!(serde_json::from_value::<QuantizeRequest>(json.clone()).unwrap(), asked);
    for (field, name) in [("precision", "int3"), ("method", "magic"), ("planner", "nobody")] {
        let mut unknown = json.clone();
        unknown[field] = name.into();
        let refusal = serde_json::from_value::<QuantizeRequest>(unknown).unwrap_err().to_string();
        assert!(refusal.contains(&format!("{name:?}")), "{refusal}");
    }
    let mut absent = asked;
    absent.source = folder.path().join("nothing.gguf");
    assert!(matches!(quantize(&absent, &(), &Cancel::new()), Err(Error::Model(_))));
}
