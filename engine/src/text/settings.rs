//! What the files beside `tokenizer.json` say of its tokens.
//!
//! A tokenizer is four files: `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`. The
//! later three name special tokens and tokens that are recognized whole, which need not stand in the first. Which of them
//! counts is as in transformers 5.24, `tokenization_utils_base.py`: a configuration with `added_tokens_decoder` is the newer way
//! to write all of it, and without one the two older files overrule. What only one file names always counts.

use std::collections::HashSet;

use serde_json::{Map, Value};
use tokenizers::{AddedToken, Tokenizer as CrateTokenizer};

use super::error::Error;
use super::tokenizer_files::TokenizerFiles;
use crate::base::json;

/// Names under which templates know special tokens.
const SPECIAL_NAMES: [&str; 7] =
    ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];
/// Fields with special tokens that have no name.
const UNNAMED: [&str; 2] = ["additional_special_tokens", "extra_special_tokens"];

/// Special tokens and tokens recognized whole, as the files beside `tokenizer.json` name them.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Texts of special tokens by the names templates know, such as `bos_token`.
    pub(super) special: Vec<(String, String)>,
    /// Tokens with an id, by their id.
    pub(super) numbered: Vec<(u32, AddedToken)>,
    /// Whether the numbered ones overrule what `tokenizer.json` says of them.
    overrules: bool,
    /// Special tokens without an id.
    named: Vec<AddedToken>,
}

impl Settings {
    /// Reads the three files of `files`.
    ///
    /// # Errors
    /// [`Error::Json`] if it cannot be parsed.
    pub(super) fn read(files: &TokenizerFiles<'_>) -> Result<Self, Error> {
        let config = object("tokenizer_config.json", files.config)?;
        let map = object("special_tokens_map.json", files.special_tokens_map)?;
        let decoder = config.get("added_tokens_decoder").and_then(Value::as_object);
        let sources = if decoder.is_some() { [&config, &map] } else { [&map, &config] };

        let mut settings = Self { overrules: decoder.is_some(), ..Self::default() };
        let mut names: Vec<&str> = SPECIAL_NAMES.to_vec();
        for source in sources {
            names.extend(source.keys().map(String::as_str).filter(|name| name.ends_with("_token")));
        }
        let mut seen = HashSet::new();
        for name in names.into_iter().filter(|name| seen.insert(*name)) {
            let found = sources.iter().find_map(|source| token(source.get(name)?, true));
            if let Some(found) = found {
                settings.special.push((name.to_owned(), found.content.clone()));
                settings.named.push(found);
            }
        }
        for list in sources.iter().flat_map(|source| UNNAMED.map(|name| source.get(name))).flatten() {
            let entries: Vec<&Value> = match list {
                Value::Array(entries) => entries.iter().collect(),
                Value::Object(entries) => entries.values().collect(),
                _ => Vec::new(),
            };
            settings.named.extend(entries.into_iter().filter_map(|entry| token(entry, true)));
        }
        match decoder {
            Some(decoder) => settings.number(decoder.iter().map(|(id, entry)| (id.parse().ok(), entry))),
            None => settings.number_old(&object("added_tokens.json", files.added_tokens)?),
        }
        Ok(settings)
    }

    fn number<'v>(&mut self, entries: impl Iterator<Item = (Option<u32>, &'v Value)>) {
        self.numbered = entries.filter_map(|(id, entry)| Some((id?, token(entry, false)?))).collect();
        self.numbered.sort_by_key(|(id, _)| *id);
    }

    /// The entries of `added_tokens.json`: texts and their ids.
    fn number_old(&mut self, entries: &Map<String, Value>) {
        let special: HashSet<&str> = self.named.iter().map(|token| token.content.as_str()).collect();
        let numbered = entries.iter().filter_map(|(text, id)| {
            let id = id.as_u64().and_then(|id| u32::try_from(id).ok())?;
            Some((id, AddedToken::from(text.clone(), special.contains(text.as_str()))))
        });
        self.numbered = numbered.collect();
        self.numbered.sort_by_key(|(id, _)| *id);
    }

    /// All tokens, those with an id first.
    fn tokens(&self) -> impl Iterator<Item = &AddedToken> {
        self.numbered.iter().map(|(_, token)| token).chain(&self.named)
    }

    /// Adds to a tokenizer the tokens that its own file does not have.
    ///
    /// # Errors
    /// [`Error::LongTokens`] if tokens are too long.
    pub(super) fn add_to(&self, inner: &mut CrateTokenizer) -> Result<(), Error> {
        check_lengths(self.tokens().map(|token| token.content.as_str()))?;
        let known = inner.get_added_tokens_decoder();
        let mut texts: HashSet<&str> = known.values().map(|token| token.content.as_str()).collect();
        let whole: HashSet<&AddedToken> = known.values().collect();
        let special: HashSet<&str> = self.named.iter().map(|token| token.content.as_str()).collect();
        let mut added = Vec::new();
        for (_, token) in &self.numbered {
            let differs =
                if self.overrules { !whole.contains(token) } else { !texts.contains(&*token.content) };
            if differs {
                let is_special = token.special || special.contains(token.content.as_str());
                added.push(AddedToken { special: is_special, ..token.clone() });
            }
        }
        texts.extend(self.numbered.iter().map(|(_, token)| token.content.as_str()));
        for token in &self.named {
            if texts.insert(&token.content) {
                added.push(token.clone());
            }
        }
        if !added.is_empty() {
            inner.add_tokens(&added);
        }
        Ok(())
    }
}

/// Refuses tokens so long that looking for them would take minutes: the matcher's tables take time that grows with the square
/// of a token's length.
///
/// # Errors
/// [`Error::LongTokens`] if tokens are too long.
pub(super) fn check_lengths<'t>(texts: impl Iterator<Item = &'t str>) -> Result<(), Error> {
    /// About a second of work; a thousand tokens of 128 bytes take half of it.
    const MOST_WORK: usize = 1 << 25;
    let mut work = 0_usize;
    for text in texts {
        work = work.saturating_add(text.len().saturating_mul(text.len()));
        if work > MOST_WORK {
            return Err(Error::LongTokens { bytes: text.len() });
        }
    }
    Ok(())
}

fn object(file: &'static str, text: Option<&str>) -> Result<Map<String, Value>, Error> {
    let Some(text) = text else { return Ok(Map::new()) };
    match json::from_str(text).map_err(|source| Error::Json { file, source })? {
        Value::Object(object) => Ok(object),
        _ => Ok(Map::new()),
    }
}

/// A token spelled as a text or as an object with flags; `None` for other values.
fn token(value: &Value, special: bool) -> Option<AddedToken> {
    if let Some(text) = value.as_str() {
        return (!text.is_empty()).then(|| AddedToken::from(text, special));
    }
    let text = value.get("content").and_then(Value::as_str).filter(|text| !text.is_empty())?;
    let flag = |name: &str| value.get(name).and_then(Value::as_bool);
    let special = special || flag("special").unwrap_or(false);
    let plain = AddedToken::from(text, special);
    Some(AddedToken {
        single_word: flag("single_word").unwrap_or(false),
        lstrip: flag("lstrip").unwrap_or(false),
        rstrip: flag("rstrip").unwrap_or(false),
        normalized: flag("normalized").unwrap_or(plain.normalized),
        ..plain
    })
}

#[cfg(test)]
mod tests;
