//! Errors of jobs, from every stage.

use std::path::PathBuf;

use super::calibration::CalibrationError;
use super::failure::Failure;
use super::ids::ModelId;
use super::{quality, quantize};
use crate::base::causes;
use crate::progress::Cancelled;
use crate::{backend, eval, fit, hub, library, models, session, text};

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A model could not be found.
    #[error(transparent)]
    Library(library::Error),
    /// The Hub could not be reached, or a download failed.
    #[error(transparent)]
    Hub(#[from] hub::Error),
    /// A model could not be opened.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// The tokenizer or the chat template failed.
    #[error(transparent)]
    Text(#[from] text::Error),
    /// The decoder failed.
    #[error(transparent)]
    Backend(#[from] backend::Error),
    /// A reply could not be generated.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// Quality could not be measured.
    #[error(transparent)]
    Eval(#[from] eval::Error),
    /// Quality could not be measured on this machine.
    #[error(transparent)]
    Quality(#[from] quality::Error),
    /// The calibration could not be used.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// A model could not be quantized.
    #[error(transparent)]
    Quantize(#[from] quantize::Error),
    /// A text file could not be read.
    #[error("{path} could not be read as text", path = path.display())]
    ReadText {
        /// Path of the file.
        path: PathBuf,
        /// The system's error, or invalid UTF-8.
        source: std::io::Error,
    },
    /// The model needs more memory than is available.
    #[error("{0}; --anyway loads it all the same")]
    TooLarge(Box<fit::MemoryNeed>),
    /// This machine lacks the requested instruction-set level.
    #[error("this machine has no instruction set called {name}; it has {known}")]
    UnknownLevel {
        /// The requested name.
        name: String,
        /// The available levels, separated by commas.
        known: String,
    },
    /// A request names a model that is not loaded.
    #[error("the model is not loaded; load it first")]
    UnknownModel {
        /// The model in the request.
        id: ModelId,
    },
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
}

impl Error {
    /// Whether the job was cancelled: whether [`Cancelled`] is among the causes. Every error enum has it as the source of a
    /// variant, which a rule checks.
    pub fn is_cancelled(&self) -> bool {
        causes::has_cause::<Cancelled>(self)
    }

    /// The error with all its causes in one line.
    pub fn sentence(&self) -> String {
        causes::sentence(self)
    }

    /// The failure as it is sent to a window.
    pub fn to_failure(&self) -> Failure {
        Failure { message: self.to_string(), details: causes::causes(self) }
    }
}

impl From<library::Error> for Error {
    fn from(error: library::Error) -> Self {
        match error {
            library::Error::Hub(error) => error.into(),
            library::Error::Model(error) => error.into(),
            other => Self::Library(other),
        }
    }
}

impl From<fit::Error> for Error {
    fn from(error: fit::Error) -> Self {
        match error {
            fit::Error::Model(error) => error.into(),
            fit::Error::Backend(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quant;

    #[test]
    fn a_cancel_is_seen_through_every_stage() {
        for error in [
            Error::from(Cancelled),
            hub::Error::from(Cancelled).into(),
            library::Error::from(hub::Error::from(Cancelled)).into(),
            quantize::Error::from(Cancelled).into(),
            quantize::Error::Run(quant::Error::from(Cancelled)).into(),
            backend::Error::from(Cancelled).into(),
            session::Error::from(backend::Error::from(Cancelled)).into(),
            eval::Error::from(backend::Error::from(Cancelled)).into(),
            fit::Error::from(backend::Error::from(Cancelled)).into(),
        ] {
            assert!(error.is_cancelled(), "{error:?}");
        }
        assert!(!Error::UnknownModel { id: ModelId(1) }.is_cancelled());
        assert!(!Error::from(session::Error::EmptyPrompt).is_cancelled());
    }
}
