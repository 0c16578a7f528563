//! Quantizing: the run that is going on, and how it goes.

use nibble_engine::quant::Precision;
use std::time::Duration;

use nibble_engine::jobs::QuantizeRequest;
use nibble_engine::progress::{Pace, Progress};

/// Quantizing, running or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantize {
    /// The run that is going on.
    pub run: Option<QuantizeJob>,
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

impl QuantizeJob {
    /// A run that has just been asked for.
    pub fn new(request: QuantizeRequest, name: String, precision: Precision) -> Self {
        Self { request, name, precision, progress: None, pace: Pace::default(), cancelling: false }
    }

    /// Takes in progress seen at `now` seconds.
    pub fn advance(&mut self, progress: Progress, now: f64) {
        self.pace.update(Duration::from_secs_f64(now.max(0.0)), progress.done);
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
