//! The whole pipeline on models small enough for a test.

use std::borrow::Cow;
use std::fs;
use std::ops::Range;
use std::path::Path;

use nibble_kernels::decode::decode_row;

use super::*;
use crate::backend::DecoderSpec;
use crate::base::{DType, TensorMeta, TensorSource};
use crate::formats::gguf::{GgufFile, Metadata, part_path};
use crate::jobs::calibration::{Calibration, CalibrationError};
use crate::jobs::quality;
use crate::progress::{Progress, Warning};
use crate::quant::Precision;
use crate::quant::methods::{self, Importance};
use crate::quant::plan::Uniform;
use crate::quant::statistics::{ActivationStatistics, TensorStatistics};
use crate::quant::{self, Method, Needs, TensorJob};

const TENSORS: [(&str, &[usize]); 5] = [
    ("token_embd.weight", &[64, 256]),
    ("blk.0.attn_norm.weight", &[256]),
    ("blk.0.attn_v.weight", &[256, 256]),
    ("blk.0.ffn_down.weight", &[300, 96]),
    ("output_norm.weight", &[256]),
];

/// Writes a GGUF file of F32 tensors: not a model that runs, but one that can be quantized.
fn write_source(path: &Path) {
    write_model(path, "tiny", 7919);
}

/// The same with a name, and weights that depend on `seed`.
fn write_model(path: &Path, name: &str, seed: usize) {
    let mut metadata = Metadata::new();
    metadata.set("general.architecture", "llama");
    metadata.set("general.name", name);
    metadata.set("llama.block_count", 1_u32);
    let tensors = TENSORS.map(|(name, shape)| TensorMeta {
        name: name.to_owned(),
        shape: shape.to_vec(),
        dtype: DType::F32,
    });
    let mut writer = GgufWriter::create(path, &metadata, &tensors).unwrap();
    for tensor in &tensors {
        for i in 0..tensor.n_elements() {
            let weight = ((i * seed % 1009) as f32 - 504.0) / 5040.0;
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
    let kept = quality::stored_report(&report.path).unwrap();
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
    fs::write(&asked.target, b"GGUF\x03\0\0\0").unwrap();
    let outcome = quantize(&asked, &CancelAtProgress(cancel.clone()), &cancel);
    assert!(outcome.as_ref().is_err_and(JobError::is_cancelled), "{outcome:?}");
    assert_eq!(names_in(folder.path()), ["source.gguf", "target.gguf"]);
    assert_eq!(fs::read(&asked.target).unwrap(), b"GGUF\x03\0\0\0");
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
        Err(JobError::Quantize(Error::Target(error))) => error,
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
fn a_file_made_from_another_original_is_never_overwritten() {
    let folder = folder_with_source();
    let path = |name: &str| folder.path().join(name);
    write_model(&path("other.gguf"), "tiny", 7907);
    let first = request(folder.path(), "target.gguf", Precision::Q4_0);
    quantize(&first, &(), &Cancel::new()).unwrap();
    let before = fs::read(&first.target).unwrap();

    // The name is the same; the weights are not.
    let other = QuantizeRequest { source: path("other.gguf"), ..first.clone() };
    let refusal = quantize(&other, &(), &Cancel::new()).unwrap_err();
    assert!(
        matches!(refusal, JobError::Quantize(Error::Target(TargetError::OtherOriginal { .. }))),
        "{refusal:?}"
    );
    assert!(refusal.to_string().contains("choose another name, or delete that file first"), "{refusal}");
    assert!(refusal.to_string().contains("made from another model of that name"), "{refusal}");
    assert_eq!(fs::read(&first.target).unwrap(), before);

    let numbered = QuantizeRequest { if_taken: IfTaken::Number, ..other };
    for _ in 0..2 {
        assert_eq!(quantize(&numbered, &(), &Cancel::new()).unwrap().path, path("target (2).gguf"));
    }
    assert_eq!(fs::read(&first.target).unwrap(), before);

    // A file that cannot be read is somebody's too.
    fs::write(path("old.gguf"), b"GGUF\x01\0\0\0 of another program").unwrap();
    let refusal =
        quantize(&QuantizeRequest { target: path("old.gguf"), ..first.clone() }, &(), &Cancel::new());
    assert!(
        matches!(refusal, Err(JobError::Quantize(Error::Target(TargetError::Unread { .. })))),
        "{refusal:?}"
    );

    // What was made from a file is made from its original, and may be replaced by it.
    let again =
        QuantizeRequest { source: path("target.gguf"), ..request(folder.path(), "q.gguf", Precision::Q4_0) };
    quantize(&again, &(), &Cancel::new()).unwrap();
    quantize(&QuantizeRequest { source: first.source, ..again }, &(), &Cancel::new()).unwrap();
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
    assert!(matches!(quantize(&absent, &(), &Cancel::new()), Err(JobError::Model(_))));
}

/// Rounds twice the weights to nearest, if only something is known of activations: a method that uses every part of the seam.
struct Doubled;

impl Method for Doubled {
    fn name(&self) -> &'static str {
        "doubled"
    }

    fn needs(&self) -> Needs {
        Needs::Diagonal
    }

    fn prepare<'s>(
        &self,
        source: Box<dyn TensorSource + 's>,
        _: Option<&DecoderSpec>,
        statistics: Option<&ActivationStatistics>,
    ) -> Result<Box<dyn TensorSource + 's>, quant::Error> {
        assert!(statistics.is_some());
        Ok(Box::new(DoubledSource(source)))
    }

    fn encode(&self, job: &TensorJob<'_>, weights: &[f32], known: Option<&TensorStatistics>, out: &mut [u8]) {
        methods::USUAL.encode(job, weights, known, out);
    }
}

struct DoubledSource<'s>(Box<dyn TensorSource + 's>);

impl TensorSource for DoubledSource<'_> {
    fn tensors(&self) -> &[TensorMeta] {
        self.0.tensors()
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        let bytes = self.0.read_rows(index, rows)?;
        let weights = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        Ok(weights.flat_map(|weight| (2.0 * weight).to_le_bytes()).collect())
    }
}

/// An importance matrix of the older kind, of one tensor of the source.
fn write_imatrix(path: &Path, n_values: usize) {
    let name = b"blk.0.attn_v.weight";
    let head = [1, name.len() as i32].map(i32::to_le_bytes).concat();
    let counts = [1, n_values as i32].map(i32::to_le_bytes).concat();
    fs::write(path, [&head[..], name, &counts, &1_f32.to_le_bytes().repeat(n_values)].concat()).unwrap();
}

#[test]
fn a_method_prepares_the_source_and_reads_its_calibration() {
    let folder = folder_with_source();
    let calibration = folder.path().join("model.imatrix");
    write_imatrix(&calibration, 256);
    let asked = |target: &str, method: &'static dyn Method, calibration: Option<&Path>| QuantizeRequest {
        planner: &Uniform,
        method,
        calibration: calibration.map_or(Calibration::OwnText, |path| Calibration::File(path.to_owned())),
        ..request(folder.path(), target, Precision::Q8_0)
    };
    let report = quantize(&asked("doubled.gguf", &Doubled, Some(&calibration)), &(), &Cancel::new()).unwrap();
    assert_eq!(report.warnings, [Warning::NotCalibrated { count: 2 }]);
    let plain = quantize(&asked("plain.gguf", methods::USUAL, None), &(), &Cancel::new()).unwrap();
    let (doubled, plain) = (GgufFile::open(&report.path).unwrap(), GgufFile::open(&plain.path).unwrap());
    for (index, tensor) in plain.tensors().iter().enumerate() {
        let decode = |file: &GgufFile| {
            let mut weights = vec![0.0; tensor.n_elements()];
            decode_row(tensor.dtype, file.bytes(index), &mut weights);
            weights
        };
        let twice: Vec<f32> = decode(&plain).iter().map(|weight| 2.0 * weight).collect();
        assert_eq!(decode(&doubled), twice, "{}", tensor.name);
    }

    let refusal = |method, calibration: Option<&Path>| match quantize(
        &asked("refused.gguf", method, calibration),
        &(),
        &Cancel::new(),
    ) {
        Err(error) => error,
        Ok(report) => panic!("{report:?}"),
    };
    // The model is none that runs, so it cannot write a text itself.
    let missing = refusal(&Doubled, None);
    assert!(matches!(missing, JobError::Model(_)), "{missing}");
    let unneeded = refusal(methods::USUAL, Some(&calibration));
    assert!(matches!(unneeded, JobError::Calibration(CalibrationError::NotNeeded { .. })), "{unneeded}");
    write_imatrix(&calibration, 255);
    let other = refusal(&Doubled, Some(&calibration));
    assert!(
        matches!(other, JobError::Quantize(Error::Run(quant::Error::ActivationStatistics(_)))),
        "{other}"
    );
    let absent = refusal(&Doubled, Some(&folder.path().join("nowhere.imatrix")));
    assert!(matches!(absent, JobError::Calibration(CalibrationError::File(_))), "{absent}");
    let model = refusal(&Doubled, Some(&folder.path().join("source.gguf")));
    assert!(matches!(model, JobError::Calibration(CalibrationError::Imatrix { .. })), "{model}");
    let text = folder.path().join("calibration.txt");
    for not_statistics in ["", "Wor", "Words, and more words, but no numbers."] {
        fs::write(&text, not_statistics).unwrap();
        let refused = refusal(&Doubled, Some(&text));
        assert!(matches!(refused, JobError::Model(_)), "{refused}");
    }
    assert!(!folder.path().join("refused.gguf").exists());
}

#[test]
fn the_calibration_file_is_never_the_target() {
    let folder = folder_with_source();
    let calibration = folder.path().join("model.gguf");
    write_imatrix(&calibration, 256);
    let asked = QuantizeRequest {
        method: &Doubled,
        calibration: Calibration::File(calibration.clone()),
        ..request(folder.path(), "model.gguf", Precision::Q8_0)
    };
    let refusal = quantize(&asked, &(), &Cancel::new());
    assert!(
        matches!(&refusal, Err(JobError::Quantize(Error::Target(TargetError::Source { path }))) if *path == calibration)
    );
}

#[test]
fn importance_matrices_of_both_kinds_do_the_same() {
    let folder = folder_with_source();
    let name = "blk.0.attn_v.weight";
    let (legacy, gguf) = (folder.path().join("legacy.imatrix"), folder.path().join("imatrix.gguf"));
    let squares: Vec<f32> = (0..256).map(|column| f32::from(column % 7 == 0) * 50.0 + 1.0).collect();
    let bytes: Vec<u8> = squares.iter().flat_map(|square| square.to_le_bytes()).collect();
    write_imatrix(&legacy, 256);
    let mut old = fs::read(&legacy).unwrap();
    let values_at = old.len() - bytes.len();
    old[values_at..].copy_from_slice(&bytes);
    fs::write(&legacy, old).unwrap();
    let mut metadata = Metadata::new();
    metadata.set("general.type", "imatrix");
    let meta = |ending: &str, shape: &[usize]| TensorMeta {
        name: format!("{name}{ending}"),
        shape: shape.to_vec(),
        dtype: DType::F32,
    };
    let tensors = [meta(".counts", &[1, 1]), meta(".in_sum2", &[1, 256])];
    let mut writer = GgufWriter::create(&gguf, &metadata, &tensors).unwrap();
    writer.write(&1_f32.to_le_bytes()).unwrap();
    writer.write(&bytes).unwrap();
    writer.finish().unwrap();

    let made = |target: &str, method: &'static dyn Method, calibration: Option<&Path>| {
        let asked = QuantizeRequest {
            method,
            calibration: calibration.map_or(Calibration::OwnText, |path| Calibration::File(path.to_owned())),
            ..request(folder.path(), target, Precision::Q4_K_S)
        };
        quantize(&asked, &(), &Cancel::new()).unwrap();
        fs::read(asked.target).unwrap()
    };
    let of_legacy = made("a.gguf", &Importance, Some(&legacy));
    assert!(of_legacy == made("b.gguf", &Importance, Some(&gguf)), "the same numbers, the same file");
    assert!(of_legacy != made("c.gguf", methods::USUAL, None), "and not what rounding to nearest gives");
}

#[test]
fn a_rotated_model_has_an_output_matrix_of_its_own_within_any_budget() {
    let folder = tempfile::tempdir().unwrap();
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/starter");
    assert!(models::open(&starter, &()).unwrap().source().find("output.weight").is_none());
    let asked = |target: &str, budget| QuantizeRequest {
        method: "rotation".parse().unwrap(),
        calibration_tokens: Some(512),
        threads: Some(2),
        budget,
        ..QuantizeRequest::new(starter.clone(), folder.path().join(target), Precision::default())
    };
    let whole = quantize(&asked("whole.gguf", None), &(), &Cancel::new()).unwrap();
    let budget = whole.bytes * 9 / 10;
    let small = quantize(&asked("small.gguf", Some(budget)), &(), &Cancel::new()).unwrap();
    assert!(small.bytes <= budget && small.bytes > budget * 8 / 10, "{} of {budget}", small.bytes);
    for report in [&whole, &small] {
        let model = models::open(&report.path, &()).unwrap();
        let source = model.source();
        let output = &source.tensors()[source.find("output.weight").unwrap()];
        assert!(!output.dtype.is_float(), "{:?}", output.dtype);
        let norm = source.find("output_norm.weight").unwrap();
        let ones = source.read_rows(norm, 0..1).unwrap();
        assert!(ones.as_chunks::<4>().0.iter().all(|bytes| *bytes == 1.0_f32.to_le_bytes()));
        let measured = quality::MeasureRequest {
            tokens: Some(512),
            ..quality::MeasureRequest::new(report.path.clone(), starter.clone())
        };
        let kl = quality::measure(&measured, &(), &Cancel::new()).unwrap().measured.unwrap().figures.kl_mean;
        assert!(kl > 0.0 && kl < 0.3, "{} bytes: {kl}", report.bytes);
    }
}

#[test]
fn a_model_that_a_method_does_not_admit_is_refused_before_calibration() {
    let folder = folder_with_source();
    let request = QuantizeRequest {
        method: "rotation".parse().unwrap(),
        ..request(folder.path(), "rotated.gguf", Precision::Q8_0)
    };
    let refusal = quantize(&request, &(), &Cancel::new()).unwrap_err().to_string();
    assert!(refusal.starts_with("only models that Nibble runs can be rotated"), "{refusal}");
    assert!(!folder.path().join("rotated.gguf").exists());
}
