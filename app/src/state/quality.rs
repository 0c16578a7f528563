//! What is known of the quality of quantized models, and the measurement that is going on.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::quality::Measured;
use nibble_engine::jobs::{MeasureRequest, QualityReport};
use nibble_engine::progress::{MeasureStage, Progress, Stage};

/// Stages of a measurement, of which one of two is left out.
const N_STAGES: f32 = 6.0;

/// Quality of the models on this machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    /// What is known, each of one model.
    pub reports: Vec<QualityReport>,
    /// The measurement that is going on.
    pub run: Option<MeasureRun>,
    /// The model whose report is shown.
    pub shown: Option<PathBuf>,
}

/// A measurement that is going on.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureRun {
    /// What was asked of the engine.
    pub request: MeasureRequest,
    /// The newest progress.
    pub progress: Option<Progress>,
    /// Whether it was asked to stop.
    pub cancelling: bool,
}

/// How close a model is to its original, in steps that people tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// They cannot be told apart.
    Same,
    /// They nearly cannot.
    Hardly,
    /// They differ a little.
    Small,
    /// The models differ clearly.
    Clear,
    /// They differ much.
    Large,
}

impl Quality {
    /// What is known of the model at `path`.
    pub fn of(&self, path: &Path) -> Option<&QualityReport> {
        self.reports.iter().find(|report| report.model == path)
    }

    /// What was measured of a model made from `original` at the precision of that exact name.
    pub fn measured(&self, original: &Path, precision: &str) -> Option<&Measured> {
        let made = self.reports.iter().filter(|report| report.original == original);
        made.filter(|report| report.precision == precision).find_map(|report| report.measured.as_ref())
    }

    /// Takes in what is known of one model.
    pub fn learn(&mut self, report: QualityReport) {
        self.reports.retain(|known| known.model != report.model);
        self.reports.push(report);
    }
}

impl MeasureRun {
    /// A measurement that has just been asked for.
    pub fn new(request: MeasureRequest) -> Self {
        Self { request, progress: None, cancelling: false }
    }

    /// What it is at, once it told.
    pub fn stage(&self) -> Option<MeasureStage> {
        match self.progress.as_ref()?.stage? {
            Stage::Measure(stage) => Some(stage),
            Stage::Download | Stage::Quantize => None,
        }
    }

    /// Share done, from 0 to 1; every stage counts the same.
    pub fn fraction(&self) -> f32 {
        let (Some(progress), Some(stage)) = (&self.progress, self.stage()) else { return 0.0 };
        let before = match stage {
            MeasureStage::LoadOriginal => 0.0,
            MeasureStage::WriteText | MeasureStage::ReadOriginal => 1.0,
            MeasureStage::AskOriginal => 2.0,
            MeasureStage::LoadModel => 3.0,
            MeasureStage::ReadModel => 4.0,
            MeasureStage::AskModel => 5.0,
            // Short, and often left out.
            MeasureStage::CompareWeights => N_STAGES,
        };
        ((before + progress.fraction()) / N_STAGES).min(1.0)
    }
}

impl Closeness {
    /// What a mean KL divergence in nats and the share of places with the same likeliest token come to: the worse of the two
    /// decides.
    pub fn of(kl_mean: f64, top1_agreement: f64) -> Self {
        let by_divergence = match kl_mean {
            kl if kl < 0.003 => Self::Same,
            kl if kl < 0.02 => Self::Hardly,
            kl if kl < 0.1 => Self::Small,
            kl if kl < 0.5 => Self::Clear,
            _ => Self::Large,
        };
        let by_agreement = match top1_agreement {
            share if share >= 0.98 => Self::Same,
            share if share >= 0.95 => Self::Hardly,
            share if share >= 0.85 => Self::Small,
            share if share >= 0.7 => Self::Clear,
            _ => Self::Large,
        };
        by_divergence.max(by_agreement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_of_divergence_and_agreement_decides() {
        assert_eq!(Closeness::of(0.001, 0.99), Closeness::Same);
        assert_eq!(
            Closeness::of(0.001, 0.6),
            Closeness::Large,
            "random weights: near in divergence, and another word in 40 of 100 places"
        );
        assert_eq!(Closeness::of(0.001, 0.94), Closeness::Small);
        assert_eq!(Closeness::of(0.2, 0.99), Closeness::Clear);
    }
}
