//! Models on this machine: those Nibble made and the starter, known from the start; and the shelf, which is everything there
//! is, listed by the engine when somebody looks.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::protocol::{Failure, LibraryModel};
use nibble_engine::library::starter;
use nibble_engine::progress::Progress;

/// A model file or folder found on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// The file or folder.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// Size of the model in bytes.
    pub bytes: u64,
    /// Whether it came with the program.
    pub is_starter: bool,
}

/// What was found the last time the program looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    /// Models ready to chat, by name.
    pub models: Vec<ModelFile>,
    /// Recent paths that are gone.
    pub missing: Vec<PathBuf>,
    /// Whether the program has looked at all.
    pub is_known: bool,
}

impl Library {
    /// The small model that came with the program.
    pub fn starter(&self) -> Option<&ModelFile> {
        self.models.iter().find(|model| model.is_starter)
    }

    /// Whether `path` is the starter, as it came or quantized.
    pub fn is_starter(&self, path: &Path) -> bool {
        self.starter().is_some_and(|starter| starter.path == path) || starter::is_file(path)
    }

    /// Takes in a model that was just made, before the folder is looked at again.
    pub fn add(&mut self, path: &Path, bytes: u64) {
        if !self.has(path) {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            self.models.push(ModelFile { path: path.to_owned(), name, bytes, is_starter: false });
        }
    }

    /// Whether a model lies at `path`.
    pub fn has(&self, path: &Path) -> bool {
        self.models.iter().any(|model| model.path == path)
    }
}

/// Everything on this machine, as the engine lists it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// The listed models.
    pub models: Vec<LibraryModel>,
    /// Whether the engine has listed them at all.
    pub is_known: bool,
    /// Why they could not be listed.
    pub failure: Option<Failure>,
    /// The model that a person was asked about before it is deleted.
    pub asked: Option<String>,
    /// What is being done with one of them.
    pub work: Option<ShelfWork>,
}

/// Something done with a model on the shelf.
#[derive(Clone, Debug, PartialEq)]
pub enum ShelfWork {
    /// This one is being deleted.
    Removing(String),
    /// The files of this one are being checked.
    Verifying(String, Option<Progress>),
}

impl ShelfWork {
    /// The model's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Removing(name) | Self::Verifying(name, _) => name,
        }
    }
}
