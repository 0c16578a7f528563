//! The facts of a model that the Hub has besides its files.

use serde::{Deserialize, Serialize};

/// What the Hub says of a model without its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepoFacts {
    /// `owner/name`.
    pub repo: String,
    /// The commit that the facts are of; a search does not tell.
    pub commit: Option<String>,
    /// `model_type` of its `config.json`.
    pub model_type: Option<String>,
    /// Whether its `config.json` says that its weights are quantized, and by what method.
    pub quantized_by: Option<String>,
    /// `general.architecture` of its GGUF files.
    pub gguf_architecture: Option<String>,
    /// Number of weights.
    pub parameters: Option<u64>,
    /// Longest context in tokens, as far as GGUF files tell.
    pub context_length: Option<u64>,
    /// Licence, as the Hub spells it.
    pub licence: Option<String>,
    /// Whether one must agree to its licence before it is given.
    pub gated: bool,
    /// Downloads of the last month.
    pub downloads: u64,
    /// People who like it.
    pub likes: u64,
    /// When it was changed last, as the Hub writes times.
    pub last_modified: Option<String>,
    /// What it is for, such as `text-generation`.
    pub task: Option<String>,
}
