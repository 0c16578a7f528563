//! What long work tells its caller, and how the caller stops it.

mod stage;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::{DType, dtype_name};

pub use stage::{AtStage, MeasureStage, Stage};

/// A flag that asks running work to stop; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// The work stopped because it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Cancel {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error once the work was asked to stop; called between units of at most about 50 ms.
    ///
    /// # Errors
    /// [`Cancelled`] after [`Cancel::cancel`].
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// How far work has come; only the newest value matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The stage of the job; `None` for jobs of one stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// What is being worked on, such as a tensor's name.
    pub item: String,
    /// Units done, bytes where there are bytes.
    pub done: u64,
    /// Units in all.
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

    /// Share done, from 0 to 1; 0 while it is not known how much there is.
    pub fn fraction(&self) -> f32 {
        if self.total == 0 { 0.0 } else { (self.done as f64 / self.total as f64).min(1.0) as f32 }
    }
}

/// How fast work goes, and how long it will take, from its newest [`Progress`]; older times count less and less.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    last: Option<(Duration, u64)>,
    per_second: Option<f64>,
}

impl Pace {
    /// Seconds after which an older speed counts about a third.
    const MEMORY_SECS: f64 = 3.0;

    /// Takes in that `done` units were done at `time`, counted from any fixed moment. What was done before the first call, as by
    /// a download that continues, is no speed.
    pub fn update(&mut self, time: Duration, done: u64) {
        let Some((last_time, last_done)) = self.last else {
            self.last = Some((time, done));
            return;
        };
        let seconds = time.saturating_sub(last_time).as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        // What must be done again is no negative speed.
        let now = done.saturating_sub(last_done) as f64 / seconds;
        let kept = (-seconds / Self::MEMORY_SECS).exp();
        self.per_second = Some(self.per_second.map_or(now, |before| before * kept + now * (1.0 - kept)));
        self.last = Some((time, done));
    }

    /// Units per second; `None` before there are two points in time.
    pub fn per_second(&self) -> Option<f64> {
        self.per_second
    }

    /// Seconds until `total` units are done; `None` while nothing moves.
    pub fn seconds_left(&self, total: u64) -> Option<f64> {
        let (_, done) = self.last?;
        let speed = self.per_second.filter(|speed| *speed >= 1.0)?;
        Some(total.saturating_sub(done) as f64 / speed)
    }
}

/// Something the work survived, but the person should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Warning {
    /// A tensor could not take the asked type, and took another.
    TypeFallback {
        /// The tensor.
        tensor: String,
        /// Type that was asked for.
        #[serde(with = "dtype_name")]
        wanted: DType,
        /// Type that was used.
        #[serde(with = "dtype_name")]
        used: DType,
    },
    /// Values outside the range of the target type were clamped.
    ValuesClamped {
        /// The tensor.
        tensor: String,
        /// How many values.
        count: u64,
    },
    /// Tensors of the source were quantized already, which loses more than quantizing the original weights would.
    QuantizedTwice {
        /// How many tensors.
        count: usize,
        /// Their type in the source.
        #[serde(with = "dtype_name")]
        from: DType,
    },
    /// Tensors of the checkpoint are stored in a quantized format, which loses more than quantizing the original weights would.
    QuantizedCheckpoint {
        /// How many tensors.
        count: usize,
        /// The format, as the checkpoint's `quant_method` names it.
        method: String,
    },
    /// The method looks at activations, but the calibration file says nothing of some tensors, which were encoded without.
    NotCalibrated {
        /// How many tensors.
        count: usize,
    },
    /// A tensor of the checkpoint has no place in the model and was left out.
    TensorIgnored {
        /// The tensor.
        tensor: String,
    },
    /// GGUF's keys do not say exactly what the tokenizer does; the original goes into the file as well.
    TokenizerInexact {
        /// What they do not say.
        what: String,
    },
    /// The checkpoint has no chat template; a plain one is used.
    NoChatTemplate,
    /// What was measured could not be written beside the model; the model itself is whole.
    QualityNotKept {
        /// Where it should have gone.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The Hub could not be asked, so the model is taken as this machine has it, which may not be its newest version.
    TakenFromCache {
        /// Why the Hub could not be asked.
        reason: String,
    },
    /// What quantizing cost could not be measured; the model itself is whole.
    QualityNotMeasured {
        /// Why.
        reason: String,
    },
    /// The conversation outgrew the context, and its oldest messages were left out of the prompt.
    MessagesDropped {
        /// How many messages.
        count: usize,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TypeFallback { tensor, wanted, used } => {
                write!(f, "{tensor} does not divide into blocks of {wanted} and was written as {used}")
            }
            Self::ValuesClamped { tensor, count } => {
                write!(
                    f,
                    "{count} values of {tensor} were outside the range of the target type and were clamped"
                )
            }
            Self::QuantizedTwice { count, from } => {
                write!(f, "{count} tensors were {from} already; quantizing the original weights loses less")
            }
            Self::QuantizedCheckpoint { count, method } => {
                write!(f, "{count} tensors were {method} already; quantizing the original weights loses less")
            }
            Self::NotCalibrated { count } => {
                write!(
                    f,
                    "the calibration file has no statistics for {count} of the tensors; they were quantized without"
                )
            }
            Self::TensorIgnored { tensor } => {
                write!(f, "{tensor} has no place in this model and was left out")
            }
            Self::TokenizerInexact { what } => {
                write!(f, "other programs may tokenize a little differently; GGUF cannot express {what}")
            }
            Self::QualityNotKept { path, reason } => {
                write!(f, "quality could not be kept in {path}: {reason}")
            }
            Self::NoChatTemplate => write!(f, "the model has no chat template; a plain one is used"),
            Self::TakenFromCache { reason } => {
                write!(f, "the version on this machine is taken, since the newest is not known: {reason}")
            }
            Self::QualityNotMeasured { reason } => write!(f, "quality could not be measured: {reason}"),
            Self::MessagesDropped { count } => {
                write!(f, "the conversation outgrew the context; its {count} oldest messages were left out")
            }
        }
    }
}

/// Receives progress and warnings; called from worker threads.
pub trait Observer: Send + Sync {
    /// New progress; replaces the one before.
    fn progress(&self, progress: Progress) {
        let _ = progress;
    }

    /// Something worth telling; none may be lost.
    fn warn(&self, warning: Warning) {
        let _ = warning;
    }
}

/// An observer that looks away.
impl Observer for () {}

/// Passes everything on to another observer, and keeps the warnings.
pub struct WarningCollector<'a> {
    observer: &'a dyn Observer,
    warnings: Mutex<Vec<Warning>>,
}

impl<'a> WarningCollector<'a> {
    /// A collector without warnings, in front of `observer`.
    pub fn new(observer: &'a dyn Observer) -> Self {
        Self { observer, warnings: Mutex::default() }
    }

    /// The warnings so far, in the order they came.
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
