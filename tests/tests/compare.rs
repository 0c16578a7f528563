//! Several models beside one original: files made here, and files of other programs, whose weights are compared by reading both.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use nibble_engine::jobs::quality::{self, MeasuredText};
use nibble_engine::jobs::{
    self, Ask, CompareOutcome, CompareReport, CompareRequest, Event, MeasureRequest, QuantizeRequest, Runner,
};
use nibble_engine::library::quality_file;
use nibble_engine::progress::{Cancel, MeasureStage, Observer, Progress, Stage};

const TOKENS: usize = 64;

fn below_top(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn recorded(name: &str) -> PathBuf {
    below_top("tests/data/models").join(name)
}

/// Quantizes a recorded model into `folder`.
fn made(name: &str, folder: &Path, precision: &str) -> PathBuf {
    let target = folder.join(format!("{name}-{precision}.gguf"));
    let request = QuantizeRequest {
        threads: Some(2),
        ..QuantizeRequest::new(recorded(name), target.clone(), precision.parse().unwrap())
    };
    jobs::quantize(&request, &(), &Cancel::new()).unwrap();
    target
}

fn request(original: &str, models: &[&Path]) -> CompareRequest {
    CompareRequest {
        original: recorded(original),
        models: models.iter().map(|path| path.to_path_buf()).collect(),
        text: None,
        tokens: Some(TOKENS),
        threads: Some(2),
    }
}

fn compare(request: CompareRequest) -> CompareReport {
    let end = Mutex::new(None);
    Runner::default().run(Ask::Compare(request), &|event| *end.lock().unwrap() = Some(event), &Cancel::new());
    let Some(Event::Compared(report)) = end.into_inner().unwrap() else { panic!("not compared") };
    *report
}

#[test]
fn each_model_is_measured_as_alone_and_the_result_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let models = ["q8_0", "q4_0", "q5_0"].map(|precision| made("qwen3", folder.path(), precision));
    let report = compare(request("qwen3", &models.each_ref().map(PathBuf::as_path)));
    assert_eq!((report.text, report.rows.len()), (MeasuredText::WrittenByOriginal, 3));
    for (row, model) in report.rows.iter().zip(&models) {
        let found = row.report().unwrap();
        assert_eq!((&row.path, &found.model, &found.original), (model, model, &recorded("qwen3")));
        let alone = MeasureRequest {
            tokens: Some(TOKENS),
            threads: Some(2),
            ..MeasureRequest::new(model.clone(), recorded("qwen3"))
        };
        let kept = quality::stored_report(model).unwrap();
        let alone = jobs::measure(&alone, &(), &Cancel::new()).unwrap();
        let figures = |report: &jobs::QualityReport| report.measured.as_ref().unwrap().figures.clone();
        assert_eq!(figures(found), figures(&alone), "{}", row.name);
        assert_eq!(figures(&kept).histogram.counts, figures(&alone).histogram.counts, "{}", row.name);
        assert!(row.bytes > 0 && row.bytes < report.original_bytes && row.bits_per_weight > 4.0, "{row:?}");
    }
    let kl = |index: usize| report.rows[index].report().unwrap().measured.as_ref().unwrap().figures.kl_mean;
    assert!(kl(0) < kl(2) && kl(2) < kl(1), "{} {} {}", kl(0), kl(2), kl(1));
    assert_eq!(report.rows[1].precision, "q4_0");
}

#[test]
fn the_weights_of_a_file_that_nibble_did_not_make_are_compared_by_reading_both() {
    for name in ["qwen3", "llama-llama3"] {
        let folder = tempfile::tempdir().unwrap();
        let model = made(name, folder.path(), "q4_0");
        let known = quality::stored_report(&model).unwrap().errors.unwrap();
        // Without its report it is as a downloaded file is.
        std::fs::remove_file(quality_file::path_beside(&model)).unwrap();
        let report = compare(request(name, &[&model]));
        let found = report.rows[0].report().unwrap().errors.clone().unwrap();
        assert!((found.relative_rmse / known.relative_rmse - 1.0).abs() < 0.02, "{name}");
        assert_eq!(found.tensors.len(), known.tensors.len(), "{name}");
        for (found, known) in found.tensors.iter().zip(&known.tensors) {
            assert_eq!((&found.tensor, found.dtype), (&known.tensor, known.dtype));
            assert!((found.relative_rmse - known.relative_rmse).abs() < 0.005, "{found:?} {known:?}");
        }
        let layers = |errors: &nibble_engine::quant::WeightErrors| -> Vec<_> {
            errors.layers.iter().map(|one| one.layer).collect()
        };
        assert_eq!(layers(&found), layers(&known), "{name}");
        assert_eq!(
            quality::stored_report(&model).unwrap().errors.map(|errors| layers(&errors)),
            Some(layers(&found))
        );
    }
}

#[test]
fn a_model_that_cannot_be_compared_is_a_row_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let good = made("qwen3", folder.path(), "q8_0");
    let broken = folder.path().join("broken.gguf");
    std::fs::write(&broken, "GGUF, but not really").unwrap();
    let missing = folder.path().join("missing.gguf");
    let starter = below_top("assets/starter");
    let report = compare(request("qwen3", &[&broken, &starter, &missing, &good]));
    let failure = |index: usize| match &report.rows[index].outcome {
        CompareOutcome::Failed(failure) => failure.message.clone(),
        CompareOutcome::Measured(report) => panic!("{report:?}"),
    };
    assert!(failure(1).contains("vocabulary"), "{}", failure(1));
    assert!(report.rows[1].bytes > 0, "what is known of it is told");
    assert!(!failure(0).is_empty() && !failure(2).is_empty());
    assert_eq!(report.rows[0].name, "broken");
    assert!(report.rows[3].report().is_some());
    assert!(quality::stored_report(&broken).is_none());
}

#[test]
fn progress_names_the_model_and_a_cancel_ends_the_comparison() {
    struct CancelsAt(Mutex<Vec<(String, MeasureStage)>>, Cancel);
    impl Observer for CancelsAt {
        fn progress(&self, progress: Progress) {
            let Some(Stage::Measure(stage)) = progress.stage else { panic!("{progress:?}") };
            let mut seen = self.0.lock().unwrap();
            let at = (progress.item, stage);
            if seen.last() != Some(&at) {
                seen.push(at);
            }
            // The second model that reads.
            if seen.iter().filter(|(_, stage)| *stage == MeasureStage::ReadModel).count() == 2 {
                self.1.cancel();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let models = ["q8_0", "q4_0"].map(|precision| made("qwen3", folder.path(), precision));
    let cancel = Cancel::new();
    let observer = CancelsAt(Mutex::default(), cancel.clone());
    let request = request("qwen3", &models.each_ref().map(PathBuf::as_path));
    let end = jobs::compare(&request, &observer, &cancel);
    assert!(end.is_err_and(|error| error.is_cancelled()));
    let seen = observer.0.into_inner().unwrap();
    let names: Vec<&str> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names[0], names[3]), ("qwen3", "qwen3-q8_0"));
    assert_eq!(seen.last().unwrap().0, "qwen3-q4_0");
    assert!(quality::stored_report(&models[0]).unwrap().measured.is_some(), "what was measured stays");
    assert!(quality::stored_report(&models[1]).unwrap().measured.is_none());
}

#[test]
fn an_estimate_tells_of_a_run_before_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let source = below_top("assets/starter");
    let target = folder.path().join("a.gguf");
    let request = QuantizeRequest {
        threads: Some(2),
        ..QuantizeRequest::new(source, target, "q4_k_m".parse().unwrap())
    };
    let estimate = jobs::estimate(&request, &()).unwrap();
    let report = jobs::quantize(&request, &(), &Cancel::new()).unwrap();
    // The header of the file is beside its tensors.
    assert!(
        estimate.tensor_bytes <= report.bytes && estimate.tensor_bytes > report.bytes / 2,
        "{estimate:?}"
    );
    assert!(estimate.peak_bytes > 32 << 20 && estimate.peak_bytes < 1 << 30, "{estimate:?}");
    assert!(estimate.seconds > 0.0 && estimate.seconds < 600.0, "{estimate:?}");
    assert!(estimate.curve_seconds > estimate.seconds, "every format takes longer than one");
}
