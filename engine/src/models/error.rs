//! Errors of opening a model.

use std::fmt;
use std::path::PathBuf;

use crate::{backend, formats, text};

/// File that a faulty value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigFile {
    /// The `config.json` of a checkpoint.
    Config,
    /// The `generation_config.json` of a checkpoint.
    GenerationConfig,
    /// The metadata of a GGUF file.
    Gguf,
}

impl fmt::Display for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Config => "config.json",
            Self::GenerationConfig => "generation_config.json",
            Self::Gguf => "the GGUF metadata",
        })
    }
}

/// Why a model could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path does not exist or cannot be read.
    #[error("cannot read {path}", path = path.display())]
    Path {
        /// Path of the file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A JSON file of a checkpoint is not JSON, or not an object.
    #[error("{origin} is not a JSON object: {path}", path = path.display())]
    NotJson {
        /// The file that is not JSON.
        origin: ConfigFile,
        /// Path of the file.
        path: PathBuf,
        /// The parse error; `None` if it is JSON, but not an object.
        source: Option<serde_json::Error>,
    },
    /// The model's architecture is not supported.
    #[error("the architecture {found} is not supported; supported are {known}")]
    UnknownArchitecture {
        /// Value of `model_type` or `general.architecture`.
        found: String,
        /// Supported values of `model_type`, separated by commas.
        known: String,
    },
    /// The model has no tokenizer.
    #[error("the model has no tokenizer.json and no vocabulary: {path}", path = path.display())]
    NoTokenizer {
        /// Path of the file or folder.
        path: PathBuf,
    },
    /// The checkpoint's weights are quantized in an unsupported format.
    #[error("the checkpoint is already quantized ({method}); open the original model instead")]
    Quantized {
        /// The method in `quantization_config`.
        method: String,
    },
    /// A required value is missing.
    #[error("{origin} has no {field}")]
    Missing {
        /// The file that lacks the value.
        origin: ConfigFile,
        /// Name of the value.
        field: String,
    },
    /// A value is invalid or not supported.
    #[error("{origin}: {field} is {value}, but it must be {rule}")]
    Invalid {
        /// The file with the value.
        origin: ConfigFile,
        /// Name of the value.
        field: String,
        /// The value, shortened.
        value: String,
        /// The rule that the value violates.
        rule: &'static str,
    },
    /// The checkpoint's layers have a tensor that the architecture lacks, so ignoring it would be wrong.
    #[error("the architecture {architecture} has no tensor {tensor}")]
    UnknownTensor {
        /// Name of the architecture.
        architecture: &'static str,
        /// The tensor's name in the checkpoint.
        tensor: String,
    },
    /// None of the checkpoint's tensors has a name of the architecture.
    #[error(
        "none of the tensors has a name of the architecture {architecture}, as {tensor}; was the checkpoint saved by a wrapper of the model, such as peft or torch.compile?"
    )]
    ForeignNames {
        /// Name of the architecture.
        architecture: &'static str,
        /// Name of one of the tensors.
        tensor: String,
    },
    /// A required tensor has no elements.
    #[error(
        "tensor {tensor} is empty; a checkpoint of sharded training (ZeRO-3, FSDP) must be put together first, as with zero_to_fp32.py"
    )]
    EmptyTensor {
        /// The tensor's name in the checkpoint.
        tensor: String,
    },
    /// The GGUF file holds something else than a whole model.
    #[error("the file is {found}, which cannot be used by itself; open the model that it belongs to")]
    PartOfModel {
        /// The content of the file.
        found: &'static str,
    },
    /// The model is a mixture of experts, of a family that is known without them.
    #[error(
        "the model is a mixture of {n_experts} experts, which Nibble does not run in the family {architecture}; choose another model"
    )]
    Experts {
        /// GGUF's name of the architecture.
        architecture: String,
        /// Number of experts per layer.
        n_experts: u32,
    },
    /// The checkpoint has a tokenizer in another format.
    #[error("the tokenizer is only in {file}, which is not read; save it once with transformers (AutoTokenizer, save_pretrained), which writes tokenizer.json: {path}", path = path.display())]
    OtherTokenizer {
        /// Name of the tokenizer's file.
        file: &'static str,
        /// Path of the folder.
        path: PathBuf,
    },
    /// A required tensor has an unsupported element type.
    #[error("tensor {tensor} holds elements of type {dtype}, which cannot be read as weights")]
    UnreadableTensor {
        /// The tensor's name in the checkpoint.
        tensor: String,
        /// Name of the type in the file.
        dtype: String,
    },
    /// Two tensors of the checkpoint map to the same GGUF tensor.
    #[error("the checkpoint holds {tensor} twice")]
    TensorTwice {
        /// GGUF's name of the tensor.
        tensor: String,
    },
    /// A tensor is joined from several checkpoint tensors, one of which is missing.
    #[error("tensor {tensor} is joined from several, of which the checkpoint lacks {part}")]
    MissingPart {
        /// GGUF's name of the tensor.
        tensor: String,
        /// Name of the missing part in the checkpoint.
        part: String,
    },
    /// The parts of a joined tensor have incompatible shapes.
    #[error(
        "tensor {part} has shape {found:?}, which cannot be joined to {tensor} with parts of {expected:?}"
    )]
    PartShape {
        /// GGUF's name of the tensor.
        tensor: String,
        /// Name of the part in the checkpoint.
        part: String,
        /// Shape of the part.
        found: Vec<usize>,
        /// Shape of the first part.
        expected: Vec<usize>,
    },
    /// A tensor is missing or has the wrong shape.
    #[error(transparent)]
    Tensor(#[from] backend::Error),
    /// A GGUF file's tokenizer keys are missing or of the wrong type.
    #[error(transparent)]
    Metadata(#[from] formats::gguf::MetadataError),
    /// The tokenizer or the chat templates could not be read.
    #[error(transparent)]
    Text(#[from] text::Error),
    /// The weights are stored in a quantized format and are invalid.
    #[error(transparent)]
    Dequantize(#[from] formats::dequantize::Error),
    /// The file or folder could not be read.
    #[error(transparent)]
    Format(#[from] formats::Error),
}

/// The first 60 characters of a value, for messages.
pub(super) fn shortened(value: &impl ToString) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
