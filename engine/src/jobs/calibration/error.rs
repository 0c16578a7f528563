//! Errors of calibrating.

use std::path::PathBuf;

use crate::formats;
use crate::quant::Method;
use crate::quant::statistics::imatrix::ImatrixError;

/// A calibration that could not be read, is not needed, or is of another kind than the method needs.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// The method uses only the weights.
    #[error("the method {method} needs no calibration; leave the file out, or choose a method that reads it: {}", .path.display())]
    NotNeeded {
        /// The quantization method.
        method: &'static dyn Method,
        /// Path of the file.
        path: PathBuf,
    },
    /// The method runs the model on a text, and an importance matrix is given.
    #[error("the method {method} needs a text, and an importance matrix is not enough for it; give it a text file, or leave the file out: {}", .path.display())]
    NeedsText {
        /// The quantization method.
        method: &'static dyn Method,
        /// Path of the file.
        path: PathBuf,
    },
    /// The file could not be opened, or is a damaged GGUF file.
    #[error("the calibration file cannot be used")]
    File(#[from] formats::Error),
    /// The importance matrix is invalid.
    #[error("not a usable importance matrix: {}", .path.display())]
    Imatrix {
        /// Path of the file.
        path: PathBuf,
        /// The fault in the file.
        source: ImatrixError,
    },
    /// The text has too few tokens.
    #[error(
        "the calibration text is too short; it needs at least {least} tokens, and better some ten thousand"
    )]
    TextTooShort {
        /// Fewest tokens of a text.
        least: usize,
    },
}
