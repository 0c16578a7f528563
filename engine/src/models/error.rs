//! Why a model could not be opened.

use std::fmt;
use std::path::PathBuf;

use crate::{backend, formats, text};

/// Where a faulty value stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigFile {
    /// A checkpoint's `config.json`.
    Config,
    /// A checkpoint's `generation_config.json`.
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
    /// There is nothing at this path, or nothing that can be read.
    #[error("nothing can be read at {path}", path = path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A JSON file of a checkpoint is not JSON, or not an object.
    #[error("{origin} is not a JSON object: {path}", path = path.display())]
    NotJson {
        /// Which file.
        origin: ConfigFile,
        /// Its path.
        path: PathBuf,
        /// Where it goes wrong, unless it is JSON of another kind.
        source: Option<serde_json::Error>,
    },
    /// The model is of an architecture there is no description for.
    #[error("the architecture {found} is not known yet; known are {known}")]
    UnknownArchitecture {
        /// What `model_type` or `general.architecture` says.
        found: String,
        /// Values of `model_type` that are known, separated by commas.
        known: String,
    },
    /// There is no tokenizer beside the weights.
    #[error("the model has no tokenizer.json and no vocabulary: {path}", path = path.display())]
    NoTokenizer {
        /// The file or folder.
        path: PathBuf,
    },
    /// The checkpoint's weights are quantized already, in a format that is not read.
    #[error("the checkpoint is already quantized ({method}); open the original model instead")]
    Quantized {
        /// What `quantization_config` says.
        method: String,
    },
    /// A value the model cannot do without is absent.
    #[error("{origin} has no {field}")]
    Missing {
        /// Where it was looked for.
        origin: ConfigFile,
        /// Its name.
        field: String,
    },
    /// A value makes no sense, or is one that is not supported.
    #[error("{origin}: {field} is {value}, but it must be {rule}")]
    Invalid {
        /// Where it stands.
        origin: ConfigFile,
        /// Its name.
        field: String,
        /// Its value, shortened.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
    /// A tensor of the checkpoint's layers is none the architecture has, so running without it would be wrong.
    #[error("the architecture {architecture} has no tensor {tensor}")]
    UnknownTensor {
        /// The architecture.
        architecture: &'static str,
        /// The tensor's name in the checkpoint.
        tensor: String,
    },
    /// A tensor the model needs has elements of a type that is not read, or none.
    #[error("tensor {tensor} holds elements of type {dtype}, which cannot be read as weights")]
    UnreadableTensor {
        /// The tensor's name in the checkpoint.
        tensor: String,
        /// The type's name in the file.
        dtype: String,
    },
    /// Two tensors of the checkpoint take the same place.
    #[error("the checkpoint holds {tensor} twice")]
    TensorTwice {
        /// GGUF's name of the tensor.
        tensor: String,
    },
    /// A tensor is made of several of the checkpoint's, and one of them is missing.
    #[error("tensor {tensor} is joined from several, of which the checkpoint lacks {part}")]
    MissingPart {
        /// GGUF's name of the tensor.
        tensor: String,
        /// Name of the missing part in the checkpoint.
        part: String,
    },
    /// The tensors that one tensor is made of have shapes that cannot be joined.
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
    /// A GGUF file's keys for its tokenizer are missing or of the wrong kind.
    #[error(transparent)]
    Metadata(#[from] formats::gguf::MetadataError),
    /// The tokenizer or the chat templates cannot be read.
    #[error(transparent)]
    Text(#[from] text::Error),
    /// The weights are stored in a quantized format, and something is wrong with them.
    #[error(transparent)]
    Dequantize(#[from] formats::dequantize::Error),
    /// The file or folder could not be read.
    #[error(transparent)]
    Format(#[from] formats::Error),
}

/// At most 60 characters of a value, for messages.
pub(super) fn shortened(value: &impl ToString) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
