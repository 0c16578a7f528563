//! Tokens that end a reply.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::error::Error;
use super::settings::Settings;
use super::tokenizer_files::TokenizerFiles;
use crate::base::json;

/// Names that models give to the token which ends a turn or a text; the names are those llama.cpp knows.
const NAMES: [&str; 13] = [
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|eom_id|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "<|return|>",
    "<|end_of_text|>",
    "<end_of_utterance>",
    "<｜end▁of▁sentence｜>",
];

/// Whether tokens of this name end a turn or a text.
pub(super) fn is_end_name(text: &str) -> bool {
    NAMES.contains(&text)
}

/// The part of a `tokenizer.json` that lists tokens recognized whole.
#[derive(Deserialize)]
pub(super) struct AddedTokens {
    /// Ids of the tokens.
    #[serde(default)]
    pub(super) added_tokens: Vec<AddedText>,
}

/// A token that is recognized whole.
#[derive(Deserialize)]
pub(super) struct AddedText {
    id: u32,
    /// Text of the token.
    pub(super) content: String,
}

impl TokenizerFiles<'_> {
    /// Tokens that end a reply as far as the tokenizer's files tell: `eos_token`, and tokens with one of the names that models
    /// give to the end of a turn.
    ///
    /// # Errors
    /// [`Error::Json`] if it cannot be parsed.
    pub fn end_tokens(&self) -> Result<Vec<u32>, Error> {
        let settings = Settings::read(self)?;
        let not_json = |source| Error::Json { file: "tokenizer.json", source };
        let own: AddedTokens = json::from_slice(self.tokenizer).map_err(not_json)?;
        let mut ids: HashMap<&str, u32> =
            settings.numbered.iter().map(|(id, token)| (token.content.as_str(), *id)).collect();
        ids.extend(own.added_tokens.iter().map(|token| (token.content.as_str(), token.id)));

        let mut found: Vec<u32> =
            ids.iter().filter(|(text, _)| is_end_name(text)).map(|(_, id)| *id).collect();
        let eos = settings.special.iter().find(|(name, _)| name == "eos_token");
        if let Some((_, text)) = eos {
            match ids.get(text.as_str()) {
                Some(id) => found.push(*id),
                None => found.extend(self.vocabulary_id(text)?),
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The id of an ordinary token.
    fn vocabulary_id(&self, text: &str) -> Result<Option<u32>, Error> {
        let not_json = |source| Error::Json { file: "tokenizer.json", source };
        let whole: Value = json::from_slice(self.tokenizer).map_err(not_json)?;
        let id = whole.pointer("/model/vocab").and_then(|vocabulary| vocabulary.get(text));
        Ok(id.and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()))
    }
}
