//! The model a person has opened, before or after it was looked into.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::protocol::Advice;
use nibble_engine::jobs::{Failure, ModelSummary};

/// The open model.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The file or folder.
    pub path: PathBuf,
    /// What is known about it.
    pub look: Look,
    /// What it takes at each precision.
    pub advice: Advised,
    /// Whether a chat with it begins as soon as it is known to be a model.
    pub then_chat: bool,
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

/// What is known of what a model takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Advised {
    /// Nothing is known yet.
    #[default]
    Unknown,
    /// For each precision, best first.
    Known(Vec<Advice>),
    /// It cannot run here.
    CannotRun(Failure),
}

/// Whether a path names a GGUF file.
pub fn is_gguf(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"))
}

impl Source {
    /// What the model is, once known.
    pub fn summary(&self) -> Option<&ModelSummary> {
        match &self.look {
            Look::Known(summary) => Some(summary),
            Look::Reading | Look::Failed(_) => None,
        }
    }

    /// What it takes at each precision, best first; empty before that is known.
    pub fn advice(&self) -> &[Advice] {
        match &self.advice {
            Advised::Known(advice) => advice,
            Advised::Unknown | Advised::CannotRun(_) => &[],
        }
    }

    /// Whether it is a GGUF file, which can be chatted with as it is.
    pub fn is_gguf(&self) -> bool {
        is_gguf(&self.path)
    }
}
