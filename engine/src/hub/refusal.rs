//! Why a repository is not downloaded: reasons that stand before the first large byte comes.

use serde::{Deserialize, Serialize};

/// Why a repository is not downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// Nothing that could be weights.
    #[error("it has no weights that Nibble reads, neither safetensors nor GGUF")]
    NoWeights,
    /// Its weights are a program in disguise.
    #[error(
        "its weights are a pickle ({file}), which can run any program and which Nibble never reads; look for a version in safetensors or GGUF"
    )]
    PickleOnly {
        /// One of them.
        file: String,
    },
    /// No `config.json`.
    #[error("it has no config.json, so nothing says what model it is")]
    NoConfiguration,
    /// Changes to another model.
    #[error(
        "it is an adapter ({file}), which only changes another model; look for a version with that model merged in"
    )]
    Adapter {
        /// Its configuration.
        file: String,
    },
    /// An architecture nobody has taught Nibble yet.
    #[error("its architecture {found} is unknown to Nibble, which runs {known}")]
    UnknownArchitecture {
        /// Its name.
        found: String,
        /// What runs, separated by commas.
        known: String,
    },
    /// Quantized by a method that Nibble does not read.
    #[error(
        "its weights are quantized already, by {method}, which Nibble does not read; look for the original model, which Nibble quantizes itself"
    )]
    Quantized {
        /// The method.
        method: String,
    },
    /// Several GGUF files and no choice.
    #[error("it holds several models; choose one with --file: {}", .choices.join(", "))]
    ChooseGguf {
        /// The files, smallest first.
        choices: Vec<String>,
    },
    /// No GGUF file of that name.
    #[error("it has no GGUF file {wanted}; it has {}", if .choices.is_empty() { "none".to_owned() } else { .choices.join(", ") })]
    NoSuchFile {
        /// What was asked for.
        wanted: String,
        /// The files there are, smallest first.
        choices: Vec<String>,
    },
    /// A GGUF in several files.
    #[error(
        "{file} is one of {parts} parts of a model, and Nibble reads only GGUF models of one file; choose another"
    )]
    SplitGguf {
        /// The first of them.
        file: String,
        /// How many there are.
        parts: u32,
    },
    /// A GGUF of a type that Nibble does not read.
    #[error(
        "the weights of {file} are {precision}, which Nibble does not read; choose a file of another precision"
    )]
    UnreadableType {
        /// The file.
        file: String,
        /// Its type, from its name.
        precision: String,
    },
    /// Its configuration or its header cannot be made sense of.
    #[error("{reason}")]
    Faulty {
        /// What is wrong.
        reason: String,
    },
    /// Given only to those who agreed, and nobody says who asks.
    #[error(
        "it is given only to those who agreed to its licence; open its page on the Hub, agree, and set HF_TOKEN to your token"
    )]
    Gated,
}
