//! Other programs whose models Nibble finds.

use serde::{Deserialize, Serialize};

/// A program that stores its own models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Program {
    /// The program LM Studio.
    LmStudio,
    /// The program Ollama.
    Ollama,
    /// The program Jan.
    Jan,
    /// llama.cpp's own programs.
    LlamaCpp,
    /// The program GPT4All.
    Gpt4All,
}

impl Program {
    /// All supported programs.
    pub const ALL: [Self; 5] = [Self::LmStudio, Self::Ollama, Self::Jan, Self::LlamaCpp, Self::Gpt4All];

    /// Display name of the program.
    pub fn title(self) -> &'static str {
        match self {
            Self::LmStudio => "LM Studio",
            Self::Ollama => "Ollama",
            Self::Jan => "Jan",
            Self::LlamaCpp => "llama.cpp",
            Self::Gpt4All => "GPT4All",
        }
    }

    /// Prefix of its models' names in the library.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::LmStudio => "lm-studio",
            Self::Ollama => "ollama",
            Self::Jan => "jan",
            Self::LlamaCpp => "llama.cpp",
            Self::Gpt4All => "gpt4all",
        }
    }
}
