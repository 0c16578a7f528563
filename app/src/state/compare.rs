//! Comparing several models with one original: what was chosen, the run, and what it found.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{CompareReport, CompareRequest};
use nibble_engine::progress::{MeasureStage, Progress, Stage};

/// Comparing several models with one original.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compare {
    /// Path of the original.
    pub original: Option<PathBuf>,
    /// The models to compare with it.
    pub chosen: Vec<PathBuf>,
    /// The comparison that is going on.
    pub run: Option<CompareRun>,
    /// What the last comparison found.
    pub report: Option<CompareReport>,
}

/// A comparison that is going on.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareRun {
    /// What was asked of the engine.
    pub request: CompareRequest,
    /// The newest progress.
    pub progress: Option<Progress>,
    /// Number of models whose turn is over.
    pub n_done: usize,
    /// Whether it was asked to stop.
    pub cancelling: bool,
}

impl Compare {
    /// Whether a model is among those to compare.
    pub fn is_chosen(&self, path: &Path) -> bool {
        self.chosen.iter().any(|chosen| chosen == path)
    }

    /// Whether there is something to compare with something.
    pub fn is_ready(&self) -> bool {
        self.original.is_some() && !self.chosen.is_empty()
    }
}

impl CompareRun {
    /// A comparison that has just been asked for.
    pub fn new(request: CompareRequest) -> Self {
        Self { request, progress: None, n_done: 0, cancelling: false }
    }

    /// Takes in the newest progress.
    pub fn advance(&mut self, progress: Progress) {
        let begins = |progress: &Progress| progress.stage == Some(Stage::Measure(MeasureStage::LoadModel));
        let before = self.progress.replace(progress);
        let now_loads = self.progress.as_ref().is_some_and(begins);
        let is_after_original = before.as_ref().and_then(|before| before.stage).is_some_and(|stage| {
            !matches!(
                stage,
                Stage::Measure(
                    MeasureStage::LoadOriginal
                        | MeasureStage::WriteText
                        | MeasureStage::ReadOriginal
                        | MeasureStage::AskOriginal
                        | MeasureStage::LoadModel
                )
            )
        });
        if now_loads && is_after_original {
            self.n_done += 1;
        }
    }

    /// What it is at, once it told.
    pub fn stage(&self) -> Option<MeasureStage> {
        match self.progress.as_ref()?.stage? {
            Stage::Measure(stage) => Some(stage),
            Stage::Download | Stage::Quantize => None,
        }
    }

    /// Share done, from 0 to 1; the original and each model count the same.
    pub fn fraction(&self) -> f32 {
        let (Some(progress), Some(stage)) = (&self.progress, self.stage()) else { return 0.0 };
        let all = (self.request.models.len() + 1) as f32;
        let (turns, done) = match stage {
            MeasureStage::LoadOriginal => (0, 0.0),
            MeasureStage::WriteText | MeasureStage::ReadOriginal => (0, 1.0),
            MeasureStage::AskOriginal => (0, 2.0),
            MeasureStage::LoadModel => (1 + self.n_done, 0.0),
            MeasureStage::ReadModel => (1 + self.n_done, 1.0),
            MeasureStage::AskModel | MeasureStage::CompareWeights => (1 + self.n_done, 2.0),
        };
        ((turns as f32 + (done + progress.fraction()) / 3.0) / all).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_only_goes_forward() {
        use MeasureStage::{
            AskModel, AskOriginal, CompareWeights, LoadModel, LoadOriginal, ReadModel, WriteText,
        };
        let request = CompareRequest {
            original: PathBuf::from("o"),
            models: vec![PathBuf::from("a"), PathBuf::from("b")],
            text: None,
            tokens: None,
            threads: None,
        };
        let mut run = CompareRun::new(request);
        let mut last = run.fraction();
        let stages = [
            LoadOriginal,
            WriteText,
            AskOriginal,
            LoadModel,
            ReadModel,
            AskModel,
            LoadModel,
            ReadModel,
            AskModel,
            CompareWeights,
        ];
        for stage in stages {
            for done in [1, 2] {
                run.advance(Progress::new("", done, 2).at(Stage::Measure(stage)));
                let now = run.fraction();
                assert!(now >= last || stage == CompareWeights, "{stage:?}: {last} {now}");
                last = now;
            }
        }
        assert_eq!((run.n_done, run.fraction().to_bits()), (1, 1.0_f32.to_bits()));
    }
}
