//! Models with experts and recurrent layers are quantized by every method that takes them, and run.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::path::{Path, PathBuf};

use nibble_engine::backend::Logits;
use nibble_engine::jobs::calibrate::{CalibrateRequest, calibrate};
use nibble_engine::jobs::{self, Calibration, LoadOptions, QuantizeReport, QuantizeRequest};
use nibble_engine::progress::Cancel;
use nibble_engine::quant::{Precision, plan};

const TOKENS: [u32; 24] =
    [5, 60, 33, 2, 91, 17, 44, 8, 70, 70, 12, 3, 29, 81, 6, 55, 48, 20, 37, 90, 11, 4, 66, 25];

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models").join(name)
}

/// Logits after every token.
fn logits(path: &Path) -> Vec<f32> {
    let loaded = jobs::load(path, &LoadOptions::with_threads(Some(2)), &(), &Cancel::new()).unwrap();
    let mut sequence = loaded.decoder.sequence(TOKENS.len()).unwrap();
    sequence.feed(&TOKENS, Logits::All, &Cancel::new()).unwrap().to_vec()
}

/// The median over the tokens of ‖a - b‖ / ‖b‖: a token whose experts change is far off by that alone.
fn median_error(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let vocab = a.len() / TOKENS.len();
    let norm =
        |values: &mut dyn Iterator<Item = f32>| values.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let tokens = a.chunks(vocab).zip(b.chunks(vocab));
    let error = |(a, b): (&[f32], &[f32])| {
        norm(&mut a.iter().zip(b).map(|(a, b)| a - b)) / norm(&mut b.iter().copied())
    };
    let mut errors: Vec<f64> = tokens.map(error).collect();
    errors.sort_by(f64::total_cmp);
    errors[errors.len() / 2]
}

/// Models with experts, two of them with recurrent layers too.
const MODELS: [&str; 3] = ["qwen3moe", "lfm2moe", "qwen35moe"];

fn text() -> Calibration {
    Calibration::File(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/text/calibration.txt"))
}

fn made(
    name: &str,
    folder: &Path,
    method: &str,
    calibration: Calibration,
) -> Result<QuantizeReport, jobs::Error> {
    let target = folder.join(format!("{name}-{method}.gguf"));
    let request = QuantizeRequest {
        method: method.parse().unwrap(),
        planner: &plan::Uniform,
        calibration,
        calibration_tokens: Some(512),
        ..QuantizeRequest::new(recorded(name), target, Precision::Q8_0)
    };
    jobs::quantize(&request, &(), &Cancel::new())
}

#[test]
fn every_method_that_needs_no_gradient_quantizes_experts() {
    let folder = tempfile::tempdir().unwrap();
    for name in MODELS {
        let original = logits(&recorded(name));
        let mut nearest = 0.0;
        for method in ["round_to_nearest", "hqq", "importance", "gptq", "awq", "smoothquant"] {
            let calibration =
                if ["round_to_nearest", "hqq"].contains(&method) { Calibration::OwnText } else { text() };
            let report = made(name, folder.path(), method, calibration).unwrap();
            let error = median_error(&logits(&report.path), &original);
            // A choice of experts that turns changes the recurrent states of all tokens behind it.
            let most = if method == "round_to_nearest" { 0.2 } else { 2.0 * nearest + 0.02 };
            assert!(error < most, "{name} by {method}: relative error {error:.3}, to nearest {nearest:.3}");
            if method == "round_to_nearest" {
                nearest = error;
            }
        }
    }
}

#[test]
fn methods_that_need_gradients_or_rotate_refuse_experts_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (method, reason) in [("auto_round", "no gradients"), ("rotation", "is not rotated")] {
        for name in MODELS {
            let refused = made(name, folder.path(), method, text()).unwrap_err();
            let chain =
                std::iter::successors(Some(&refused as &dyn std::error::Error), |error| error.source());
            let told: Vec<String> = chain.map(ToString::to_string).collect();
            assert!(told.iter().any(|part| part.contains(reason)), "{name} by {method}: {told:?}");
        }
    }
}

#[test]
fn an_importance_matrix_of_experts_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    for name in MODELS {
        let path = folder.path().join(format!("{name}-imatrix.gguf"));
        let request = CalibrateRequest {
            source: recorded(name),
            target: path.clone(),
            calibration: text(),
            tokens: Some(512),
            threads: None,
        };
        calibrate(&request, &(), &Cancel::new()).unwrap();
        let from_file = made(name, folder.path(), "importance", Calibration::File(path)).unwrap();
        let read = std::fs::read(&from_file.path).unwrap();
        std::fs::remove_file(&from_file.path).unwrap();
        let from_text = made(name, folder.path(), "importance", text()).unwrap();
        assert!(read == std::fs::read(&from_text.path).unwrap(), "{name}");
    }
}
