//! What transformers computed for a real model, as recorded by `tests/record/real_models.py`.

use std::path::{Path, PathBuf};

use nibble_tests::real_models::RealModel;
use serde::Deserialize;
use serde_json::Value;

/// Everything recorded for one model.
#[derive(Deserialize)]
pub(crate) struct Expected {
    pub(crate) tokens: Vec<Tokens>,
    /// None for a base model.
    #[serde(default)]
    pub(crate) conversations: Vec<Conversation>,
    #[serde(default)]
    pub(crate) answers: Vec<Answer>,
    pub(crate) logits: Vec<SampledLogits>,
    pub(crate) sonnets: Sonnets,
}

/// A text and its tokens, without special ones.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) text: String,
    pub(crate) tokens: Vec<u32>,
}

/// Messages and the prompt that the chat template makes of them.
#[derive(Deserialize)]
pub(crate) struct Conversation {
    pub(crate) messages: Value,
    pub(crate) add_generation_prompt: bool,
    pub(crate) prompt: String,
}

/// A greedy reply.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) question: String,
    pub(crate) prompt: Vec<u32>,
    /// Tokens of the reply up to the end token, or the first ones.
    pub(crate) reply: Vec<u32>,
    /// Indices of the reply's tokens beside which another was as likely but for rounding.
    pub(crate) close: Vec<usize>,
    pub(crate) text: String,
}

/// Logits of some tokens after a prefix: those of the likeliest, and of others chosen at random.
#[derive(Deserialize)]
pub(crate) struct SampledLogits {
    pub(crate) tokens: Vec<u32>,
    pub(crate) ids: Vec<usize>,
    pub(crate) logits: Vec<f32>,
    /// Logarithm of the sum of the exponentials of all logits.
    pub(crate) log_sum: f64,
}

/// Mean negative log-likelihood of the second half of each window of the sonnets.
#[derive(Deserialize)]
pub(crate) struct Sonnets {
    pub(crate) context: usize,
    pub(crate) windows: usize,
    pub(crate) nll: Vec<f64>,
}

/// A question of the list, and the words of which a right reply holds one.
#[derive(Deserialize)]
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) words: Vec<String>,
}

impl Expected {
    pub(crate) fn of(model: &RealModel) -> Self {
        serde_json::from_str(&read(&format!("{}.json", model.name))).unwrap()
    }
}

impl Question {
    /// All questions of the list.
    pub(crate) fn all() -> Vec<Self> {
        #[derive(Deserialize)]
        struct List {
            question: Vec<Question>,
        }
        toml::from_str::<List>(&read("questions.toml")).unwrap().question
    }

    pub(crate) fn is_right(&self, reply: &str) -> bool {
        self.words.iter().any(|word| reply.contains(word))
    }
}

/// The text that perplexity and divergence are measured on.
pub(crate) fn sonnets() -> String {
    read("sonnets.txt")
}

fn read(name: &str) -> String {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/real");
    std::fs::read_to_string(folder.join(name)).unwrap()
}
