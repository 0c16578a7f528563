//! GGUF: one file with everything a model needs, compatible with llama.cpp in both directions.
//!
//! ```text
//! "GGUF" · version u32 · tensor count u64 · key count u64
//! per key:    name · type u32 · value            strings are a u64 length and UTF-8
//! per tensor: name · dimension count u32 · dimensions u64, innermost first · type u32 · offset u64
//! padding to the alignment, then each tensor's bytes, each padded to the alignment; offsets count from here
//! ```
//!
//! Versions 2 and 3 are read, 3 is written; all numbers are little-endian. Source: ggml `docs/gguf.md`.

mod cursor;
mod error;
mod file;
mod header;
mod journal;
mod metadata;
mod value;
mod writer;

pub use error::{GgufError, HeaderPart};
pub use file::GgufFile;
pub use header::GgufHeader;
pub use metadata::{FromValue, Metadata, MetadataError};
pub use value::{Array, Value};
pub use writer::{GgufWriter, WriteError, file_bytes, part_path, unfinished_paths};

/// Magic number at the start of every file.
const MAGIC: [u8; 4] = *b"GGUF";
/// Key of the alignment, if it is not [`DEFAULT_ALIGNMENT`].
const ALIGNMENT_KEY: &str = "general.alignment";
/// Alignment in bytes of a file that does not set one.
const DEFAULT_ALIGNMENT: u32 = 32;

#[cfg(test)]
mod tests;
