//! Facts of a model repository on the Hub, apart from its files.

use serde::{Deserialize, Serialize};

/// Facts of a model repository, as the Hub reports them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepoFacts {
    /// Name of the repository, `owner/name`.
    pub repo: String,
    /// The commit of the facts; `None` in search results.
    pub commit: Option<String>,
    /// `model_type` of the repository's `config.json`.
    pub model_type: Option<String>,
    /// Quantization method of the weights according to `config.json`; `None` if they are not quantized.
    pub quantized_by: Option<String>,
    /// `general.architecture` of the repository's GGUF files.
    pub gguf_architecture: Option<String>,
    /// Number of parameters.
    pub parameters: Option<u64>,
    /// Longest context in tokens, if GGUF files state it.
    pub context_length: Option<u64>,
    /// License in the Hub's spelling.
    pub license: Option<String>,
    /// Whether the license must be accepted before downloading.
    pub gated: bool,
    /// Downloads of the last month.
    pub downloads: u64,
    /// Number of likes.
    pub likes: u64,
    /// Time of the last change, in the Hub's format.
    pub last_modified: Option<String>,
    /// Task of the model, such as `text-generation`.
    pub task: Option<String>,
}
