//! Quantizing: the run that is going on, and how it goes.

use nibble_engine::jobs::QuantizeRequest;
use nibble_engine::progress::Progress;

use super::Precision;

/// How much a new measurement of the speed counts against those before.
const NEWEST_SHARE: f64 = 0.2;

/// Quantizing, running or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantize {
    /// The run that is going on.
    pub run: Option<QuantizeRun>,
}

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizeRun {
    /// What was asked of the engine.
    pub request: QuantizeRequest,
    /// The model's name for people.
    pub name: String,
    /// What it is quantized to.
    pub precision: Precision,
    /// The newest progress.
    pub progress: Option<Progress>,
    /// Bytes read per second, smoothed; 0 until known.
    pub bytes_per_second: f64,
    /// Whether it was asked to stop.
    pub cancelling: bool,
    /// Moment and bytes of the measurement before.
    measured: Option<(f64, u64)>,
}

impl QuantizeRun {
    /// A run that has just been asked for.
    pub fn new(request: QuantizeRequest, name: String, precision: Precision) -> Self {
        Self {
            request,
            name,
            precision,
            progress: None,
            bytes_per_second: 0.0,
            cancelling: false,
            measured: None,
        }
    }

    /// Takes in progress seen at `now` seconds.
    pub fn advance(&mut self, progress: Progress, now: f64) {
        match self.measured {
            Some((before, bytes)) if now - before >= 0.25 => {
                let speed = progress.done.saturating_sub(bytes) as f64 / (now - before);
                self.bytes_per_second = if self.bytes_per_second == 0.0 {
                    speed
                } else {
                    self.bytes_per_second * (1.0 - NEWEST_SHARE) + speed * NEWEST_SHARE
                };
                self.measured = Some((now, progress.done));
            }
            Some(_) => {}
            None => self.measured = Some((now, progress.done)),
        }
        self.progress = Some(progress);
    }

    /// Share done, from 0 to 1.
    pub fn fraction(&self) -> f32 {
        match &self.progress {
            Some(progress) if progress.total > 0 => {
                (progress.done as f64 / progress.total as f64).clamp(0.0, 1.0) as f32
            }
            _ => 0.0,
        }
    }

    /// Seconds until the end at the present speed.
    pub fn seconds_left(&self) -> Option<f64> {
        let progress = self.progress.as_ref()?;
        let left = progress.total.saturating_sub(progress.done) as f64;
        (self.bytes_per_second > 0.0).then(|| left / self.bytes_per_second)
    }
}
