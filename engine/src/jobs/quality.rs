//! Quality of a quantized model, measured against the original on text that the original generates itself.
//!
//! open both → check memory → original: load, generate or read a text, answer a prompt → model: load, read the same text,
//! answer → figures. Only one of the two is in memory at a time; the original's distributions are stored ([`eval::Position`]).
//! The result is stored beside the model.

mod answer;
mod error;
mod report;
mod stored;
mod text;

use std::time::Instant;

use super::load::{LoadOptions, LoadedModel, load_opened};
use super::{Error as JobError, read_text};
use crate::eval::{
    self, Difference, Distribution, Figures, KEPT_TOKENS, Keep, Passage, Position, for_each_position,
};
use crate::fit::{MemoryNeed, Setting};
use crate::library;
use crate::models::{self, Model};
use crate::progress::{AtStage, Cancel, MeasureStage, Observer, Stage};
pub use error::Error;
pub use report::{Answer, MeasureRequest, Measured, MeasuredText, QualityReport};
pub(super) use stored::store_errors;
pub use stored::stored_report;
pub(super) use text::{as_likely, prompts};

/// Default number of scored tokens: enough for two digits of the mean.
const USUAL_TOKENS: usize = 512;
/// Window of a given text in tokens.
const WINDOW: usize = 512;
/// Largest context of a measurement in tokens.
const CONTEXT: usize = 1024;

/// Measures `request.model` against `request.original` and stores the result beside the model.
///
/// # Errors
/// [`Error::TooLittleMemory`] before anything is loaded; [`eval::Error::OtherVocabulary`]; what opening, loading and running
/// either of them comes to. A result that cannot be written is a warning.
pub fn measure(
    request: &MeasureRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<QualityReport, JobError> {
    let start = Instant::now();
    let both = Both::open(request, observer)?;
    let session = Session { request, observer, cancel };
    let (passages, positions, original_answer) = session.ask_original(&both.original)?;
    let (differences, model_answer) = session.ask_model(&both.model, &passages, &positions)?;
    let measured = Measured {
        text: request.text.clone().map_or(MeasuredText::WrittenByOriginal, MeasuredText::File),
        figures: Figures::of(&differences)?,
        prompt: answer::prompt(request),
        original_answer,
        model_answer,
        seconds: start.elapsed().as_secs_f64(),
    };
    let report = QualityReport {
        errors: stored_report(&request.model).and_then(|report| report.errors),
        precision: library::precision(&both.model).unwrap_or_default(),
        model: request.model.clone(),
        original: request.original.clone(),
        measured: Some(measured),
    };
    stored::store(&report, observer);
    Ok(report)
}

/// The two models, opened and checked for memory.
struct Both {
    original: Model,
    model: Model,
}

impl Both {
    fn open(request: &MeasureRequest, observer: &dyn Observer) -> Result<Self, JobError> {
        let original = models::open(&request.original, observer)?;
        let model = models::open(&request.model, &())?;
        let (reference, vocab) = (original.spec()?.vocab_size, model.spec()?.vocab_size);
        if reference != vocab {
            return Err(eval::Error::OtherVocabulary { model: vocab, reference }.into());
        }
        let here = Setting::here(CONTEXT, None);
        let setting = Setting { run: LoadOptions::with_threads(request.threads).run, ..here };
        for one in [&original, &model] {
            check_memory(one, &setting)?;
        }
        Ok(Self { original, model })
    }
}

fn check_memory(model: &Model, setting: &Setting) -> Result<(), JobError> {
    let need = MemoryNeed::of(model, &model.spec()?, setting)?;
    if need.fits() {
        return Ok(());
    }
    let (needed, available) = (need.total_bytes(), need.available_bytes);
    Err(Error::TooLittleMemory { path: model.path().to_owned(), needed, available }.into())
}

/// Data that all steps of a measurement share.
struct Session<'a> {
    request: &'a MeasureRequest,
    observer: &'a dyn Observer,
    cancel: &'a Cancel,
}

impl Session<'_> {
    /// Generates or reads the text with the original, and answers the prompt.
    fn ask_original(&self, original: &Model) -> Result<(Vec<Passage>, Vec<Position>, Answer), JobError> {
        let loaded = self.load(original, MeasureStage::LoadOriginal)?;
        let n_tokens = self.request.tokens.unwrap_or(USUAL_TOKENS);
        let (passages, positions) = match &self.request.text {
            None => {
                let observer = self.stage(MeasureStage::WriteText);
                text::write(&loaded, n_tokens, CONTEXT, &observer, self.cancel)?
            }
            Some(file) => {
                let context = WINDOW.min(loaded.decoder.spec().context_length);
                let beginning = loaded.tokenizer.beginning()?;
                let passages = eval::cut(&loaded.tokenizer.encode(&read_text(file)?)?, context, n_tokens)?;
                let passages: Vec<Passage> =
                    passages.into_iter().map(|passage| passage.begun_with(&beginning)).collect();
                let look = |_, logits: &[f32], next| Position::of(logits, next, Keep::Likeliest(KEPT_TOKENS));
                let observer = self.stage(MeasureStage::ReadOriginal);
                let positions = for_each_position(&*loaded.decoder, &passages, look, &observer, self.cancel)?;
                (passages, positions)
            }
        };
        let observer = self.stage(MeasureStage::AskOriginal);
        Ok((passages, positions, answer::answer(loaded, self.request, &observer, self.cancel)?))
    }

    /// Reads the same text with the quantized model, and answers the prompt.
    fn ask_model(
        &self,
        model: &Model,
        passages: &[Passage],
        positions: &[Position],
    ) -> Result<(Vec<Difference>, Answer), JobError> {
        let loaded = self.load(model, MeasureStage::LoadModel)?;
        let compare =
            |at: usize, logits: &[f32], _| Difference::between(&positions[at], &Distribution::of(logits));
        let observer = self.stage(MeasureStage::ReadModel);
        let differences = for_each_position(&*loaded.decoder, passages, compare, &observer, self.cancel)?;
        let observer = self.stage(MeasureStage::AskModel);
        Ok((differences, answer::answer(loaded, self.request, &observer, self.cancel)?))
    }

    fn load(&self, model: &Model, stage: MeasureStage) -> Result<LoadedModel, JobError> {
        let options = LoadOptions::with_threads(self.request.threads);
        load_opened(model, &options, &self.stage(stage), self.cancel)
    }

    fn stage(&self, stage: MeasureStage) -> AtStage<'_> {
        AtStage::new(self.observer, Stage::Measure(stage))
    }
}
