//! Where the data of a calibration come from, as a request says it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Data that a method's statistics of activations come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Calibration {
    /// Text that the model writes itself.
    #[default]
    OwnText,
    /// A file: a text, or an importance matrix of llama.cpp of either kind.
    File(PathBuf),
    /// Texts, such as chats of one's own.
    Texts(Vec<String>),
}

impl Calibration {
    /// The file that the calibration reads, if it reads one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::OwnText | Self::Texts(_) => None,
        }
    }
}
