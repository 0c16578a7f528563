//! Values that tests of the window share.

#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test file uses some of them")]

pub mod engine;
pub mod hub;
pub mod painter;
pub mod screens;
pub mod signs;
pub mod window;

use std::path::Path;

pub use engine::{asked, asked_by, death, is_listed, look, running, talk, tell, tell_at};
use nibble::command::{ChatCommand, ModelCommand};
use nibble::state::{ChatMessage, Places, Settings, State};
use nibble::store::StoreCommand;
use nibble::update::{Effect, apply};
use nibble_engine::eval::{Figures, Histogram};
use nibble_engine::jobs::protocol::{Advice, QuantizeEstimate, Verdict};
use nibble_engine::jobs::quality::{Answer, Measured, MeasuredText};
use nibble_engine::jobs::{
    CompareOutcome, CompareReport, CompareRow, CurvePoint, CurveReport, Delta, Event, Failure, LoadReport,
    MemoryNeed, ModelId, ModelSummary, QualityReport, QuantizeReport, ReplyReport,
};
use nibble_engine::quant::{LayerError, Precision as Format, WeightErrors};
use nibble_engine::session::StopReason;

/// The folders of a test; nothing is read or written there.
pub fn places() -> Places {
    Places {
        models: "/home/models".into(),
        own_models: "/home/models".into(),
        settings_file: "/home/settings.toml".into(),
        chats_file: "/home/chats.db".into(),
        listing_file: "/home/models.json".into(),
        token_file: "/home/hugging-face-token".into(),
        log_file: "/home/nibble.log".into(),
        portable: None,
    }
}

/// A first start.
pub fn fresh() -> State {
    State::new(Settings::default(), places())
}

/// A checkpoint is open.
pub fn state_with_model() -> State {
    let mut state = fresh();
    apply(&mut state, ModelCommand::Open("/m/a".into()));
    look(&mut state, Event::Inspected(summary("/m/a")));
    state
}

/// A model is loaded and a chat is open.
pub fn state_with_talk() -> State {
    let mut state = fresh();
    apply(&mut state, ModelCommand::ChatWith("/m/a.gguf".into()));
    talk(&mut state, Event::Loaded(loaded("/m/a.gguf".as_ref())));
    state
}

/// What the current chat shows, oldest first.
pub fn shown(state: &State) -> Vec<&ChatMessage> {
    state.chats.current().expect("a chat is open").messages.shown().collect()
}

/// The texts of what the current chat shows.
pub fn said(state: &State) -> Vec<&str> {
    shown(state).into_iter().map(|message| message.text.as_str()).collect()
}

/// A message and its reply; if a title is asked for then, there is none.
pub fn exchange(state: &mut State, question: &str, answer: &str) {
    apply(state, ChatCommand::Send(question.into()));
    talk(state, Event::Delta(Delta::Content(answer.into())));
    talk(state, Event::Replied(replied(StopReason::Eos)));
    if state.pending.titled_chat().is_some() {
        talk(state, Event::Replied(replied(StopReason::Eos)));
    }
}

/// What the store is asked for.
pub fn stored(effects: &[Effect]) -> Vec<&StoreCommand> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Store(asked) = effect { Some(asked) } else { None })
        .collect()
}

/// A model of 1.2 billion parameters.
pub fn summary(path: &str) -> ModelSummary {
    ModelSummary {
        path: path.into(),
        name: "Tiny 1B".into(),
        architecture: "llama".into(),
        parameters: 1_240_000_000,
        context_length: 8192,
        bytes: 2_480_000_000,
        bits_per_weight: 16.0,
        has_chat_template: true,
        predicted_bytes: vec![
            (Format::Q4_K_M, 750_000_000),
            (Format::Q8_0, 1_320_000_000),
            (Format::F16, 2_480_000_000),
        ],
        cache_bytes_per_token: 1000,
        tensors: Vec::new(),
    }
}

/// The end of loading.
pub fn loaded(path: &Path) -> LoadReport {
    LoadReport {
        model: ModelId(1),
        path: path.into(),
        name: "Tiny 1B".into(),
        context: 4096,
        weights_bytes: 750_000_000,
        seconds: 0.5,
    }
}

/// The end of quantizing.
pub fn quantized(path: &Path) -> QuantizeReport {
    QuantizeReport {
        path: path.into(),
        bytes: 1_320_000_000,
        bits_per_weight: 8.5,
        file_bits_per_weight: 8.5,
        seconds: 11.0,
        peak_rss_bytes: 400_000_000,
        errors: WeightErrors::default(),
        warnings: Vec::new(),
    }
}

/// A model of two layers was measured and is close to its original.
pub fn measured(model: &str, original: &str) -> QualityReport {
    let answer = |text: &str| Answer { text: text.into(), report: replied(StopReason::Eos) };
    let layer = |layer, relative_rmse| LayerError { layer, relative_rmse };
    let errors = WeightErrors {
        relative_rmse: 0.0712,
        layers: vec![layer(None, 0.01), layer(Some(0), 0.07), layer(Some(1), 0.08)],
        tensors: Vec::new(),
    };
    let figures = Figures {
        tokens: 512,
        kl_mean: 0.0123,
        kl_median: 0.004,
        kl_p99: 0.11,
        kl_max: 0.4,
        top1_agreement: 0.9864,
        perplexity: 8.2,
        original_perplexity: 8.1,
        rest_probability: 0.0,
        histogram: Histogram::of(&[0.001, 0.002, 0.01, 0.03]),
    };
    QualityReport {
        model: model.into(),
        original: original.into(),
        precision: "q4_k_m".into(),
        errors: Some(errors),
        measured: Some(Measured {
            text: MeasuredText::WrittenByOriginal,
            figures,
            prompt: "Why is the sky blue?".into(),
            original_answer: answer("Because of scattering."),
            model_answer: answer("Since light scatters."),
            seconds: 3.0,
        }),
    }
}

/// What every precision takes: eight bits fit tightly, sixteen do not.
pub fn advice() -> Vec<Advice> {
    let one = |precision: Format, bytes: u64, verdict| Advice {
        precision,
        disk_bytes: bytes,
        weights_bytes: bytes,
        context_bytes: 100_000_000,
        memory_bytes: bytes + 250_000_000,
        tokens_per_second: Some(20e9 / bytes as f64),
        verdict,
    };
    vec![
        one(Format::F16, 2_480_000_000, Verdict::DoesNotFit),
        one(Format::Q8_0, 1_320_000_000, Verdict::Tight),
        one(Format::Q5_K_M, 900_000_000, Verdict::Comfortable),
        one(Format::Q4_K_M, 750_000_000, Verdict::Comfortable),
    ]
}

/// What a run takes: a minute and most of a gigabyte.
pub fn estimate() -> QuantizeEstimate {
    QuantizeEstimate {
        seconds: 62.0,
        peak_bytes: 840_000_000,
        tensor_bytes: 750_000_000,
        curve_seconds: 610.0,
    }
}

/// A size-quality curve from 400 MB to 1.3 GB, and three fixed mixes above it.
pub fn curve() -> CurveReport {
    let point = |bytes: u64, kl| CurvePoint { bytes, bits_per_weight: bytes as f64 * 8.0 / 1.24e9, kl };
    let points = (0..=18_u32)
        .map(|at| point(400_000_000 + u64::from(at) * 51_000_000, 0.9 * 0.72_f64.powi(at as i32)));
    CurveReport {
        points: points.collect(),
        precisions: vec![
            (Format::Q8_0, point(1_320_000_000, 0.0031)),
            (Format::Q6_K, point(1_020_000_000, 0.014)),
            (Format::Q5_K_M, point(900_000_000, 0.041)),
            (Format::Q5_K_S, point(870_000_000, 0.052)),
            (Format::Q4_K_M, point(750_000_000, 0.13)),
            (Format::Q4_K_S, point(715_000_000, 0.17)),
            (Format::Q3_K_M, point(600_000_000, 0.44)),
            (Format::Q2_K, point(470_000_000, 1.3)),
        ],
        original_bytes: 2_480_000_000,
        seconds: 580.0,
    }
}

/// Three models beside one original, of which one could not be measured.
pub fn compared() -> CompareReport {
    let row = |name: &str, precision: &str, bytes: u64, kl: Option<f64>| CompareRow {
        path: format!("/models/{name}.gguf").into(),
        name: name.into(),
        precision: precision.into(),
        bytes,
        bits_per_weight: bytes as f64 * 8.0 / 1.24e9,
        outcome: match kl {
            None => {
                CompareOutcome::Failed(Failure { message: "other vocabulary".into(), details: Vec::new() })
            }
            Some(kl_mean) => {
                let mut report = measured(&format!("/models/{name}.gguf"), "/cache/some/tiny");
                report.precision = precision.into();
                let measured = report.measured.as_mut().expect("it was measured");
                measured.figures = Figures { kl_mean, ..measured.figures.clone() };
                CompareOutcome::Measured(Box::new(report))
            }
        },
    };
    CompareReport {
        original: "/cache/some/tiny".into(),
        original_name: "Tiny 1B".into(),
        original_bytes: 2_480_000_000,
        text: MeasuredText::WrittenByOriginal,
        rows: vec![
            row("tiny-q8_0", "q8_0", 1_320_000_000, Some(0.0021)),
            row("tiny-int4", "q4_k_m", 750_000_000, Some(0.061)),
            row("downloaded-Q4_K_M", "q4_k_m", 760_000_000, Some(0.21)),
            row("other", "q4_0", 700_000_000, None),
        ],
        seconds: 41.0,
    }
}

/// A model that needs twice what is free.
pub fn too_large(path: &str) -> MemoryNeed {
    MemoryNeed {
        path: path.into(),
        context: 8192,
        weights_bytes: 2_000_000_000,
        cache_bytes: 1_700_000_000,
        buffers_bytes: 150_000_000,
        program_bytes: 150_000_000,
        available_bytes: 3_000_000_000,
        fitting_context: Some(2048),
        fitting_precision: Some(Format::Q4_K_M),
    }
}

/// The end of a reply.
pub fn replied(stop_reason: StopReason) -> ReplyReport {
    ReplyReport {
        stop_reason,
        prompt_tokens: 10,
        cached_tokens: 0,
        tokens: 2,
        prompt_tps: 50.0,
        gen_tps: 12.5,
        first_token_seconds: 0.21,
        thinking_seconds: None,
        parts: nibble_engine::jobs::PromptParts { instructions: 0, earlier: 2, last: 5 },
    }
}
