//! A model of the library as a name and a path, before anything of it is read.

use std::path::{Path, PathBuf};

use super::program::Program;
use crate::hub::{RepoId, RepoPath};

/// Where a model of the library came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It came with the program.
    BuiltIn,
    /// Nibble's own folder.
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
    /// The GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Where it came from.
    pub origin: Origin,
}

/// Name of a file without its ending.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
