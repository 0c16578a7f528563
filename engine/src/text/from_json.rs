//! The tokenizer of a `tokenizer.json`.

use serde_json::Value;
use tokenizers::Tokenizer as CrateTokenizer;
use tokenizers::models::ModelWrapper;

use super::byte_level;
use super::byte_token::byte_of;
use super::end_tokens::AddedTokens;
use super::error::Error;
use super::pieces::Pieces;
use super::settings::{Settings, check_lengths};
use super::tokenizer::{Encoder, Tokenizer};
use super::tokenizer_files::TokenizerFiles;
use crate::base::json;

/// Number of unused ids that is always accepted, whatever the number of tokens.
const MAX_GAP: usize = 1 << 16;

impl Tokenizer {
    /// Reads a `tokenizer.json` and computes the bytes of each of its tokens.
    ///
    /// # Errors
    /// [`Error::TokenizerJson`], [`Error::LongTokens`] and, for kinds of decoders that are not known, [`Error::UnknownDecoder`].
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        Self::from_crate(read(json)?)
    }

    /// Reads the tokenizer of a checkpoint: `tokenizer.json`, with the tokens that only the files beside it name.
    ///
    /// # Errors
    /// As [`Self::from_json`], and [`Error::Json`] for the files beside.
    pub fn from_files(files: &TokenizerFiles<'_>) -> Result<Self, Error> {
        let settings = Settings::read(files)?;
        let mut inner = read(files.tokenizer)?;
        settings.add_to(&mut inner)?;
        Self::from_crate(inner)
    }

    fn from_crate(mut inner: CrateTokenizer) -> Result<Self, Error> {
        // Merges were dropped at random in training only.
        if let ModelWrapper::BPE(pairs) = inner.get_model()
            && pairs.dropout.is_some()
        {
            let mut pairs = pairs.clone();
            pairs.dropout = None;
            inner.with_model(pairs);
        }
        // Batches of training were cut and filled; a prompt is neither.
        inner.with_padding(None);
        inner.with_truncation(None).map_err(|source| Error::TokenizerJson { source })?;

        let decoder = match inner.get_decoder() {
            Some(decoder) => serde_json::to_value(decoder)
                .map_err(|source| Error::Json { file: "tokenizer.json", source })?,
            None => Value::Null,
        };
        let spelling = Spelling::of(&decoder)?;
        let pieces = pieces(&inner, &spelling)?;
        Ok(Self {
            encoder: Encoder::Json(Box::new(inner)),
            pieces,
            prefix: None,
            suffix: None,
            space_prefix: spelling.drops_space,
        })
    }
}

/// The crate's tokenizer, once its tokens are found to be short enough to be looked for.
fn read(bytes: &[u8]) -> Result<CrateTokenizer, Error> {
    // Malformed JSON is reported below by the crate, whose message is more exact.
    if let Ok(AddedTokens { added_tokens }) = json::from_slice(bytes) {
        check_lengths(added_tokens.iter().map(|token| token.content.as_str()))?;
    }
    let bytes = json::without_mark(bytes);
    CrateTokenizer::from_bytes(bytes).map_err(|source| Error::TokenizerJson { source })
}

/// Spelling of a vocabulary, according to its decoder.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "steps of a decoder, each there or not")]
struct Spelling {
    byte_level: bool,
    byte_tokens: bool,
    /// Spelled texts and their replacements, such as `▁` and a space.
    replacements: Vec<(String, String)>,
    /// Whether the space before the first token is dropped.
    drops_space: bool,
    /// Whether tokens are words, joined by spaces.
    words: bool,
}

impl Spelling {
    fn of(decoder: &Value) -> Result<Self, Error> {
        let mut spelling = Self::default();
        if decoder.is_null() {
            spelling.words = true;
            spelling.drops_space = true;
        } else {
            spelling.add(decoder)?;
        }
        Ok(spelling)
    }

    fn add(&mut self, step: &Value) -> Result<(), Error> {
        let text = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default();
        match text("type") {
            "Sequence" => {
                for inner in step.get("decoders").and_then(Value::as_array).into_iter().flatten() {
                    self.add(inner)?;
                }
            }
            "ByteLevel" => self.byte_level = true,
            "ByteFallback" => self.byte_tokens = true,
            "Fuse" => {}
            "Metaspace" => {
                self.replacements.push((text("replacement").to_owned(), " ".to_owned()));
                self.drops_space |= text("prepend_scheme") != "never";
            }
            "Replace" => match step.pointer("/pattern/String").and_then(Value::as_str) {
                Some(pattern) => self.replacements.push((pattern.to_owned(), text("content").to_owned())),
                None => return Err(Error::UnknownDecoder { kind: "Replace with an expression".to_owned() }),
            },
            "Strip" if text("content") == " " && step.get("stop").and_then(Value::as_u64) == Some(0) => {
                self.drops_space |= step.get("start").and_then(Value::as_u64) == Some(1);
            }
            kind => return Err(Error::UnknownDecoder { kind: kind.to_owned() }),
        }
        Ok(())
    }

    fn bytes(&self, token: &str) -> Vec<u8> {
        if self.byte_level {
            return byte_level::bytes_of(token);
        }
        if let Some(byte) = byte_of(token).filter(|_| self.byte_tokens) {
            return vec![byte];
        }
        let text = self.replacements.iter().fold(token.to_owned(), |text, (from, to)| text.replace(from, to));
        if self.words { format!(" {text}").into_bytes() } else { text.into_bytes() }
    }
}

fn pieces(inner: &CrateTokenizer, spelling: &Spelling) -> Result<Pieces, Error> {
    let mut tokens: Vec<(u32, String)> =
        inner.get_vocab(true).into_iter().map(|(text, id)| (id, text)).collect();
    tokens.sort_unstable();
    let Some(&(token, _)) = tokens.last() else { return Err(Error::EmptyVocabulary) };
    if token as usize > 4 * tokens.len() + MAX_GAP {
        return Err(Error::SparseVocabulary { token, count: tokens.len() });
    }
    let added = inner.get_added_tokens_decoder();
    let mut pieces = Pieces::default();
    for (id, text) in &tokens {
        while pieces.len() < *id as usize {
            pieces.push(&[], true);
        }
        // Two spellings of one id: the first stays.
        if pieces.len() == *id as usize {
            pieces.push(&spelling.bytes(text), added.get(id).is_some_and(|token| token.special));
        }
    }
    Ok(pieces)
}
