//! Files that hold models: read as if they were hostile, written so that others read them.
//!
//! [`gguf`] is read and written, [`safetensors`] only read. A reader checks everything a file claims before anything else
//! sees it: counts, lengths, offsets, types, overlaps. What is wrong becomes an [`Error`] with the file, the field and the
//! number; there is no panic, and no allocation larger than the file justifies.

pub mod gguf;
pub mod mmap;

use std::io;
use std::path::{Path, PathBuf};

use gguf::GgufError;
use mmap::MappedFile;

/// A model's file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system could not open or read it.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A download by git brought the pointer instead of the file.
    #[error(
        "only a Git LFS pointer, not the file itself; fetch it with `git lfs pull` or download it again: {}",
        .path.display()
    )]
    LfsPointer {
        /// The file.
        path: PathBuf,
    },
    /// A GGUF file that is none, or a damaged one.
    #[error("not a usable GGUF file: {}", .path.display())]
    Gguf {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: GgufError,
    },
}

impl Error {
    /// Maps a file, unless it is only the pointer that git keeps in its place.
    fn open(path: &Path) -> Result<MappedFile, Self> {
        let map = MappedFile::open(path).map_err(|source| Self::Io { path: path.to_owned(), source })?;
        if map.bytes().starts_with(b"version https://git-lfs.github.com/") {
            return Err(Self::LfsPointer { path: path.to_owned() });
        }
        Ok(map)
    }
}
