//! Quantizing layer by layer on whole models: what methods gain, what a budget buys, and that an interruption costs nothing.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use nibble_engine::backend::{Feed, Logits, SlotId, Tap};
use nibble_engine::jobs::calibrate::{CalibrateRequest, calibrate};
use nibble_engine::jobs::{self, Calibration, LoadOptions, MeasureRequest, QuantizeReport, QuantizeRequest};
use nibble_engine::models;
use nibble_engine::progress::{Cancel, Observer, Progress, Warning};
use nibble_engine::quant::layers::collect;
use nibble_engine::quant::{Precision, methods, plan};
use nibble_kernels::testing::Random;

fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A small trained model, and a novel that it is calibrated with.
fn second() -> (PathBuf, Calibration) {
    let text = tests().join("data/text/calibration.txt");
    (tests().join("data/second"), Calibration::File(text))
}

/// A request for the second model with a few thousand tokens of calibration.
fn request(target: PathBuf, precision: Precision, method: &str) -> QuantizeRequest {
    let (source, calibration) = second();
    let method = method.parse().unwrap();
    let calibration = if method == methods::USUAL { Calibration::OwnText } else { calibration };
    QuantizeRequest {
        method,
        planner: &plan::Uniform,
        calibration,
        calibration_tokens: Some(4096),
        ..QuantizeRequest::new(source, target, precision)
    }
}

/// The divergence on a novel that no calibration reads.
fn divergence(report: &QuantizeReport) -> f64 {
    let request = MeasureRequest {
        text: Some(tests().join("data/text/persuasion.txt")),
        tokens: Some(2048),
        ..MeasureRequest::new(report.path.clone(), second().0)
    };
    jobs::measure(&request, &(), &Cancel::new()).unwrap().measured.unwrap().figures.kl_mean
}

fn made(request: &QuantizeRequest) -> QuantizeReport {
    jobs::quantize(request, &(), &Cancel::new()).unwrap()
}

#[test]
fn methods_that_look_at_more_lose_less_in_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    for (precision, most) in [(Precision::Q4_0, 0.65), (Precision::Q4_K_S, 0.75)] {
        let made = |method: &str| {
            let report = made(&request(folder.path().join(format!("{method}.gguf")), precision, method));
            (divergence(&report), report.bytes)
        };
        let (rounded, bytes) = made("round_to_nearest");
        let (weighted, weighted_bytes) = made("importance");
        let (fed_back, fed_back_bytes) = made("gptq");
        assert_eq!([weighted_bytes, fed_back_bytes], [bytes, bytes], "the types are the same");
        assert!(weighted < rounded, "{precision}: {weighted} {rounded}");
        assert!(fed_back < most * rounded, "{precision}: {fed_back} {weighted} {rounded}");
    }
}

/// Cancels after some steps.
struct CancelAfter {
    steps: AtomicUsize,
    cancel: Cancel,
}

impl Observer for CancelAfter {
    fn progress(&self, _: Progress) {
        if self.steps.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.cancel.cancel();
        }
    }

    fn warn(&self, _: Warning) {}
}

#[test]
fn a_run_that_is_interrupted_writes_the_bytes_of_one_that_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(7);
    for method in ["gptq", "importance"] {
        let whole = QuantizeRequest {
            calibration_tokens: Some(600),
            keep_unfinished: true,
            ..request(folder.path().join("whole.gguf"), Precision::Q4_0, method)
        };
        let expected = std::fs::read(made(&whole).path).unwrap();
        let (mut interrupted, mut finished) = (0, 0);
        while interrupted < 10 {
            let target = folder.path().join(format!("{method}-{finished}.gguf"));
            let asked = QuantizeRequest { target, threads: Some(1 + interrupted % 2), ..whole.clone() };
            loop {
                let cancel = Cancel::new();
                let steps = AtomicUsize::new(1 + (random.unit() * 9.0) as usize);
                let observer = CancelAfter { steps, cancel: cancel.clone() };
                match jobs::quantize(&asked, &observer, &cancel) {
                    Ok(report) => {
                        assert!(std::fs::read(report.path).unwrap() == expected, "{method} {finished}");
                        break;
                    }
                    Err(error) => assert!(error.is_cancelled(), "{error}"),
                }
                assert!(!asked.target.exists());
                interrupted += 1;
                assert!(interrupted < 200, "{method} gets nowhere");
            }
            finished += 1;
        }
    }
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
}

#[test]
fn a_budget_is_kept_and_buys_more_than_one_type_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let uniform = made(&request(folder.path().join("uniform.gguf"), Precision::Q4_0, "importance"));
    let asked = QuantizeRequest {
        budget: Some(uniform.bytes),
        ..request(folder.path().join("budget.gguf"), Precision::Q4_0, "importance")
    };
    let mixed = made(&asked);
    assert!(
        mixed.bytes <= uniform.bytes && mixed.bytes * 100 >= uniform.bytes * 97,
        "{} {}",
        mixed.bytes,
        uniform.bytes
    );
    let (mixed, uniform) = (divergence(&mixed), divergence(&uniform));
    assert!(mixed < 0.8 * uniform, "{mixed} {uniform}");
    let tiny = QuantizeRequest { budget: Some(100_000), ..asked };
    let refusal = jobs::quantize(&tiny, &(), &Cancel::new()).unwrap_err().to_string();
    assert!(refusal.starts_with("the budget of 100000 bytes is too small"), "{refusal}");
}

#[test]
fn statistics_in_a_file_do_what_the_text_they_come_from_does() {
    let folder = tempfile::tempdir().unwrap();
    let (source, calibration) = second();
    let target = folder.path().join("statistics.gguf");
    let asked = CalibrateRequest { source, target, calibration, tokens: Some(4096), threads: None };
    let report = calibrate(&asked, &(), &Cancel::new()).unwrap();
    // Seven matrices in each of four layers, and the output matrix.
    assert_eq!(report.tensors, 29);
    let with_text = request(folder.path().join("text.gguf"), Precision::Q4_K_S, "importance");
    let with_file = QuantizeRequest {
        target: folder.path().join("file.gguf"),
        calibration: Calibration::File(report.path),
        ..with_text.clone()
    };
    let [with_text, with_file] =
        [with_text, with_file].map(|asked| std::fs::read(made(&asked).path).unwrap());
    assert!(with_text == with_file);
}

/// Sums of squares of the inputs of each matrix.
#[derive(Default)]
struct Squares(BTreeMap<SlotId, Vec<f64>>);

impl Tap for Squares {
    fn input(&mut self, slot: SlotId, rows: &[f32]) {
        let sums = self.0.entry(slot).or_default();
        let n_cols = if sums.is_empty() { rows.len() / ROWS } else { sums.len() };
        sums.resize(n_cols, 0.0);
        for row in rows.chunks_exact(n_cols) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(x * x));
        }
    }
}

/// Tokens of the sequence: fewer than go through the weights together.
const ROWS: usize = 24;

#[test]
fn layers_alone_see_what_they_see_in_the_whole_model() {
    let model = models::open(&second().0, &()).unwrap();
    let spec = model.spec().unwrap();
    let tokens: Vec<u32> = (0..ROWS as u32).map(|at| at * 37 % spec.vocab_size as u32).collect();
    let alone =
        collect(model.source(), &spec, std::slice::from_ref(&tokens), 2, &(), &Cancel::new()).unwrap();
    let loaded = jobs::load(&second().0, &LoadOptions::default(), &(), &Cancel::new()).unwrap();
    let mut squares = Squares::default();
    let mut sequence = loaded.decoder.sequence(ROWS).unwrap();
    let feed = Feed::new(&mut *sequence, &tokens, Logits::All);
    loaded.decoder.feed(&mut [Feed { tap: Some(&mut squares), ..feed }], &Cancel::new()).unwrap();
    let slots = spec.tensors();
    assert_eq!(alone.len(), squares.0.len());
    for (slot, sums) in squares.0 {
        let name = &slots[slot.0].name;
        let found = alone.get(name).unwrap().mean_squares(0, sums.len());
        for (found, sum) in found.iter().zip(sums) {
            // Sums of squares in another order.
            let expected = (sum / ROWS as f64) as f32;
            assert!((found - expected).abs() <= 1e-4 * expected + 1e-12, "{name}: {found} {expected}");
        }
    }
}
