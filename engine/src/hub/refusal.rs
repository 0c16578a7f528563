//! Reasons to refuse the download of a repository before any large file is fetched.

use serde::{Deserialize, Serialize};

/// Why a repository is not downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The repository has no supported weights.
    #[error("it has no weights in a supported format (safetensors or GGUF)")]
    NoWeights,
    /// The weights are pickles, which can execute code.
    #[error(
        "its weights are a pickle ({file}), which can execute any code and which Nibble never reads; look for a version in safetensors or GGUF"
    )]
    PickleOnly {
        /// Path of one of the pickles.
        file: String,
    },
    /// The repository has no `config.json`.
    #[error("it has no config.json, so its architecture is unknown")]
    NoConfiguration,
    /// The repository is an adapter for another model.
    #[error(
        "it is an adapter ({file}), which only changes another model; look for a version with that model merged in"
    )]
    Adapter {
        /// Path of the adapter's configuration.
        file: String,
    },
    /// The architecture is not supported.
    #[error("its architecture {found} is unknown to Nibble, which runs {known}")]
    UnknownArchitecture {
        /// Name of the architecture.
        found: String,
        /// Supported architectures, separated by commas.
        known: String,
    },
    /// The weights are quantized by an unsupported method.
    #[error(
        "its weights are already quantized by {method}, which Nibble does not support; look for the original model, which Nibble can quantize"
    )]
    Quantized {
        /// Name of the method.
        method: String,
    },
    /// The repository has several GGUF files, and none was chosen.
    #[error("it holds several models; choose one with --file: {}", .choices.join(", "))]
    ChooseGguf {
        /// Names of the files, smallest first.
        choices: Vec<String>,
    },
    /// No GGUF file has the requested name.
    #[error("it has no GGUF file {wanted}; it has {}", if .choices.is_empty() { "none".to_owned() } else { .choices.join(", ") })]
    NoSuchFile {
        /// The requested name.
        wanted: String,
        /// Names of the available files, smallest first.
        choices: Vec<String>,
    },
    /// The GGUF model is split into several files.
    #[error(
        "{file} is one of {parts} parts of a model, and Nibble supports only GGUF models of one file; choose another"
    )]
    SplitGguf {
        /// Name of the first file.
        file: String,
        /// Number of files of the model.
        parts: u32,
    },
    /// The GGUF file's type is not supported.
    #[error(
        "the weights of {file} are {precision}, which Nibble does not support; choose a file of another precision"
    )]
    UnreadableType {
        /// Name of the file.
        file: String,
        /// Type of the weights, from the file's name.
        precision: String,
    },
    /// The repository has no tokenizer that is read.
    #[error("it has no tokenizer.json{}; look for a version with it", if *.has_other { ", only a tokenizer in another format" } else { "" })]
    NoTokenizer {
        /// Whether it has a tokenizer in another format, such as `tokenizer.model`.
        has_other: bool,
    },
    /// The tokenizer cannot be stored in a GGUF file.
    #[error(
        "its tokenizer is of kind {kind}, which cannot be quantized; without a precision the original is downloaded, which runs"
    )]
    TokenizerKind {
        /// Kind of the tokenizer's model.
        kind: String,
    },
    /// The index names a file that the repository lacks.
    #[error("its index names {file}, which it does not have; the upload may not be finished")]
    MissingShard {
        /// Name of the missing file.
        file: String,
    },
    /// The weights are several files without an index.
    #[error("its weights are in several files ({file}), but it has no model.safetensors.index.json")]
    NoIndex {
        /// Name of one of the files.
        file: String,
    },
    /// The configuration or header cannot be interpreted.
    #[error("{reason}")]
    Faulty {
        /// Description of the fault.
        reason: String,
    },
    /// The license must be accepted first, and no token is set.
    #[error(
        "it requires accepting its license; open its page on the Hub, accept it, and enter your token in the settings of Nibble or set HF_TOKEN"
    )]
    Gated,
}
