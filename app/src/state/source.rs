//! The model a person has opened, before or after it was looked into.

use std::path::PathBuf;

use nibble_engine::jobs::{Failure, ModelSummary};

/// The open model.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The file or folder.
    pub path: PathBuf,
    /// What is known about it.
    pub look: Look,
    /// Answers the engine still owes: one for this model, one for each opened before and not answered.
    pub n_in_flight: usize,
}

/// How far looking into a model has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Look {
    /// The engine reads its headers.
    Reading,
    /// It is known.
    Known(Box<ModelSummary>),
    /// It cannot be read.
    Failed(Failure),
}

impl Source {
    /// What the model is, once known.
    pub fn summary(&self) -> Option<&ModelSummary> {
        match &self.look {
            Look::Known(summary) => Some(summary),
            Look::Reading | Look::Failed(_) => None,
        }
    }

    /// Whether it is a GGUF file, which can be chatted with as it is.
    pub fn is_gguf(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"))
    }
}
