//! Quality is measured on what the original writes, and kept beside the model. That fewer bits cost more is in `starter.rs`.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "figures are worth seeing even where they are good enough")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use nibble_engine::eval::{self, Evaluation};
use nibble_engine::jobs::KvCacheType;
use nibble_engine::jobs::quality::{self, Measured, MeasuredText};
use nibble_engine::jobs::{
    self, AdviseRequest, Ask, Event, LoadRequest, MeasureRequest, QualityReport, QuantizeRequest, Runner,
};
use nibble_engine::progress::{Cancel, MeasureStage, Observer, Progress, Stage};
use serde_json::{Value, json};

fn below_top(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn starter() -> PathBuf {
    below_top("assets/starter")
}

fn recorded(name: &str) -> PathBuf {
    below_top("tests/data/models").join(name)
}

/// Runs one command to its end.
fn end_of(runner: &Runner, ask: Ask) -> Event {
    let events = Mutex::new(Vec::new());
    runner.run(ask, &|event| events.lock().unwrap().push(event), &Cancel::new());
    events.into_inner().unwrap().pop().unwrap()
}

fn quantize(source: &Path, folder: &Path, precision: &str) -> PathBuf {
    let target = folder.join(format!("{precision}.gguf"));
    let request = QuantizeRequest {
        threads: Some(2),
        ..QuantizeRequest::new(source.to_owned(), target.clone(), precision.parse().unwrap())
    };
    let end = end_of(&Runner::default(), Ask::Quantize(request));
    assert!(matches!(end, Event::Quantized(_)), "{end:?}");
    target
}

fn request(model: &Path, original: &Path, tokens: usize) -> MeasureRequest {
    MeasureRequest {
        tokens: Some(tokens),
        threads: Some(2),
        ..MeasureRequest::new(model.to_owned(), original.to_owned())
    }
}

fn measure(request: &MeasureRequest) -> (QualityReport, Measured) {
    let report = jobs::measure(request, &(), &Cancel::new()).unwrap();
    let measured = report.measured.clone().unwrap();
    (report, measured)
}

#[test]
fn what_was_measured_is_kept_and_listed_with_the_errors_of_the_weights() {
    let folder = tempfile::tempdir().unwrap();
    let model = quantize(&recorded("llama-llama3"), folder.path(), "q8_0");
    let before = quality::stored_report(&model).unwrap();
    assert_eq!((before.precision.as_str(), &before.measured), ("q8_0", &None));
    let layers: Vec<_> = before.errors.as_ref().unwrap().layers.iter().map(|one| one.layer).collect();
    assert_eq!(layers, [None, Some(0), Some(1)]);
    let (report, measured) = measure(&request(&model, &recorded("llama-llama3"), 64));
    assert_eq!(report.errors, before.errors);
    let (kept, figures) = (quality::stored_report(&model).unwrap(), measured.figures);
    // Reading a number from JSON may change its last bit.
    let found = kept.measured.unwrap().figures;
    assert!(
        (found.kl_mean / figures.kl_mean - 1.0).abs() < 1e-12
            && found.histogram.counts == figures.histogram.counts
    );
    assert_eq!((kept.model, kept.original), (model.clone(), recorded("llama-llama3")));
    // Quantized again, it is another model.
    assert_eq!(quantize(&recorded("llama-llama3"), folder.path(), "q8_0"), model);
    assert_eq!(quality::stored_report(&model).unwrap().measured, None);
}

#[test]
fn every_recorded_architecture_is_measured() {
    for entry in std::fs::read_dir(below_top("tests/data/models")).unwrap() {
        let (source, folder) = (entry.unwrap().path(), tempfile::tempdir().unwrap());
        let model = quantize(&source, folder.path(), "q8_0");
        let (report, measured) = measure(&request(&model, &source, 96));
        let name = source.display();
        assert!(measured.figures.kl_mean < 0.05, "{name}: {:?}", measured.figures);
        assert!(measured.figures.top1_agreement > 0.8, "{name}: {:?}", measured.figures);
        assert!(report.errors.unwrap().relative_rmse < 0.02, "{name}");
        assert!(measured.original_answer.report.tokens > 0, "{name}");
        // The same text again, and the same figures.
        assert_eq!(measure(&request(&model, &source, 96)).1.figures, measured.figures, "{name}");
    }
}

#[test]
fn a_file_is_measured_as_eval_measures_it() {
    let folder = tempfile::tempdir().unwrap();
    let model = quantize(&starter(), folder.path(), "q4_k_m");
    let text = below_top("README.md");
    let given = MeasureRequest { text: Some(text.clone()), ..request(&model, &starter(), 256) };
    let (_, measured) = measure(&given);
    assert_eq!(measured.text, MeasuredText::File(text.clone()));
    assert_eq!(measured.figures.tokens, 256);

    let load = |path: &Path| {
        let options = jobs::LoadOptions::with_threads(Some(2));
        jobs::load(path, &options, &(), &Cancel::new()).unwrap()
    };
    let (model, original) = (load(&model), load(&starter()));
    let cut = folder.path().join("cut.txt");
    let tokens = model.tokenizer.encode(&std::fs::read_to_string(&text).unwrap()).unwrap();
    std::fs::write(&cut, model.tokenizer.decode(&tokens[..512])).unwrap();
    let expected = jobs::evaluate(&model, Some(&original), &cut, 512, &(), &Cancel::new()).unwrap();
    let (perplexity, divergence) = (expected.perplexity(), expected.figures.unwrap());
    let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-3;
    assert!(near(measured.figures.kl_mean, divergence.kl_mean), "{measured:?} {divergence:?}");
    assert!(near(measured.figures.perplexity, perplexity), "{measured:?} {perplexity}");
    assert!((measured.figures.top1_agreement - divergence.top1_agreement).abs() < 0.01);
}

#[test]
fn each_window_begins_with_what_the_tokenizer_puts_before_a_text() {
    const CONTEXT: usize = 16;
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(recorded("llama-llama3")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let tokenizer = folder.path().join("tokenizer.json");
    let mut file: Value = serde_json::from_slice(&std::fs::read(&tokenizer).unwrap()).unwrap();
    let (begin, text) = (json!({"SpecialToken": {"id": "<s>", "type_id": 0}}), "Sequence");
    file["post_processor"] = json!({
        "type": "TemplateProcessing",
        "single": [begin, {text: {"id": "A", "type_id": 0}}],
        "pair": [{text: {"id": "A", "type_id": 0}}, {text: {"id": "B", "type_id": 0}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}},
    });
    std::fs::write(&tokenizer, file.to_string()).unwrap();

    let text = folder.path().join("text.txt");
    std::fs::write(&text, "Every_window_begins_as_a_text_begins,_and_the_same_tokens_are_scored.").unwrap();
    let options = jobs::LoadOptions::with_threads(Some(2));
    let load = |path: &Path| jobs::load(path, &options, &(), &Cancel::new()).unwrap();
    let (with, without) = (load(folder.path()), load(&recorded("llama-llama3")));
    let evaluated = |model| jobs::evaluate(model, None, &text, CONTEXT, &(), &Cancel::new()).unwrap();

    // The same text with the token written into each window by hand.
    let mut tokens = without.tokenizer.encode(&std::fs::read_to_string(&text).unwrap()).unwrap();
    tokens.iter_mut().step_by(CONTEXT).for_each(|token| *token = 0);
    let by_hand = Evaluation {
        model: &*without.decoder,
        reference: None,
        tokens: &tokens,
        beginning: &[],
        context: CONTEXT,
    };
    let by_hand = eval::evaluate(&by_hand, &(), &Cancel::new()).unwrap();
    assert_eq!(evaluated(&with), by_hand);
    assert_ne!(evaluated(&without).nll.to_bits(), by_hand.nll.to_bits());
    assert_eq!(evaluated(&without).tokens, by_hand.tokens);
}

#[test]
fn measuring_tells_its_stages_and_stops_when_asked() {
    struct Stages(Mutex<Vec<MeasureStage>>, Option<(MeasureStage, Cancel)>);
    impl Observer for Stages {
        fn progress(&self, progress: Progress) {
            let Some(Stage::Measure(stage)) = progress.stage else { panic!("{progress:?}") };
            assert!(progress.done <= progress.total, "{progress:?}");
            let mut seen = self.0.lock().unwrap();
            if seen.last() != Some(&stage) {
                seen.push(stage);
            }
            if let Some((at, cancel)) = &self.1
                && *at == stage
            {
                cancel.cancel();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let model = quantize(&recorded("qwen3"), folder.path(), "q8_0");
    let asked = request(&model, &recorded("qwen3"), 64);
    let told = Stages(Mutex::default(), None);
    jobs::measure(&asked, &told, &Cancel::new()).unwrap();
    let expected = [
        MeasureStage::LoadOriginal,
        MeasureStage::WriteText,
        MeasureStage::AskOriginal,
        MeasureStage::LoadModel,
        MeasureStage::ReadModel,
        MeasureStage::AskModel,
    ];
    assert_eq!(told.0.into_inner().unwrap(), expected);
    for stage in expected {
        let cancel = Cancel::new();
        let told = Stages(Mutex::default(), Some((stage, cancel.clone())));
        let error = jobs::measure(&asked, &told, &cancel).unwrap_err();
        assert!(error.is_cancelled(), "{stage:?}: {error}");
        assert_eq!(told.0.into_inner().unwrap().last(), Some(&stage));
    }
}

#[test]
fn models_of_other_vocabularies_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let model = quantize(&starter(), folder.path(), "q8_0");
    let error = jobs::measure(&request(&model, &recorded("qwen3"), 8), &(), &Cancel::new()).unwrap_err();
    assert!(error.to_string().contains("vocabulary"), "{error}");
}

#[test]
fn a_load_that_does_not_fit_says_what_would_and_is_done_if_asked() {
    let runner = Runner::default();
    let load = |context, anyway| {
        let path = recorded("llama-llama3");
        Ask::Load(LoadRequest {
            path,
            context: Some(context),
            threads: Some(1),
            cache: KvCacheType::default(),
            anyway,
            alone: true,
        })
    };
    // Keys and values of 2 layers, 2 heads of 16, in 16 bits: 256 bytes for each token.
    let tokens = 1 << 40;
    let Event::TooLarge(need) = end_of(&runner, load(tokens, false)) else { panic!("it fits") };
    assert_eq!(need.context, tokens);
    assert!(need.cache_bytes >= 256 << 40 && need.weights_bytes < 1 << 20, "{need:?}");
    assert!(!need.fits() && need.total_bytes() > need.available_bytes);
    let fitting = need.fitting_context.unwrap();
    assert_eq!(fitting, 512, "no more than the model was made for");
    assert_eq!(need.fitting_precision, None, "fewer bits do not help");
    // Nothing is loaded now, and what does not fit by far is still a sentence.
    let end = end_of(&runner, load(tokens, true));
    assert!(matches!(&end, Event::Failed(failure) if failure.message.contains("memory")), "{end:?}");
    let Event::Loaded(loaded) = end_of(&runner, load(128, false)) else { panic!("not loaded") };
    assert_eq!(end_of(&runner, Ask::Unload(loaded.model)), Event::Unloaded);
}

#[test]
fn advice_is_for_every_precision_and_grows_with_the_context() {
    let runner = Runner::default();
    let advise = |context| {
        let request = AdviseRequest { path: starter(), context };
        let Event::Advised(advice) = end_of(&runner, Ask::Advise(request)) else { panic!("no advice") };
        advice
    };
    let (usual, short) = (advise(None), advise(Some(256)));
    assert_eq!(usual.len(), nibble_engine::quant::Precision::offered().count());
    for (usual, short) in usual.iter().zip(&short) {
        assert!(usual.memory_bytes > short.memory_bytes && usual.disk_bytes == short.disk_bytes);
    }
}
