//! What can go wrong with the store.

use std::path::PathBuf;

use rusqlite::ErrorCode;
use thiserror::Error;

/// Why the store could not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The folder could not be made.
    #[error("the folder for chats cannot be made: {}", folder.display())]
    Folder {
        /// Path of the folder.
        folder: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file could not be opened.
    #[error("the file of chats cannot be opened")]
    Open(#[source] rusqlite::Error),
    /// The file was written by a later version.
    #[error("the file of chats has version {found}, and this program reads up to {known}")]
    Newer {
        /// Version of the file.
        found: i64,
        /// The latest this program knows.
        known: i64,
    },
    /// An older file could not be brought up to date.
    #[error("the file of chats cannot be brought to version {version}")]
    Migrate {
        /// The version that was tried.
        version: i64,
        /// The error from SQLite.
        source: rusqlite::Error,
    },
    /// A broken file could not be moved.
    #[error("the broken file of chats cannot be moved: {}", from.display())]
    SetAside {
        /// Where it lies.
        from: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Something could not be read.
    #[error("{what} cannot be read from the file of chats")]
    Read {
        /// The data that could not be read.
        what: &'static str,
        /// The error from SQLite.
        source: rusqlite::Error,
    },
    /// Something could not be written.
    #[error("{what} cannot be written to the file of chats")]
    Write {
        /// The data that could not be written.
        what: &'static str,
        /// The error from SQLite.
        source: rusqlite::Error,
    },
}

impl StoreError {
    pub(super) fn read(what: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Read { what, source }
    }

    pub(super) fn write(what: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Write { what, source }
    }

    /// Whether the file is damaged or not a store, so that nothing can be read from it.
    pub fn is_broken_file(&self) -> bool {
        let (Self::Open(source)
        | Self::Migrate { source, .. }
        | Self::Read { source, .. }
        | Self::Write { source, .. }) = self
        else {
            return false;
        };
        match source {
            rusqlite::Error::SqliteFailure(failure, _) => {
                matches!(failure.code, ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
                    // A table or column that should be there is not: some other program's file.
                    || (failure.code == ErrorCode::Unknown && failure.extended_code == rusqlite::ffi::SQLITE_ERROR)
            }
            rusqlite::Error::SqlInputError { .. } => true,
            _ => false,
        }
    }

    /// The chain of causes, outermost first.
    pub fn chain(&self) -> String {
        let mut words = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            words = format!("{words}: {cause}");
            next = cause.source();
        }
        words
    }
}
