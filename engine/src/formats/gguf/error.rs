//! Errors of a GGUF file.

use std::fmt;

use super::metadata::MetadataError;
use crate::base::DType;
use crate::formats::fault::{advice_on_damage, advice_on_incomplete};

/// A GGUF header that cannot be read, or contradicts itself or the file.
///
/// The path is added one level up, in [`crate::formats::Error`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages name every field")]
pub enum GgufError {
    #[error("the file is {bytes} bytes long and does not start with the GGUF magic number")]
    NotGguf { bytes: usize },

    #[error("the file is big-endian; only little-endian files are read")]
    BigEndian,

    #[error("version {found} is not supported; versions 2 and 3 are")]
    Version { found: u32 },

    #[error(
        "the file is cut off: {place} needs {needed} bytes at offset {offset}, but the file has {file_bytes}"
    )]
    CutOff { place: HeaderPart, offset: usize, needed: u64, file_bytes: usize },

    #[error("{place} claims {claimed} {what}, but at most {limit} are possible")]
    TooMany { place: HeaderPart, what: &'static str, claimed: u64, limit: u64 },

    #[error("{place} is not UTF-8 from byte {offset} of the file on")]
    NotUtf8 { place: HeaderPart, offset: usize },

    #[error("{place} has an empty name")]
    EmptyName { place: HeaderPart },

    #[error("metadata key {key:?} occurs twice")]
    DuplicateKey { key: String },

    #[error("tensor {name:?} occurs twice")]
    DuplicateTensor { name: String },

    #[error("{place} has type {found}; the types are 0 to 12")]
    ValueType { place: HeaderPart, found: u32 },

    #[error("{place} should be true (1) or false (0), but is {found}")]
    NotBool { place: HeaderPart, found: u8 },

    #[error("{place} nests arrays more than {limit} deep")]
    TooDeep { place: HeaderPart, limit: u32 },

    #[error("the alignment {found} is not a power of two up to {limit}")]
    Alignment { found: u32, limit: u32 },

    #[error(transparent)]
    Metadata(#[from] MetadataError),

    #[error("tensor {tensor:?} has a dimension of 0")]
    ZeroDimension { tensor: String },

    #[error("tensor {tensor:?} is larger than any file: {shape:?}")]
    TooLarge { tensor: String, shape: Vec<u64> },

    #[error("tensor {tensor:?} has type {found} ({}), which is not supported", foreign_type(*.found))]
    TensorType { tensor: String, found: u32 },

    #[error("tensor {tensor:?} has rows of {n_cols} weights, which are not whole blocks of {dtype} ({})", .dtype.block_len())]
    PartialBlock { tensor: String, dtype: DType, n_cols: u64 },

    #[error(
        "tensor {tensor:?} starts at offset {offset}, which is not a multiple of the alignment {alignment}"
    )]
    Misaligned { tensor: String, offset: u64, alignment: u32 },

    #[error("the file is cut off: tensor {tensor:?} ends at byte {end}, but the file has {file_bytes}")]
    TensorCutOff { tensor: String, end: u64, file_bytes: usize },

    #[error("tensors {first:?} and {second:?} share bytes, from byte {offset} of the file on")]
    Overlap { first: String, second: String, offset: u64 },
}

impl GgufError {
    /// What is wrong with the file and what to do, in one sentence without an end.
    pub(in crate::formats) fn advice(&self) -> String {
        match self {
            Self::CutOff { offset, needed, file_bytes, .. } => {
                advice_on_incomplete(*file_bytes as u64, (*offset as u64).saturating_add(*needed), "GGUF")
            }
            Self::TensorCutOff { end, file_bytes, .. } => {
                advice_on_incomplete(*file_bytes as u64, *end, "GGUF")
            }
            Self::NotGguf { .. } => "this is not a GGUF file; choose another file".to_owned(),
            Self::BigEndian | Self::Version { .. } | Self::TensorType { .. } => {
                "this GGUF file is of a kind that Nibble does not read; choose another file".to_owned()
            }
            _ => advice_on_damage("GGUF"),
        }
    }

    /// Whether more bytes of the file could resolve the error, rather than the content being wrong.
    pub fn may_be_short(&self) -> bool {
        matches!(self, Self::CutOff { .. } | Self::TooMany { .. })
    }
}

/// The part of the header that an error refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderPart {
    /// Version and counts at the start.
    Start,
    /// Name of a metadata key, by index.
    Key(u64),
    /// Value of the metadata key of this name.
    Value(String),
    /// Name of a tensor, by index.
    TensorName(u64),
    /// Shape, type and offset of the tensor of this name.
    Tensor(String),
}

impl fmt::Display for HeaderPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("the header"),
            Self::Key(position) => write!(f, "metadata key number {position}"),
            Self::Value(key) => write!(f, "the value of metadata key {key:?}"),
            Self::TensorName(position) => write!(f, "tensor number {position}"),
            Self::Tensor(name) => write!(f, "tensor {name:?}"),
        }
    }
}

/// ggml's name of a type that Nibble does not support.
fn foreign_type(id: u32) -> &'static str {
    match id {
        4 => "q4_2",
        5 => "q4_3",
        9 => "q8_1",
        15 => "q8_k",
        24 => "i8",
        25 => "i16",
        26 => "i32",
        27 => "i64",
        28 => "f64",
        31..=33 => "a removed layout of q4_0",
        _ => "unknown",
    }
}
