//! Errors of the library.

use std::path::PathBuf;

use super::program::Program;
use crate::{hub, models};

/// Why a model could not be found, read, verified or deleted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a path nor a name in the library.
    #[error("there is no file or folder {name}, and no model of that name in the library, which has {known}")]
    NotFound {
        /// The requested name.
        name: String,
        /// Names in the library, separated by commas.
        known: String,
    },
    /// A short name of several models.
    #[error("{name} may be any of {known}; write one of these")]
    Ambiguous {
        /// The requested name.
        name: String,
        /// The models' names, separated by commas.
        known: String,
    },
    /// The system names no folder for a program's data.
    #[error("the system names no folder for Nibble's data; set NIBBLE_HOME to a folder of your choice")]
    NoDataFolder,
    /// The built-in model could not be written to the data folder.
    #[error("the built-in model could not be written; make room or set NIBBLE_HOME to another folder: {}", .folder.display())]
    StarterNotWritten {
        /// Path of the folder.
        folder: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The built-in model was to be deleted.
    #[error("{name} comes with the program and stays; files made from it can be removed")]
    BuiltIn {
        /// Name of the model.
        name: String,
    },
    /// The folder of models could not be created.
    #[error("cannot make the folder {}", .path.display())]
    Folder {
        /// Path of the folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A model of another program was to be deleted.
    #[error("{name} belongs to {}, which may need it; delete it there", .program.title())]
    Foreign {
        /// Name of the model.
        name: String,
        /// Program that owns the model.
        program: Program,
    },
    /// A file could not be deleted.
    #[error("cannot delete {}", .path.display())]
    Delete {
        /// Path of the file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Files of a model do not match their checksums.
    #[error("{name} is damaged: {files}. Remove it and download it again")]
    Damaged {
        /// Name of the model.
        name: String,
        /// Names of the damaged files, separated by commas.
        files: String,
    },
    /// The shared cache could not be found, read or changed.
    #[error(transparent)]
    Hub(#[from] hub::Error),
    /// A model could not be opened.
    #[error(transparent)]
    Model(#[from] models::Error),
}
