//! Why a model could not be quantized.

use std::io;

use super::statistics::StatisticsError;
use crate::formats::gguf::WriteError;
use crate::progress::Cancelled;

/// A model could not be quantized.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The run was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The source could not be read.
    #[error("tensor {tensor:?} could not be read")]
    Read {
        /// The tensor.
        tensor: String,
        /// What the system said.
        source: io::Error,
    },
    /// A weight is infinite or not a number, so the model is damaged: nothing it computes would be right.
    #[error("tensor {tensor:?} holds {value} in row {row}, column {column}; the model is damaged")]
    NotFinite {
        /// The tensor.
        tensor: String,
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: usize,
        /// What was found.
        value: f32,
    },
    /// The statistics are not those of this model.
    #[error(transparent)]
    ActivationStatistics(#[from] StatisticsError),
    /// The result could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
