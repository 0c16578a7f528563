//! Errors of measuring quality on this machine.

use std::path::PathBuf;

use crate::base::Size;
use crate::quant;

/// Why quality could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// One of the two models does not fit the available memory.
    #[error(
        "measuring needs {} of memory for {}, but only {} is free; close other programs or measure on a larger machine",
        Size(*.needed),
        .path.display(),
        Size(*.available)
    )]
    TooLittleMemory {
        /// Path of the model that does not fit.
        path: PathBuf,
        /// Needed memory in bytes.
        needed: u64,
        /// Available memory in bytes.
        available: u64,
    },
    /// The weights of a model could not be compared with those of its original.
    #[error(transparent)]
    Weights(#[from] quant::Error),
}
