//! Errors of quantizing a model.

use super::target::TargetError;
use crate::formats::gguf::WriteError;
use crate::progress::Cancelled;
use crate::{models, quant};

/// Why a model could not be quantized; no new file has the target's name.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The run was cancelled.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// The source could not be opened, or has no tokenizer.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// The target cannot or must not be written.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Not even the smallest types fit the budget.
    #[error("the budget of {budget} bytes is too small: with the smallest types the file has {least} bytes")]
    Budget {
        /// The requested size in bytes.
        budget: u64,
        /// The smallest possible size in bytes.
        least: u64,
    },
    /// Reading, quantizing or writing failed.
    #[error(transparent)]
    Run(quant::Error),
    /// The file could not be created or completed.
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
