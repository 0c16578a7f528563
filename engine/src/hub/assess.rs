//! Whether a model can run, told before anything large is downloaded.

use serde::{Deserialize, Serialize};

use super::api::ModelFacts;

/// What this program can run; the hub itself knows no architectures.
#[derive(Clone, Copy, Debug)]
pub struct Runnable<'a> {
    /// Values of `model_type` in `config.json`.
    pub model_types: &'a [&'a str],
    /// Values of `general.architecture` in GGUF files.
    pub gguf_architectures: &'a [&'a str],
    /// Values of `quant_method` in `config.json` whose weights are read.
    pub quant_methods: &'a [&'a str],
}

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

/// Why the model that `facts` describe cannot run, as far as they tell; `None` if they tell nothing against it.
///
/// `gguf` says whether its GGUF files are meant or its checkpoint.
pub fn refusal(facts: &ModelFacts, gguf: bool, runnable: Runnable<'_>) -> Option<Refusal> {
    let (found, known) = if gguf {
        (&facts.gguf_architecture, runnable.gguf_architectures)
    } else {
        (&facts.model_type, runnable.model_types)
    };
    match found {
        Some(found) if !known.contains(&found.as_str()) => {
            return Some(Refusal::UnknownArchitecture { found: found.clone(), known: known.join(", ") });
        }
        _ => {}
    }
    let method = facts.quantized_by.as_deref().filter(|_| !gguf)?;
    let is_read = runnable.quant_methods.contains(&method);
    (!is_read).then(|| Refusal::Quantized { method: method.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_unknown_is_refused() {
        let mut facts = ModelFacts {
            repo: "a/b".to_owned(),
            commit: None,
            model_type: None,
            quantized_by: None,
            gguf_architecture: Some("llama".to_owned()),
            parameters: None,
            context_length: None,
            licence: None,
            gated: false,
            downloads: 0,
            likes: 0,
            last_modified: None,
            task: None,
        };
        let runnable = Runnable {
            model_types: &["llama", "qwen3"],
            gguf_architectures: &["llama"],
            quant_methods: &["gptq"],
        };
        assert_eq!(refusal(&facts, false, runnable), None);
        assert_eq!(refusal(&facts, true, runnable), None);
        facts.model_type = Some("mamba".to_owned());
        let told = refusal(&facts, false, runnable).unwrap().to_string();
        assert_eq!(told, "its architecture mamba is unknown to Nibble, which runs llama, qwen3");
        facts.model_type = Some("llama".to_owned());
        facts.quantized_by = Some("aqlm".to_owned());
        assert!(matches!(refusal(&facts, false, runnable), Some(Refusal::Quantized { .. })));
        assert_eq!(refusal(&facts, true, runnable), None);
        facts.quantized_by = Some("gptq".to_owned());
        assert_eq!(refusal(&facts, false, runnable), None);
    }
}
