//! Model files: readers that trust nothing, and a writer whose files other programs read.
//!
//! [`gguf`] is read and written, [`safetensors`] only read. Quantized weights in safetensors files are decoded by the formats
//! listed in [`foreign`]. A reader checks every claim of a file first: counts, lengths, offsets, types, overlaps. A fault
//! becomes an [`Error`] with the file, the field and the number; there is no panic, and no allocation larger than the file
//! justifies.

pub mod dequantize;
mod fault;
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
    /// The file is a web page, as a server sends it in place of a file.
    #[error("this is a web page, not the file itself; download it again, and log in if the page asks for it: {}", .path.display())]
    WebPage {
        /// Path of the file.
        path: PathBuf,
    },
    /// The file has a format of 2023, from before GGUF.
    #[error("this is a model in a format from before GGUF, which is not read; get the model as GGUF or safetensors: {}", .path.display())]
    OldFormat {
        /// Path of the file.
        path: PathBuf,
    },
    /// The folder holds an adapter, which only changes another model.
    #[error("the folder holds an adapter (LoRA), not a model; merge it into its model, or open the merged model: {}", .path.display())]
    Adapter {
        /// Path of the adapter's configuration.
        path: PathBuf,
    },
    /// The weights are a link to a file that is gone.
    #[error("a link leads to a file that is not there; download the model again: {}", .path.display())]
    DanglingLink {
        /// Path of the link.
        path: PathBuf,
    },
    /// The folder is one of the Hugging Face cache, whose models lie below it.
    #[error("this is a folder of the Hugging Face cache; open the model in it: {}", .path.display())]
    CacheFolder {
        /// Path of the newest snapshot.
        path: PathBuf,
    },
    /// The file is not a GGUF file, or is damaged.
    #[error("{}: {}", source.advice(), .path.display())]
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
    #[error("{}: {}", source.advice(), .path.display())]
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

/// First bytes of llama.cpp's formats from before GGUF: ggml, ggmf, ggjt and ggla as little-endian numbers.
const OLD_MAGIC_NUMBERS: [&[u8]; 4] = [b"lmgg", b"fmgg", b"tjgg", b"algg"];

/// Whether a text begins as HTML does.
fn is_web_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let start = &start[..start.len().min(15)];
    [&b"<!doctype html"[..], b"<html"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
}

impl Error {
    /// Maps a file, unless it is something else than what it is named.
    fn open(path: &Path) -> Result<MappedFile, Self> {
        let map = MappedFile::open(path).map_err(|source| Self::Io { path: path.to_owned(), source })?;
        match Self::of_start(path, map.bytes()) {
            Some(error) => Err(error),
            None => Ok(map),
        }
    }

    /// The error for a file that its first bytes show to be something else than what it is named: a Git LFS pointer, a web page, a
    /// file from before GGUF.
    pub fn of_start(path: &Path, bytes: &[u8]) -> Option<Self> {
        let path = path.to_owned();
        if bytes.starts_with(b"version https://git-lfs.github.com/") {
            return Some(Self::LfsPointer { path });
        }
        if is_web_page(bytes) {
            return Some(Self::WebPage { path });
        }
        let is_old = OLD_MAGIC_NUMBERS.iter().any(|magic| bytes.starts_with(magic));
        is_old.then_some(Self::OldFormat { path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_what_a_file_is_instead() {
        let told = |bytes: &[u8]| Error::of_start(Path::new("m"), bytes).map(|error| error.to_string());
        assert!(told(b"version https://git-lfs.github.com/spec/v1\n").unwrap().contains("Git LFS pointer"));
        for page in [&b"<!DOCTYPE html><html>"[..], b"\n  <HTML lang=en>"] {
            assert!(told(page).unwrap().contains("web page"));
        }
        assert!(told(b"tjgg\x03\0\0\0").unwrap().contains("before GGUF"));
        for other in [&b"GGUF"[..], b"", b"<", b"{}", b"GGML\x03"] {
            assert_eq!(told(other), None);
        }
    }
}
