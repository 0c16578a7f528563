//! Quantizing: what was chosen, the run that is going on, and how it goes.

use nibble_engine::quant::{Method, Precision, methods};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nibble_engine::jobs::protocol::{Advice, QuantizeEstimate};
use nibble_engine::jobs::{CurveReport, QuantizeRequest};
use nibble_engine::progress::{Pace, Progress};

use super::KeptRun;
use crate::base::{CalibrationChoice, LimitKind, SizeBudget};

/// Quantizing, running or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantize {
    /// The run that is going on.
    pub run: Option<QuantizeJob>,
    /// What was chosen beside the precision.
    pub choice: QuantizeChoice,
    /// What the chosen run would take, once known.
    pub estimate: Option<QuantizeEstimate>,
    /// A run that begins as soon as the texts of its chats are read.
    pub gathering: Option<KeptRun>,
    /// Size-quality curves, each with the path of its model.
    pub curves: Vec<(PathBuf, CurveReport)>,
    /// The curve that is being measured.
    pub curve_run: Option<CurveRun>,
}

/// What was chosen for the next run, beside the precision.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizeChoice {
    /// The method that finds the codes.
    pub method: &'static dyn Method,
    /// Where the calibration text comes from.
    pub calibration: CalibrationChoice,
    /// The limit of the size, in place of a precision.
    pub budget: Option<SizeBudget>,
}

impl Default for QuantizeChoice {
    fn default() -> Self {
        Self { method: methods::USUAL, calibration: CalibrationChoice::OwnText, budget: None }
    }
}

/// One run of the quantizer.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizeJob {
    /// What was asked of the engine.
    pub request: QuantizeRequest,
    /// The model's name for people.
    pub name: String,
    /// What it is quantized to.
    pub precision: Precision,
    /// The newest progress.
    pub progress: Option<Progress>,
    /// How fast it goes, in bytes read.
    pub pace: Pace,
    /// Whether it was asked to stop.
    pub cancelling: bool,
}

/// A size-quality curve that is being measured.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveRun {
    /// Path of the model.
    pub source: PathBuf,
    /// The newest progress.
    pub progress: Option<Progress>,
    /// How fast it goes.
    pub pace: Pace,
    /// Whether it was asked to stop.
    pub cancelling: bool,
}

impl Quantize {
    /// The size-quality curve of the model at `source`, once measured.
    pub fn curve_of(&self, source: &Path) -> Option<&CurveReport> {
        self.curves.iter().find(|(path, _)| path == source).map(|(_, curve)| curve)
    }
}

impl SizeBudget {
    /// Size of the file that keeps within this limit; `None` while it is not known what the context takes.
    pub fn file_bytes(self, advice: &[Advice]) -> Option<u64> {
        match self.kind {
            LimitKind::Disk => Some(self.bytes),
            LimitKind::Memory => {
                let (beside, ratio) = memory_of_files(advice)?;
                Some((self.bytes.saturating_sub(beside) as f64 / ratio) as u64)
            }
        }
    }

    /// The limit of this kind that a file of `bytes` keeps within.
    pub fn of_file(kind: LimitKind, bytes: u64, advice: &[Advice]) -> Option<Self> {
        let bytes = match kind {
            LimitKind::Disk => bytes,
            LimitKind::Memory => {
                let (beside, ratio) = memory_of_files(advice)?;
                (bytes as f64 * ratio) as u64 + beside
            }
        };
        Some(Self { kind, bytes })
    }
}

/// What takes memory beside the weights, and how much memory a byte of the file takes.
fn memory_of_files(advice: &[Advice]) -> Option<(u64, f64)> {
    // Of quantized files, which are what a limit is for.
    let one = advice.last().filter(|one| one.disk_bytes > 0 && one.weights_bytes > 0)?;
    let beside = one.memory_bytes.saturating_sub(one.weights_bytes);
    Some((beside, one.weights_bytes as f64 / one.disk_bytes as f64))
}

impl QuantizeJob {
    /// A run that has just been asked for.
    pub fn new(request: QuantizeRequest, name: String, precision: Precision) -> Self {
        Self { request, name, precision, progress: None, pace: Pace::default(), cancelling: false }
    }

    /// Takes in progress seen at `now` seconds.
    pub fn advance(&mut self, progress: Progress, now: f64) {
        advance(&mut self.pace, &progress, now);
        self.progress = Some(progress);
    }

    /// Share done, from 0 to 1.
    pub fn fraction(&self) -> f32 {
        self.progress.as_ref().map_or(0.0, Progress::fraction)
    }

    /// Seconds until the end at the present speed.
    pub fn seconds_left(&self) -> Option<f64> {
        self.pace.seconds_left(self.progress.as_ref()?.total)
    }
}

impl CurveRun {
    /// A measurement that has just been asked for.
    pub fn new(source: PathBuf) -> Self {
        Self { source, progress: None, pace: Pace::default(), cancelling: false }
    }

    /// Takes in progress seen at `now` seconds.
    pub fn advance(&mut self, progress: Progress, now: f64) {
        advance(&mut self.pace, &progress, now);
        self.progress = Some(progress);
    }

    /// Share done, from 0 to 1.
    pub fn fraction(&self) -> f32 {
        self.progress.as_ref().map_or(0.0, Progress::fraction)
    }

    /// Seconds until the end at the present speed.
    pub fn seconds_left(&self) -> Option<f64> {
        self.pace.seconds_left(self.progress.as_ref()?.total)
    }
}

fn advance(pace: &mut Pace, progress: &Progress, now: f64) {
    pace.update(Duration::from_secs_f64(now.max(0.0)), progress.done);
}
