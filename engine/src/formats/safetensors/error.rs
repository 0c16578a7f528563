//! Errors of a safetensors file, and of the index of several files.

use crate::formats::fault::{advice_on_damage, advice_on_incomplete};

/// A safetensors header that cannot be read, or contradicts itself or the file.
///
/// The path is added one level up, in [`crate::formats::Error`].
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages name every field")]
pub enum SafetensorsError {
    #[error("the file is {file_bytes} bytes long, too short for a header")]
    TooShort { file_bytes: usize },

    #[error("the header's length of {claimed} bytes is above the limit of {limit}")]
    HeaderTooLong { claimed: u64, limit: u64 },

    #[error("the file is cut off: its header takes {claimed} bytes, but only {available} follow")]
    HeaderCutOff { claimed: u64, available: usize },

    #[error("the header is not a JSON object, but starts with byte {found:#04x}")]
    NotAnObject { found: u8 },

    #[error("the header does not match the format")]
    Json(#[from] serde_json::Error),

    #[error("tensor {tensor:?} occurs twice")]
    DuplicateTensor { tensor: String },

    #[error("tensor {tensor:?} ends at offset {end}, before its start at {start}")]
    Backwards { tensor: String, start: u64, end: u64 },

    #[error("tensor {tensor:?} is larger than any file: {shape:?}")]
    TooLarge { tensor: String, shape: Vec<u64> },

    #[error("tensor {tensor:?} of type {dtype} and shape {shape:?} takes {expected} bytes, but has {found}")]
    Size { tensor: String, dtype: String, shape: Vec<u64>, expected: u64, found: u64 },

    #[error("tensor {tensor:?} starts at offset {start}, but the one before it ends at {expected}")]
    NotContiguous { tensor: String, start: u64, expected: u64 },

    #[error("the file is cut off: tensor {tensor:?} ends at byte {end}, but the file has {file_bytes}")]
    CutOff { tensor: String, end: u64, file_bytes: usize },

    #[error("the last tensor ends at byte {end}, but the file has {file_bytes}")]
    Excess { end: u64, file_bytes: usize },
}

impl SafetensorsError {
    /// What is wrong with the file and what to do, in one sentence without an end.
    pub(in crate::formats) fn advice(&self) -> String {
        match self {
            Self::HeaderCutOff { claimed, available } => {
                // Before the header stand the eight bytes of its length.
                let (there, needed) = (*available as u64 + 8, claimed.saturating_add(8));
                advice_on_incomplete(there, needed, "safetensors")
            }
            Self::CutOff { end, file_bytes, .. } => {
                advice_on_incomplete(*file_bytes as u64, *end, "safetensors")
            }
            _ => advice_on_damage("safetensors"),
        }
    }
}

/// An index that cannot be read, or contradicts its files.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages name every field")]
pub enum IndexError {
    #[error("the index is {found} bytes long, above the limit of {limit}")]
    TooLong { found: u64, limit: u64 },

    #[error("the index does not match the format")]
    Json(#[from] serde_json::Error),

    #[error("the index names no files")]
    Empty,

    #[error("the index names {shard:?}, which is not a file of this folder")]
    OutsideFolder { shard: String },

    #[error("{shard:?}, which the index names, is missing; was the download interrupted?")]
    MissingShard { shard: String },

    #[error("the index lists tensor {tensor:?} in {shard:?}, which does not hold it")]
    MissingTensor { tensor: String, shard: String },

    #[error("tensor {tensor:?} is in {first:?} and in {second:?}")]
    DuplicateTensor { tensor: String, first: String, second: String },
}
