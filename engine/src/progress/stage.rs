//! Stages of jobs that have several, as their progress names them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Observer, Progress, Warning};

/// The stage of a job that has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Files are downloaded; progress counts bytes.
    Download,
    /// A checkpoint is quantized; progress counts bytes of the source.
    Quantize,
    /// The quality of a quantized model is measured.
    Measure(MeasureStage),
}

/// The stage of a quality measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeasureStage {
    /// The original is loaded; progress counts bytes.
    LoadOriginal,
    /// The original writes the text; progress counts tokens.
    WriteText,
    /// The original reads a text that is given; progress counts tokens.
    ReadOriginal,
    /// The original answers the prompt; progress counts tokens.
    AskOriginal,
    /// The quantized model is loaded; progress counts bytes.
    LoadModel,
    /// The quantized model reads the text; progress counts tokens.
    ReadModel,
    /// The quantized model answers the prompt; progress counts tokens.
    AskModel,
    /// The weights of both are compared; progress counts bytes of the model.
    CompareWeights,
}

impl MeasureStage {
    /// All stages in their order, of which a measurement takes one of [`Self::WriteText`] and [`Self::ReadOriginal`]; weights are
    /// compared where their errors are not known.
    pub const ALL: [Self; 8] = [
        Self::LoadOriginal,
        Self::WriteText,
        Self::ReadOriginal,
        Self::AskOriginal,
        Self::LoadModel,
        Self::ReadModel,
        Self::AskModel,
        Self::CompareWeights,
    ];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Download => f.write_str("downloading"),
            Self::Quantize => f.write_str("quantizing"),
            Self::Measure(stage) => stage.fmt(f),
        }
    }
}

impl fmt::Display for MeasureStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoadOriginal => "loading the original",
            Self::WriteText => "the original writes a text",
            Self::ReadOriginal => "the original reads the text",
            Self::AskOriginal => "the original answers",
            Self::LoadModel => "loading the model",
            Self::ReadModel => "the model reads the text",
            Self::AskModel => "the model answers",
            Self::CompareWeights => "comparing the weights",
        })
    }
}

/// An observer that names the stage of all progress that names none, and passes everything on.
pub struct AtStage<'a> {
    observer: &'a dyn Observer,
    stage: Stage,
}

impl<'a> AtStage<'a> {
    /// An observer in front of `observer` for work that belongs to `stage`.
    pub fn new(observer: &'a dyn Observer, stage: Stage) -> Self {
        Self { observer, stage }
    }

    /// Reports that the stage begins, before anything of it is known.
    #[must_use]
    pub fn begin(self) -> Self {
        self.progress(Progress::new(String::new(), 0, 0));
        self
    }
}

impl Observer for AtStage<'_> {
    fn progress(&self, progress: Progress) {
        self.observer.progress(Progress { stage: progress.stage.or(Some(self.stage)), ..progress });
    }

    fn warn(&self, warning: Warning) {
        self.observer.warn(warning);
    }
}
