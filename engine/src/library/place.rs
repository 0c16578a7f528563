//! A model of the library as a name and a path, before anything of it is read.

use std::path::{Path, PathBuf};

use super::program::Program;
use crate::hub::{RepoId, RepoPath};

/// Origin of a model, with the details to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Built into the program.
    BuiltIn,
    /// In Nibble's own folder.
    Quantized,
    /// A checkpoint in the shared cache.
    Checkpoint(RepoId),
    /// A GGUF file in the shared cache.
    Gguf(RepoId, RepoPath),
    /// Another program's folder.
    Elsewhere(Program),
}

/// A model of the library, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the model.
    pub name: String,
    /// Path of the GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Origin of the model.
    pub origin: Origin,
}

/// Name of a file without its extension.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
