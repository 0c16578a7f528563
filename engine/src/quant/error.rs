//! Errors of quantizing a model.

use std::io;

use super::Precision;
use super::methods::RotationError;
use super::statistics::StatisticsError;
use crate::backend;
use crate::formats::gguf::WriteError;
use crate::progress::Cancelled;

/// Why a model could not be quantized.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The run was cancelled.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// Reading from the source failed.
    #[error("tensor {tensor:?} could not be read")]
    Read {
        /// Name of the tensor.
        tensor: String,
        /// The system's error.
        source: io::Error,
    },
    /// A weight is infinite or NaN, so the model is damaged.
    #[error("tensor {tensor:?} holds {value} in row {row}, column {column}; the model is damaged")]
    NotFinite {
        /// Name of the tensor.
        tensor: String,
        /// Index of the row, from 0.
        row: usize,
        /// Index of the column, from 0.
        column: usize,
        /// The infinite or NaN value.
        value: f32,
    },
    /// The precision is made with an importance matrix only.
    #[error(
        "{precision} needs an importance matrix: without one too much would be lost; use method importance and a calibration"
    )]
    NeedsImportance {
        /// The requested precision.
        precision: Precision,
    },
    /// The statistics belong to another model.
    #[error(transparent)]
    ActivationStatistics(#[from] StatisticsError),
    /// A matrix that is encoded layer by layer takes part in no product of its layer.
    #[error("no product of its layer uses the tensor {tensor:?}, so its inputs are not known")]
    NoMoments {
        /// Name of the tensor.
        tensor: String,
    },
    /// The model cannot be rotated.
    #[error(transparent)]
    NotRotatable(#[from] RotationError),
    /// Running a layer on the calibration tokens failed.
    #[error("the model could not be run on the calibration text")]
    Backend(#[from] backend::Error),
    /// Writing the result failed.
    #[error(transparent)]
    Write(#[from] WriteError),
}
