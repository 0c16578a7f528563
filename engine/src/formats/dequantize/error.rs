//! Errors of weights that a checkpoint stores quantized.

/// A setting or part of a quantized checkpoint that is missing, contradictory, or of an unsupported kind.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages name every field")]
pub enum Error {
    #[error("quantization_config: {field} is {found}, but it must be {rule}")]
    Setting { field: String, found: String, rule: &'static str },

    #[error("quantization_config says {method}, but no tensor is stored in that format")]
    NothingStored { method: &'static str },

    #[error("tensor {tensor} is quantized, but its part {part} is missing")]
    MissingPart { tensor: String, part: String },

    #[error("tensor {part} holds elements of type {found}, but it must hold {expected}")]
    PartType { part: String, found: String, expected: String },

    #[error("tensor {part} has shape {found:?}, but to match the other parts it must have {expected:?}")]
    PartShape { part: String, found: Vec<usize>, expected: Vec<usize> },

    #[error("tensor {part} has {found} dimensions, but it must have {expected}")]
    PartDimensions { part: String, found: usize, expected: usize },

    #[error("tensor {part} has shape {found:?}, which is empty or larger than a matrix can be")]
    PartSize { part: String, found: Vec<usize> },

    #[error(
        "tensor {tensor} has {n_groups} groups of scales, but {n_cols} columns in groups of {group_size} make another number"
    )]
    UnevenGroups { tensor: String, n_cols: usize, group_size: usize, n_groups: usize },

    #[error("tensor {part} puts column {column} into group {found}, but there are {n_groups} groups")]
    GroupIndex { part: String, column: usize, found: i64, n_groups: usize },

    #[error("tensor {part} has {found} columns in group {group}, but every group must have {expected}")]
    GroupLength { part: String, group: usize, found: usize, expected: usize },

    #[error("tensor {part} holds {found}, but {expected} is expected")]
    PartValue { part: String, found: i64, expected: i64 },

    #[error("tensor {part}, which describes a weight, is not a JSON object")]
    PartJson { part: String },

    #[error("the checkpoint holds {tensor} both unquantized and quantized")]
    Twice { tensor: String },
}
