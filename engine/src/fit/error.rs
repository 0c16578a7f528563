//! Why it could not be said what a model needs.

use crate::{backend, models};

/// A model cannot run at all, so that it needs nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model cannot be read.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// A tensor is missing or has the wrong shape.
    #[error(transparent)]
    Backend(#[from] backend::Error),
}
