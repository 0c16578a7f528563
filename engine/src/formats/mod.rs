//! Files that hold models: read as if they were hostile, written so that others read them.
//!
//! [`gguf`] is read and written, [`safetensors`] only read. Weights that lie quantized in safetensors files are seen as
//! floats through the formats listed in [`foreign`]. A reader checks everything a file claims before anything else
//! sees it: counts, lengths, offsets, types, overlaps. What is wrong becomes an [`Error`] with the file, the field and the
//! number; there is no panic, and no allocation larger than the file justifies.

pub mod dequantize;
pub mod foreign;
pub mod gguf;
pub mod mmap;
pub mod raw;
pub mod safetensors;

use std::io;
use std::path::{Path, PathBuf};

use gguf::GgufError;
use mmap::MappedFile;
use safetensors::{IndexError, SafetensorsError};

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
    /// One of several GGUF files that are a model together.
    #[error(
        "one of {parts} files of a model, and Nibble reads only models in one file; \
         join them with `llama-gguf-split --merge` or get another version: {}",
        .path.display()
    )]
    SplitGguf {
        /// The file.
        path: PathBuf,
        /// How many there are.
        parts: u32,
    },
    /// A safetensors file that is none, or a damaged one.
    #[error("not a usable safetensors file: {}", .path.display())]
    Safetensors {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SafetensorsError,
    },
    /// The files of a checkpoint do not fit together.
    #[error("the checkpoint's files do not fit together: {}", .path.display())]
    Index {
        /// The index, or the only file.
        path: PathBuf,
        /// What is wrong.
        source: IndexError,
    },
    /// Only weights as a pickle, a program that would run when it is read.
    #[error(
        "weights as a PyTorch pickle, which can run programs and is never read; \
         get the model's safetensors files, or convert it: {}",
        .path.display()
    )]
    Pickle {
        /// The pickle.
        path: PathBuf,
    },
    /// A safetensors file was given where its folder is needed.
    #[error("a safetensors file alone is no model; open the folder it is in, with its config.json: {}", .path.display())]
    FolderNeeded {
        /// The file.
        path: PathBuf,
    },
    /// A folder was given that holds a GGUF file but no checkpoint.
    #[error("the folder holds no checkpoint, but a GGUF file, which can be opened itself: {}", .path.display())]
    GgufInFolder {
        /// The GGUF file.
        path: PathBuf,
    },
    /// The download of the weights was interrupted.
    #[error("the download of the weights is not finished; resume it: {}", .path.display())]
    Incomplete {
        /// The unfinished file.
        path: PathBuf,
    },
    /// Safetensors files of which nothing says that they are the model.
    #[error(
        "the folder has neither model.safetensors nor model.safetensors.index.json, only other files such as {}",
        .path.display()
    )]
    NoIndex {
        /// One of the files.
        path: PathBuf,
    },
    /// Nothing that could be weights.
    #[error("the folder holds no weights (model.safetensors or its index): {}", .path.display())]
    NoWeights {
        /// The folder.
        path: PathBuf,
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
