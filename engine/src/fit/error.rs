//! Errors of computing a model's memory.

use crate::{backend, models};

/// Why a model cannot run at all, so that its memory cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model cannot be read.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// A tensor is missing or has the wrong shape.
    #[error(transparent)]
    Backend(#[from] backend::Error),
}
