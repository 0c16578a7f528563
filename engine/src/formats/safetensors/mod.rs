//! Safetensors: the files of Hugging Face checkpoints, a single file or several with an index.
//!
//! ```text
//! header length u64 · header, JSON: {"name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, ...}
//! the tensors' bytes, little-endian, without gaps; offsets count from here
//! ```
//!
//! The reader is our own, not the crate `safetensors`: a header is untrusted until checked, faults are reported with their
//! numbers, and a tensor of an unsupported type must not prevent reading the others.
//! Source: huggingface/safetensors, section "Format" of its README.

mod checkpoint;
mod error;
mod file;
mod header;
mod index;

pub use checkpoint::{Checkpoint, Unreadable};
pub use error::{IndexError, SafetensorsError};
pub use file::SafetensorsFile;
pub use header::{Entry, SafetensorsHeader};
pub use index::shard_names;

#[cfg(test)]
mod tests;
