//! What is asked of a measurement, and what it comes to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::eval::Figures;
use crate::jobs::reply_report::ReplyReport;
use crate::library::QualityFigures;
use crate::quant::WeightErrors;

/// What to measure, against what, on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureRequest {
    /// The quantized model.
    pub model: PathBuf,
    /// The model it was made from.
    pub original: PathBuf,
    /// A text file to measure on; text that the original writes itself if `None`.
    pub text: Option<PathBuf>,
    /// Tokens to score; a usual number if `None`.
    pub tokens: Option<usize>,
    /// What both are asked, side by side; a usual question if `None`.
    pub prompt: Option<String>,
    /// Threads; physical cores if `None`.
    pub threads: Option<usize>,
}

impl MeasureRequest {
    /// Measuring `model` against `original` with the usual text, length and question, on the physical cores.
    pub fn new(model: PathBuf, original: PathBuf) -> Self {
        Self { model, original, text: None, tokens: None, prompt: None, threads: None }
    }
}

/// What is known of a model's quality; kept beside it as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// The quantized model.
    pub model: PathBuf,
    /// The model it was made from.
    pub original: PathBuf,
    /// The model's precision.
    pub precision: String,
    /// What quantizing did to the weights, where Nibble quantized them.
    pub errors: Option<WeightErrors>,
    /// What was measured by running both; `None` before that.
    pub measured: Option<Measured>,
}

/// What running both models came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// What they read.
    pub text: MeasuredText,
    /// How far apart they are.
    #[serde(flatten)]
    pub figures: Figures,
    /// What both were asked.
    pub prompt: String,
    /// What the original answered, always taking the most likely token.
    pub original_answer: Answer,
    /// What the quantized model answered.
    pub model_answer: Answer,
    /// How long measuring took.
    pub seconds: f64,
}

/// On which text quality was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeasuredText {
    /// The original wrote it, from several openings.
    WrittenByOriginal,
    /// A file that was given.
    File(PathBuf),
}

/// An answer and how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Text of the token.
    pub text: String,
    /// Counts and speeds.
    pub report: ReplyReport,
}

impl QualityReport {
    /// The figures for a list, once there are any.
    pub fn figures(&self) -> Option<QualityFigures> {
        let Figures { kl_mean, top1_agreement, .. } = self.measured.as_ref()?.figures;
        Some(QualityFigures { kl_mean, top1_agreement })
    }
}
