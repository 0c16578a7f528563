//! Small tokenizers and recorded tokens for tests; `tests/record/tokenizers_small.py` made them.

use std::collections::HashMap;
use std::path::PathBuf;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::Deserialize;

/// Names of the tokenizers.
pub(crate) const TOKENIZERS: [&str; 6] = ["llama3", "qwen2", "smollm", "gpt2", "llama2", "gemma"];

/// What the original implementations made of some texts.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub(crate) texts: Vec<String>,
    pub(crate) ids: HashMap<String, Vec<Vec<u32>>>,
    pub(crate) sentencepiece: SentencePieces,
}

/// A SentencePiece model and its tokens of the same texts.
#[derive(Deserialize)]
pub(crate) struct SentencePieces {
    pub(crate) tokens: Vec<String>,
    pub(crate) scores: Vec<f32>,
    pub(crate) types: Vec<i32>,
    pub(crate) ids: Vec<Option<Vec<u32>>>,
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/text").join(file)
}

/// The bytes of a small `tokenizer.json`.
pub(crate) fn tokenizer_json(name: &str) -> Vec<u8> {
    std::fs::read(path(&format!("{name}.tokenizer.json"))).unwrap()
}

/// What was recorded.
pub(crate) fn recorded() -> Recorded {
    serde_json::from_slice(&std::fs::read(path("tokenizers.json")).unwrap()).unwrap()
}

/// A property runner that makes the same cases each time.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}
