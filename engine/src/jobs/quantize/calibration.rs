//! The calibration file of a quantizing run: which methods need one, and its formats.

use std::path::{Path, PathBuf};

use crate::formats::{self, gguf::GgufFile, mmap::MappedFile};
use crate::quant::ActivationStatistics;
use crate::quant::statistics::imatrix::{self, ImatrixError};
use crate::quant::{Method, Needs};

/// Statistics of activations that could not be read, are not needed, or are missing.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// The method needs statistics of activations, and none are given.
    #[error("the method {method} looks at activations: give it a calibration file, {ACCEPTED}")]
    Missing {
        /// The quantization method.
        method: &'static dyn Method,
    },
    /// The method uses only the weights.
    #[error("the method {method} needs no calibration; leave the file out, or choose a method that reads it: {}", .path.display())]
    NotNeeded {
        /// The quantization method.
        method: &'static dyn Method,
        /// Path of the file.
        path: PathBuf,
    },
    /// The file could not be opened, or is a damaged GGUF file.
    #[error("the calibration file cannot be used")]
    File(#[from] formats::Error),
    /// The file is text, or another kind of file without statistics.
    #[error("no importance matrix; a calibration file is {ACCEPTED}, and not a text: {}", .path.display())]
    OtherKind {
        /// Path of the file.
        path: PathBuf,
    },
    /// The importance matrix is invalid.
    #[error("not a usable importance matrix: {}", .path.display())]
    Imatrix {
        /// Path of the file.
        path: PathBuf,
        /// The fault in the file.
        source: ImatrixError,
    },
}

/// The accepted file formats.
const ACCEPTED: &str =
    "an importance matrix of llama.cpp (imatrix) as a GGUF file or of the older binary kind";

/// Reads the statistics in the file at `path` for a method that needs them; `None` for a method that needs none.
///
/// # Errors
/// [`CalibrationError`]; also when the file and the method's need of one do not go together.
pub(super) fn read(
    method: &'static dyn Method,
    path: Option<&Path>,
) -> Result<Option<ActivationStatistics>, CalibrationError> {
    match (method.needs(), path) {
        (Needs::Nothing, None) => Ok(None),
        (Needs::Nothing, Some(path)) => Err(CalibrationError::NotNeeded { method, path: path.to_owned() }),
        (Needs::Diagonal, None) => Err(CalibrationError::Missing { method }),
        (Needs::Diagonal, Some(path)) => read_file(path).map(Some),
    }
}

fn read_file(path: &Path) -> Result<ActivationStatistics, CalibrationError> {
    let io = |source| formats::Error::Io { path: path.to_owned(), source };
    let map = MappedFile::open(path).map_err(io)?;
    let read = if map.bytes().starts_with(b"GGUF") {
        let file = GgufFile::open(path)?;
        imatrix::from_gguf(file.metadata(), &file)
    } else {
        imatrix::from_legacy(map.bytes())
    };
    read.map_err(|source| match source {
        ImatrixError::NoImatrix { .. } => CalibrationError::OtherKind { path: path.to_owned() },
        source => CalibrationError::Imatrix { path: path.to_owned(), source },
    })
}
