//! Progress, warnings and cancellation of long work.

mod stage;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::{DType, dtype_name};

pub use stage::{AtStage, MeasureStage, Stage};

/// A flag that cancels running work; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// The work stopped because it was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Cancel {
    /// A new flag, which is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the flag, which cancels the work.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the flag is set.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns an error once the flag is set; called between units of at most about 50 ms.
    ///
    /// # Errors
    /// [`Cancelled`] after [`Cancel::cancel`].
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// Progress of work; only the newest value matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The stage of the job; `None` for jobs of one stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Current item, such as a tensor's name.
    pub item: String,
    /// Units done; bytes where the work is measured in bytes.
    pub done: u64,
    /// Total number of units.
    pub total: u64,
}

impl Progress {
    /// Progress of a job of one stage: `done` of `total` units, at `item`.
    pub fn new(item: impl Into<String>, done: u64, total: u64) -> Self {
        Self { stage: None, item: item.into(), done, total }
    }

    /// The same progress, as one of `stage`.
    #[must_use]
    pub fn at(self, stage: Stage) -> Self {
        Self { stage: Some(stage), ..self }
    }

    /// Fraction done, from 0 to 1; 0 while the total is unknown.
    pub fn fraction(&self) -> f32 {
        if self.total == 0 { 0.0 } else { (self.done as f64 / self.total as f64).min(1.0) as f32 }
    }
}

/// Speed and remaining time of work, from its newest [`Progress`]; an exponential moving average.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    last: Option<(Duration, u64)>,
    per_second: Option<f64>,
}

impl Pace {
    /// Time constant of the average in seconds: an older speed then counts about a third.
    const MEMORY_SECS: f64 = 3.0;

    /// Updates the average: `done` units were done at `time`, counted from any fixed moment. Units before the first call, as of
    /// a resumed download, do not count.
    pub fn update(&mut self, time: Duration, done: u64) {
        let Some((last_time, last_done)) = self.last else {
            self.last = Some((time, done));
            return;
        };
        let seconds = time.saturating_sub(last_time).as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        // Units that must be done again do not count as negative speed.
        let now = done.saturating_sub(last_done) as f64 / seconds;
        let kept = (-seconds / Self::MEMORY_SECS).exp();
        self.per_second = Some(self.per_second.map_or(now, |before| before * kept + now * (1.0 - kept)));
        self.last = Some((time, done));
    }

    /// Average units per second; `None` before the second update.
    pub fn per_second(&self) -> Option<f64> {
        self.per_second
    }

    /// Seconds until `total` units are done at the average speed; `None` below one unit per second.
    pub fn seconds_left(&self, total: u64) -> Option<f64> {
        let (_, done) = self.last?;
        let speed = self.per_second.filter(|speed| *speed >= 1.0)?;
        Some(total.saturating_sub(done) as f64 / speed)
    }
}

/// A problem that the work survived and the user should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Warning {
    /// A tensor cannot be stored in the requested type, and another was used.
    TypeFallback {
        /// Name of the tensor.
        tensor: String,
        /// The requested element type.
        #[serde(with = "dtype_name")]
        wanted: DType,
        /// The element type that was used.
        #[serde(with = "dtype_name")]
        used: DType,
    },
    /// Values outside the range of the target type were clamped.
    ValuesClamped {
        /// Name of the tensor.
        tensor: String,
        /// Number of clamped values.
        count: u64,
    },
    /// Tensors of the source were already quantized; quantizing the original weights would lose less.
    QuantizedTwice {
        /// Number of tensors.
        count: usize,
        /// Their element type in the source.
        #[serde(with = "dtype_name")]
        from: DType,
    },
    /// Tensors of the checkpoint are stored in a quantized format; quantizing the original weights would lose less.
    QuantizedCheckpoint {
        /// Number of tensors.
        count: usize,
        /// The quantized format, as the checkpoint's `quant_method` names it.
        method: String,
    },
    /// The quantization method uses activations, but the calibration file has no statistics of some tensors, which were encoded
    /// without.
    NotCalibrated {
        /// Number of tensors.
        count: usize,
    },
    /// A tensor of the checkpoint is not part of the model and was ignored.
    TensorIgnored {
        /// Name of the tensor.
        tensor: String,
    },
    /// The id of a special token is none of the vocabulary's and was ignored.
    TokenIdIgnored {
        /// The field or key that holds it.
        field: String,
        /// Value of the field.
        value: String,
    },
    /// GGUF's keys do not express the tokenizer exactly; the original is stored in the file as well.
    TokenizerInexact {
        /// The part that they do not express.
        what: String,
    },
    /// The checkpoint has no chat template; a plain one is used.
    NoChatTemplate,
    /// The measured quality could not be written beside the model; the model itself is complete.
    QualityNotKept {
        /// The intended path.
        path: String,
        /// The system's error message.
        reason: String,
    },
    /// The Hub could not be reached, so the model in the local cache is used, which may not be the newest version.
    TakenFromCache {
        /// Why the Hub could not be reached.
        reason: String,
    },
    /// The quality of the quantized model could not be measured; the model itself is complete.
    QualityNotMeasured {
        /// Why it could not be measured.
        reason: String,
    },
    /// The conversation exceeded the context, and its oldest messages were dropped from the prompt.
    MessagesDropped {
        /// Number of dropped messages.
        count: usize,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TypeFallback { tensor, wanted, used } => {
                write!(f, "{tensor} does not divide into blocks of {wanted}; {used} was used instead")
            }
            Self::ValuesClamped { tensor, count } => {
                write!(
                    f,
                    "{count} values of {tensor} were outside the range of the target type and were clamped"
                )
            }
            Self::QuantizedTwice { count, from } => {
                write!(f, "{count} tensors were already {from}; quantizing the original weights loses less")
            }
            Self::QuantizedCheckpoint { count, method } => {
                write!(f, "{count} tensors were already {method}; quantizing the original weights loses less")
            }
            Self::NotCalibrated { count } => {
                write!(
                    f,
                    "the calibration file has no statistics for {count} of the tensors; they were quantized without"
                )
            }
            Self::TensorIgnored { tensor } => {
                write!(f, "{tensor} is not part of this model and was ignored")
            }
            Self::TokenIdIgnored { field, value } => {
                write!(f, "{field} is {value}, which is not a token of the vocabulary, and was ignored")
            }
            Self::TokenizerInexact { what } => {
                write!(f, "other programs may tokenize a little differently; GGUF cannot express {what}")
            }
            Self::QualityNotKept { path, reason } => {
                write!(f, "the quality could not be saved to {path}: {reason}")
            }
            Self::NoChatTemplate => write!(f, "the model has no chat template; a plain one is used"),
            Self::TakenFromCache { reason } => {
                write!(f, "the local copy is used, since the newest version is unknown: {reason}")
            }
            Self::QualityNotMeasured { reason } => write!(f, "the quality could not be measured: {reason}"),
            Self::MessagesDropped { count } => {
                write!(f, "the conversation exceeded the context; its {count} oldest messages were dropped")
            }
        }
    }
}

/// Receiver of progress and warnings; called from worker threads.
pub trait Observer: Send + Sync {
    /// Receives new progress, which replaces the one before.
    fn progress(&self, progress: Progress) {
        let _ = progress;
    }

    /// Receives a warning; none may be lost.
    fn warn(&self, warning: Warning) {
        let _ = warning;
    }
}

/// An observer that ignores everything.
impl Observer for () {}

/// An observer that passes everything on to another observer, and collects the warnings.
pub struct WarningCollector<'a> {
    observer: &'a dyn Observer,
    warnings: Mutex<Vec<Warning>>,
}

impl<'a> WarningCollector<'a> {
    /// A collector without warnings, in front of `observer`.
    pub fn new(observer: &'a dyn Observer) -> Self {
        Self { observer, warnings: Mutex::default() }
    }

    /// The collected warnings, in the order of their arrival.
    pub fn into_warnings(self) -> Vec<Warning> {
        self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for WarningCollector<'_> {
    fn progress(&self, progress: Progress) {
        self.observer.progress(progress);
    }

    fn warn(&self, warning: Warning) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning.clone());
        self.observer.warn(warning);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_counts_from_where_it_began_and_follows_changes() {
        let mut pace = Pace::default();
        let at = Duration::from_secs;
        pace.update(at(10), 5000);
        assert_eq!((pace.per_second(), pace.seconds_left(6000)), (None, None));
        pace.update(at(11), 5100);
        assert_eq!((pace.per_second(), pace.seconds_left(6000)), (Some(100.0), Some(9.0)));
        for second in 12..40 {
            pace.update(at(second), 5100 + (second - 11) * 10);
        }
        assert!((pace.per_second().unwrap() - 10.0).abs() < 0.1);
        pace.update(at(41), 0);
        assert!(pace.per_second().unwrap() < 10.0);
        pace.update(at(41), 1_000_000);
        assert!(pace.per_second().unwrap() < 10.0, "no time has passed");
    }
}
