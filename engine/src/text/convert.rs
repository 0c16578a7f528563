//! Conversion of a checkpoint's `tokenizer.json` to the vocabulary of a GGUF file.
//!
//! GGUF has byte-level pairs with named pre-tokenizers (`gpt2`) and SentencePiece pairs with scores (`llama`). A tokenizer that
//! these keys cannot express is stored whole, under GGUF's key for it (`tokenizer.huggingface.json`): Nibble then tokenizes as
//! the original does, other programs approximately, and a warning reports it.

mod definition;
mod scored;
mod scores;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use self::definition::{Added, Definition};
use super::error::Error;
use super::pre_tokenizer::{self, Fit, Habits};
use super::template::ChatTemplates;
use super::tokenizer::{Around, Tokenizer};
use super::tokenizer_files::TokenizerFiles;
use super::vocabulary::{GgufVocabulary, TokenType};
use crate::base::json;
use crate::progress::Warning;

/// A converted vocabulary with its warning.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The converted vocabulary.
    pub vocabulary: GgufVocabulary,
    /// The part of the tokenizer that GGUF's keys do not express.
    pub warning: Option<Warning>,
}

impl GgufVocabulary {
    /// Converts a checkpoint's tokenizer to GGUF's terms.
    ///
    /// # Errors
    /// [`Error::UnknownVocabulary`] for tokenizers that are no byte pairs, and those of [`Tokenizer::from_json`].
    pub fn from_checkpoint(files: &TokenizerFiles<'_>) -> Result<Converted, Error> {
        let original = Tokenizer::from_files(files)?;
        let not_json = |source| Error::Json { file: "tokenizer.json", source };
        let definition: Value = json::from_slice(files.tokenizer).map_err(not_json)?;
        let mut definition = Definition::from_value(definition)?;
        definition.added_tokens = Added::all_of(&original);
        let mut inexact = Inexact(Vec::new());
        let mut vocabulary = if definition.is_byte_level() {
            byte_level(&definition, files.vocab_size, &mut inexact)
        } else {
            scored::vocabulary(&definition, files.vocab_size, &mut inexact)?
        };
        inexact.check_model(&definition);
        set_special(&mut vocabulary, &original, files, &mut inexact)?;

        let warning = inexact.warning();
        if warning.is_some() {
            vocabulary.huggingface_json = Some(whole_definition(files, &original)?);
        }
        Ok(Converted { vocabulary, warning })
    }
}

/// The text of `tokenizer.json`, with the tokens that only the files beside it name.
fn whole_definition(files: &TokenizerFiles<'_>, original: &Tokenizer) -> Result<String, Error> {
    let not_json = |source| Error::Json { file: "tokenizer.json", source };
    // Without the white space a person's eyes need.
    let mut whole: Value = json::from_slice(files.tokenizer).map_err(not_json)?;
    let added = serde_json::to_value(Added::all_of(original)).map_err(not_json)?;
    if let Some(definition) = whole.as_object_mut() {
        definition.insert("added_tokens".to_owned(), added);
    }
    Ok(whole.to_string())
}

/// Parts of a tokenizer that GGUF's keys cannot express, in words.
struct Inexact(Vec<&'static str>);

impl Inexact {
    fn add(&mut self, is_inexact: bool, what: &'static str) {
        if is_inexact {
            self.0.push(what);
        }
    }

    fn check_model(&mut self, definition: &Definition) {
        let model = &definition.model;
        let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        self.add(has(&model.continuing_subword_prefix), "a prefix of continuing subwords");
        self.add(has(&model.end_of_word_suffix), "a suffix of words");
        self.add(model.dropout.is_some_and(|share| share > 0.0), "dropout");
        let strips = |token: &Added| token.lstrip || token.rstrip || token.single_word;
        self.add(
            definition.added_tokens.iter().any(strips),
            "special tokens that look at the text around them",
        );
    }

    fn warning(self) -> Option<Warning> {
        (!self.0.is_empty()).then(|| Warning::TokenizerInexact { what: self.0.join(", ") })
    }
}

/// Converts byte-level BPE, GGUF's `gpt2`.
fn byte_level(definition: &Definition, vocab_size: usize, inexact: &mut Inexact) -> GgufVocabulary {
    let composes = definition.normalizer.get("type").and_then(Value::as_str) == Some("NFC");
    inexact.add(!composes && !definition.normalizer.is_null(), "its normalizer");
    let habits = Habits {
        cuts: pre_tokenizer::cuts_of(&definition.pre_tokenizer),
        ignore_merges: definition.model.ignore_merges,
        composes,
    };
    let row = match pre_tokenizer::by_habits(&habits) {
        Fit::Exact(row) => Some(row),
        Fit::SameCuts(row) => {
            inexact.add(true, "its normalizer or its shortcut around merging");
            Some(row)
        }
        Fit::None => {
            inexact.add(true, "its pre-tokenizer");
            None
        }
    };
    let (tokens, types) = tokens_of(definition, vocab_size);
    let known: HashSet<&str> = tokens.iter().map(String::as_str).collect();
    let merges = definition.model.merges.iter().filter_map(|merge| {
        let (left, right) = merge.parts()?;
        let is_known = [left, right, &format!("{left}{right}")].iter().all(|token| known.contains(*token));
        is_known.then(|| format!("{left} {right}"))
    });
    GgufVocabulary {
        model: "gpt2".to_owned(),
        pre: Some(row.map_or("default", |row| row.names[0]).to_owned()),
        merges: merges.collect(),
        tokens,
        types,
        ..GgufVocabulary::default()
    }
}

/// Texts and types by id; unused ids are padded with `[PADn]`.
fn tokens_of(definition: &Definition, vocab_size: usize) -> (Vec<String>, Vec<TokenType>) {
    let mut tokens: Vec<String> = (0..vocab_size).map(|id| format!("[PAD{id}]")).collect();
    let mut types = vec![TokenType::Unused; vocab_size];
    let mut put = |id: u32, text: &str, kind: TokenType| {
        if let Some(place) = tokens.get_mut(id as usize) {
            text.clone_into(place);
            types[id as usize] = kind;
        }
    };
    let sorted: HashMap<u32, &str> =
        definition.model.vocab.iter().map(|(text, id)| (*id, text.as_str())).collect();
    for id in 0..vocab_size as u32 {
        if let Some(text) = sorted.get(&id) {
            put(id, text, TokenType::Normal);
        }
    }
    for token in &definition.added_tokens {
        put(
            token.id,
            &token.content,
            if token.special { TokenType::Control } else { TokenType::UserDefined },
        );
    }
    (tokens, types)
}

/// Sets the ids of special tokens, the tokens around a prompt, and the chat templates.
fn set_special(
    vocabulary: &mut GgufVocabulary,
    original: &Tokenizer,
    files: &TokenizerFiles<'_>,
    inexact: &mut Inexact,
) -> Result<(), Error> {
    let templates = ChatTemplates::from_checkpoint(files)?;
    let id = |name: &str| {
        let (_, text) = templates.special.iter().find(|(known, _)| known == name)?;
        original.token_id(text).filter(|id| (*id as usize) < files.vocab_size)
    };
    vocabulary.bos = id("bos_token");
    vocabulary.eos = id("eos_token");
    vocabulary.padding = id("pad_token");
    vocabulary.unknown = id("unk_token");

    let Around { before, after, is_known } = original.around()?;
    inexact.add(before.len() > 1 || after.len() > 1 || !is_known, "what it puts around a prompt");
    vocabulary.bos = before.first().copied().or(vocabulary.bos);
    vocabulary.eos = after.first().copied().or(vocabulary.eos);
    vocabulary.add_bos = Some(!before.is_empty());
    vocabulary.add_eos = Some(!after.is_empty());
    for (name, source) in templates.templates {
        if name == "default" {
            vocabulary.chat_template = Some(source);
        } else {
            vocabulary.named_templates.push((name, source));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
