//! Why a model could not be quantized.

use super::calibration::CalibrationError;
use super::target::TargetError;
use crate::formats::gguf::WriteError;
use crate::progress::Cancelled;
use crate::{models, quant};

/// A model could not be quantized; nothing new stands under the target's name.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was asked to stop.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// What the method knows of activations could not be read, or should not be given.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// The source could not be opened, or has no tokenizer.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// The target cannot be written, or should not.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Reading, quantizing or writing failed on the way.
    #[error(transparent)]
    Run(quant::Error),
    /// The file could not be made or finished.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<quant::Error> for Error {
    fn from(error: quant::Error) -> Self {
        match error {
            quant::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
            quant::Error::Write(source) => Self::Write(source),
            other => Self::Run(other),
        }
    }
}
