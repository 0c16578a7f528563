//! Quality of a quantized model, measured against the original on text that the original generates itself.
//!
//! open both → check memory → original: load, generate or read a text, answer a prompt → model: load, read the same text,
//! answer → figures → error of the weights, unless it is known. Only one of the two is in memory at a time; the original's
//! distributions are stored ([`eval::Position`](crate::eval::Position)). The result is stored beside the model.

mod answer;
mod error;
mod report;
mod side_by_side;
mod stored;
mod text;

use std::time::Instant;

use super::Error as JobError;
use crate::models;
use crate::progress::{Cancel, Observer};
pub use error::Error;
pub use report::{Answer, MeasureRequest, Measured, MeasuredText, QualityReport};
pub(super) use side_by_side::{Question, SideBySide};
pub use stored::stored_report;
pub(super) use stored::{store, store_errors};
pub(super) use text::{as_likely, prompts};

/// Measures `request.model` against `request.original` and stores the result beside the model.
///
/// # Errors
/// [`Error::TooLittleMemory`] before anything is loaded; [`eval::Error::OtherVocabulary`](crate::eval::Error::OtherVocabulary);
/// what opening, loading and running either of them comes to. A result that cannot be written is a warning.
pub fn measure(
    request: &MeasureRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<QualityReport, JobError> {
    let start = Instant::now();
    let original = models::open(&request.original, observer)?;
    let model = models::open(&request.model, &())?;
    let question = Question {
        original: &original,
        text: request.text.as_deref(),
        tokens: request.tokens,
        prompt: request.prompt.as_deref(),
        threads: request.threads,
    };
    question.check(&model)?;
    let side_by_side = SideBySide::begin(question, observer, cancel)?;
    let report = side_by_side.measure(&model, start, observer, cancel)?;
    store(&report, observer);
    Ok(report)
}
