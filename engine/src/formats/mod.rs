//! Model files: readers that trust nothing, and a writer whose files other programs read.
//!
//! [`gguf`] is read and written, [`safetensors`] only read. Quantized weights in safetensors files are decoded by the formats
//! listed in [`foreign`]. A reader checks every claim of a file first: counts, lengths, offsets, types, overlaps. A fault
//! becomes an [`Error`] with the file, the field and the number; there is no panic, and no allocation larger than the file
//! justifies.

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

/// Why a model's file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system could not open or read the file.
    #[error("cannot read {}", .path.display())]
    Io {
        /// Path of the file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is a Git LFS pointer, as git downloads it without LFS.
    #[error(
        "this is only a Git LFS pointer, not the file itself; fetch it with `git lfs pull` or download it again: {}",
        .path.display()
    )]
    LfsPointer {
        /// Path of the pointer.
        path: PathBuf,
    },
    /// The file is not a GGUF file, or is damaged.
    #[error("not a usable GGUF file: {}", .path.display())]
    Gguf {
        /// Path of the file.
        path: PathBuf,
        /// The fault in the file.
        source: GgufError,
    },
    /// One of several GGUF files that form one model.
    #[error(
        "one of {parts} files of a model, and Nibble reads only models in one file; \
         join them with `llama-gguf-split --merge` or get another version: {}",
        .path.display()
    )]
    SplitGguf {
        /// Path of the file.
        path: PathBuf,
        /// Number of files of the model.
        parts: u32,
    },
    /// The file is not a safetensors file, or is damaged.
    #[error("not a usable safetensors file: {}", .path.display())]
    Safetensors {
        /// Path of the file.
        path: PathBuf,
        /// The fault in the file.
        source: SafetensorsError,
    },
    /// The files of a checkpoint contradict each other.
    #[error("the checkpoint's files do not fit together: {}", .path.display())]
    Index {
        /// Path of the index, or of the only file.
        path: PathBuf,
        /// The contradiction between the files.
        source: IndexError,
    },
    /// The only weights are a pickle, which can execute code when it is loaded.
    #[error(
        "the weights are a PyTorch pickle, which can execute code and is never read; \
         get the model's safetensors files, or convert it: {}",
        .path.display()
    )]
    Pickle {
        /// Path of the pickle.
        path: PathBuf,
    },
    /// A safetensors file was given instead of its folder.
    #[error("a safetensors file alone is not a model; open the folder it is in, with its config.json: {}", .path.display())]
    FolderNeeded {
        /// Path of the file.
        path: PathBuf,
    },
    /// The folder holds a GGUF file but not a checkpoint.
    #[error("the folder holds a GGUF file instead of a checkpoint; open the file itself: {}", .path.display())]
    GgufInFolder {
        /// Path of the GGUF file.
        path: PathBuf,
    },
    /// The download of the weights was interrupted.
    #[error("the download of the weights is not finished; resume it: {}", .path.display())]
    Incomplete {
        /// Path of the unfinished file.
        path: PathBuf,
    },
    /// The folder has safetensors files, but none under the expected names.
    #[error(
        "the folder has neither model.safetensors nor model.safetensors.index.json, only other files such as {}",
        .path.display()
    )]
    NoIndex {
        /// Path of one of the files.
        path: PathBuf,
    },
    /// The folder has no weights.
    #[error("the folder holds no weights (model.safetensors or its index): {}", .path.display())]
    NoWeights {
        /// Path of the folder.
        path: PathBuf,
    },
}

impl Error {
    /// Maps a file, unless it is a Git LFS pointer.
    fn open(path: &Path) -> Result<MappedFile, Self> {
        let map = MappedFile::open(path).map_err(|source| Self::Io { path: path.to_owned(), source })?;
        if map.bytes().starts_with(b"version https://git-lfs.github.com/") {
            return Err(Self::LfsPointer { path: path.to_owned() });
        }
        Ok(map)
    }
}
