//! Models on this machine: those Nibble made, and the starter that came with it.

use std::path::PathBuf;

/// A model file or folder found on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// The file or folder.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Whether it came with the program.
    pub is_starter: bool,
    /// Questions it likes to be asked.
    pub questions: Vec<String>,
}

/// What was found the last time the program looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    /// Models ready to chat, by name.
    pub models: Vec<ModelFile>,
    /// Recent paths that are gone.
    pub missing: Vec<PathBuf>,
}

impl Library {
    /// The small model that came with the program.
    pub fn starter(&self) -> Option<&ModelFile> {
        self.models.iter().find(|model| model.is_starter)
    }
}
