//! The parts of a `tokenizer.json` that determine its GGUF keys.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::{Error, Tokenizer};

/// A `tokenizer.json` with a byte-pair model.
#[derive(Debug, Deserialize)]
pub(super) struct Definition {
    pub(super) model: BytePairs,
    #[serde(default)]
    pub(super) added_tokens: Vec<Added>,
    #[serde(default)]
    pub(super) normalizer: Value,
    #[serde(default)]
    pub(super) pre_tokenizer: Value,
    #[serde(default)]
    pub(super) decoder: Value,
}

/// The field `model` of type `BPE`.
#[derive(Debug, Deserialize)]
pub(super) struct BytePairs {
    pub(super) vocab: HashMap<String, u32>,
    pub(super) merges: Vec<Merge>,
    #[serde(default)]
    pub(super) byte_fallback: bool,
    #[serde(default)]
    pub(super) ignore_merges: bool,
    pub(super) unk_token: Option<String>,
    pub(super) dropout: Option<f32>,
    pub(super) continuing_subword_prefix: Option<String>,
    pub(super) end_of_word_suffix: Option<String>,
}

/// Two tokens that merge; older files store them as one text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Merge {
    Pair(String, String),
    Text(String),
}

/// An entry of `added_tokens`.
#[derive(Debug, Deserialize, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "the file's own fields")]
pub(super) struct Added {
    pub(super) id: u32,
    pub(super) content: String,
    #[serde(default)]
    pub(super) special: bool,
    #[serde(default)]
    pub(super) normalized: bool,
    #[serde(default)]
    pub(super) lstrip: bool,
    #[serde(default)]
    pub(super) rstrip: bool,
    #[serde(default)]
    pub(super) single_word: bool,
}

impl Added {
    /// All tokens that a tokenizer recognizes whole, by their ids.
    pub(super) fn all_of(tokenizer: &Tokenizer) -> Vec<Self> {
        let mut all: Vec<Self> = tokenizer
            .added_tokens()
            .into_iter()
            .map(|(id, token)| Self {
                id,
                content: token.content,
                special: token.special,
                normalized: token.normalized,
                lstrip: token.lstrip,
                rstrip: token.rstrip,
                single_word: token.single_word,
            })
            .collect();
        all.sort_by_key(|token| token.id);
        all
    }
}

impl Merge {
    /// Both tokens of a merge.
    pub(super) fn parts(&self) -> Option<(&str, &str)> {
        match self {
            Self::Pair(left, right) => Some((left, right)),
            Self::Text(text) => text.split_once(' '),
        }
    }
}

impl Definition {
    /// Extracts the definition from a parsed file.
    ///
    /// # Errors
    /// [`Error::UnknownVocabulary`] for models that are no byte pairs, [`Error::Json`].
    pub(super) fn from_value(value: Value) -> Result<Self, Error> {
        let model = value.get("model");
        let kind = model.and_then(|model| model.get("type")).and_then(Value::as_str);
        let has_merges = model.is_some_and(|model| model.get("merges").is_some());
        if kind.map_or(!has_merges, |kind| kind != "BPE") {
            return Err(Error::UnknownVocabulary { model: kind.unwrap_or("without a type").to_owned() });
        }
        serde_json::from_value(value).map_err(|source| Error::Json { file: "tokenizer.json", source })
    }

    /// Whether tokens are spelled in GPT-2's alphabet of bytes.
    pub(super) fn is_byte_level(&self) -> bool {
        has_step(&self.pre_tokenizer, "pretokenizers", "ByteLevel")
            || has_step(&self.decoder, "decoders", "ByteLevel")
    }
}

/// Whether `step`, or a step of the sequence it is, has this type.
pub(super) fn has_step(step: &Value, list: &str, kind: &str) -> bool {
    step.get("type").and_then(Value::as_str) == Some(kind)
        || step
            .get(list)
            .and_then(Value::as_array)
            .is_some_and(|steps| steps.iter().any(|inner| has_step(inner, list, kind)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_spellings_of_a_merge_are_read() {
        let value = json!({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b", ["a", "b"]]}});
        let definition = Definition::from_value(value).unwrap();
        assert!(definition.model.merges.iter().all(|merge| merge.parts() == Some(("a", "b"))));
    }

    #[test]
    fn another_model_is_refused_by_name() {
        let value = json!({"model": {"type": "Unigram", "vocab": [["a", -1.0]]}});
        let error = Definition::from_value(value).unwrap_err();
        assert!(matches!(error, Error::UnknownVocabulary { model } if model == "Unigram"));
    }
}
