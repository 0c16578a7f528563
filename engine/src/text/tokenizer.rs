//! One face over all tokenizers: text to tokens, tokens to bytes.
//!
//! `tokenizer.json` is run by crate tokenizers. A `gpt2` vocabulary from a GGUF file is rebuilt as the same crate's
//! byte-pair model, so that both go one way; a `llama` vocabulary, which merges by score, runs on our own loop. How a tokenizer is
//! made stands in `from_json.rs` and `from_gguf.rs`, how tokens become text in `detokenize.rs`.

use tokenizers::{AddedToken, Model as _, OffsetType, PreTokenizer as _, Tokenizer as CrateTokenizer};

use super::error::Error;
use super::guard::ControlWords;
use super::pieces::Pieces;
use super::special::{Part, SpecialTokens};
use super::spm::ScoredMerges;
use super::template::Message;

/// Turns text into tokens and tokens into text.
#[derive(Debug)]
pub struct Tokenizer {
    pub(super) encoder: Encoder,
    pub(super) pieces: Pieces,
    /// Tokens put before and after a prompt, for encoders that do not do so themselves.
    pub(super) prefix: Option<u32>,
    pub(super) suffix: Option<u32>,
    /// Whether a space comes before a text when it is encoded, to be dropped when it is decoded.
    pub(super) space_prefix: bool,
}

/// What finds the tokens.
#[derive(Debug)]
pub(super) enum Encoder {
    /// Crate tokenizers with a `tokenizer.json`, which knows itself what to put around a prompt.
    Json(Box<CrateTokenizer>),
    /// Crate tokenizers with a vocabulary from GGUF.
    BytePairs(Box<CrateTokenizer>),
    /// Merging by score.
    Scored { specials: SpecialTokens, merges: ScoredMerges, texts: Vec<Box<str>> },
}

/// Tokens that a tokenizer puts around a prompt.
#[derive(Debug)]
pub(super) struct Around {
    /// Tokens before the text.
    pub(super) before: Vec<u32>,
    /// Tokens after the text.
    pub(super) after: Vec<u32>,
    /// Whether the prompt was found between them; otherwise all of it counts as before.
    pub(super) is_known: bool,
}

impl Tokenizer {
    /// The tokens of `text`. Special tokens written in it are recognized; none are added.
    ///
    /// # Errors
    /// [`Error::Encode`] when crate tokenizers fails.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
        match &self.encoder {
            Encoder::Json(inner) | Encoder::BytePairs(inner) => encode_with(inner, text, false),
            Encoder::Scored { specials, merges, .. } => {
                Ok(encode_scored(specials, merges, self.space_prefix, text, None))
            }
        }
    }

    /// The tokens of `text`, in which nothing is a control token.
    ///
    /// # Errors
    /// The errors of [`Self::encode`].
    pub fn encode_text(&self, text: &str) -> Result<Vec<u32>, Error> {
        let words = self.control_words(&[]);
        let guard = words.guard(&[Message::user(text)]);
        self.encode_guarded(&guard.text(text), guard.mark())
    }

    /// The tokens of a text in which a [`Guard`](super::Guard) has put `mark` into words that are no control tokens.
    ///
    /// # Errors
    /// The errors of [`Self::encode`].
    pub fn encode_guarded(&self, text: &str, mark: char) -> Result<Vec<u32>, Error> {
        if !text.contains(mark) {
            return self.encode(text);
        }
        match &self.encoder {
            Encoder::Json(inner) | Encoder::BytePairs(inner) => {
                without_mark(inner, text, mark).map_err(|source| Error::Encode { source })
            }
            Encoder::Scored { specials, merges, .. } => {
                Ok(encode_scored(specials, merges, self.space_prefix, text, Some(mark)))
            }
        }
    }

    /// The tokens of a rendered conversation: as [`Self::encode_guarded`], with the beginning that the model was trained to see,
    /// if the template does not write it.
    ///
    /// # Errors
    /// The errors of [`Self::encode`].
    pub fn encode_rendered(&self, text: &str, mark: char) -> Result<Vec<u32>, Error> {
        let tokens = self.encode_guarded(text, mark)?;
        self.with_beginning(tokens)
    }

    /// `tokens` after the beginning that the tokenizer puts before a prompt, unless they have it already.
    ///
    /// # Errors
    /// The errors of [`Self::encode`].
    pub fn with_beginning(&self, tokens: Vec<u32>) -> Result<Vec<u32>, Error> {
        let mut whole = self.beginning()?;
        if tokens.starts_with(&whole) {
            return Ok(tokens);
        }
        whole.extend(tokens);
        Ok(whole)
    }

    /// The tokens that the tokenizer puts before a text, such as BOS; none where they cannot be told from the text.
    ///
    /// # Errors
    /// The errors of [`Self::encode`].
    pub fn beginning(&self) -> Result<Vec<u32>, Error> {
        let around = self.around()?;
        Ok(if around.is_known { around.before } else { Vec::new() })
    }

    /// What is put around a prompt.
    ///
    /// # Errors
    /// The errors of [`Self::encode`].
    pub(super) fn around(&self) -> Result<Around, Error> {
        let bare = self.encode("a")?;
        let whole = self.encode_prompt("a")?;
        let start = whole.windows(bare.len().max(1)).position(|window| *window == *bare);
        let (before, after) = match start {
            Some(start) => (&whole[..start], &whole[start + bare.len()..]),
            None => (whole.as_slice(), [].as_slice()),
        };
        Ok(Around { before: before.to_vec(), after: after.to_vec(), is_known: start.is_some() })
    }

    /// Words that become control tokens: special tokens, and others recognized whole that a template writes, which has `marks`.
    pub fn control_words(&self, marks: &[String]) -> ControlWords {
        let is_control =
            |text: &str, is_special: bool| is_special || marks.iter().any(|mark| mark.as_str() == text);
        let words: Vec<Box<str>> = match &self.encoder {
            Encoder::Json(inner) | Encoder::BytePairs(inner) => {
                let added = inner.get_added_tokens_decoder().into_values();
                let control = added.filter(|token| is_control(&token.content, token.special));
                control.map(|token| token.content.into()).collect()
            }
            Encoder::Scored { specials, .. } => {
                let control = specials.iter().filter(|(text, id)| is_control(text, self.is_special(*id)));
                control.map(|(text, _)| text.into()).collect()
            }
        };
        ControlWords::new(words)
    }

    /// The tokens of `text` with those around it that the model was trained to see around a text.
    ///
    /// # Errors
    /// The errors of [`Self::encode`].
    pub fn encode_prompt(&self, text: &str) -> Result<Vec<u32>, Error> {
        if let Encoder::Json(inner) = &self.encoder {
            return encode_with(inner, text, true);
        }
        let mut tokens = self.encode(text)?;
        if let Some(prefix) = self.prefix {
            tokens.insert(0, prefix);
        }
        tokens.extend(self.suffix);
        Ok(tokens)
    }

    /// Tokens that are recognized whole, with their ids; none for vocabularies that merge by score.
    pub(super) fn added_tokens(&self) -> Vec<(u32, AddedToken)> {
        match &self.encoder {
            Encoder::Json(inner) | Encoder::BytePairs(inner) => {
                inner.get_added_tokens_decoder().into_iter().collect()
            }
            Encoder::Scored { .. } => Vec::new(),
        }
    }

    /// Number of token ids.
    pub fn vocab_size(&self) -> usize {
        self.pieces.len()
    }

    /// The bytes `token` stands for; none for an id outside the vocabulary.
    pub fn piece(&self, token: u32) -> &[u8] {
        self.pieces.bytes(token)
    }

    /// Whether shown text leaves `token` out: control tokens, and ids outside the vocabulary.
    pub fn is_special(&self, token: u32) -> bool {
        self.pieces.is_hidden(token)
    }

    /// Whether decoding a text drops a leading space that encoding put there.
    pub fn has_space_prefix(&self) -> bool {
        self.space_prefix
    }

    /// The id of the token spelled `text` in the vocabulary.
    pub fn token_id(&self, text: &str) -> Option<u32> {
        match &self.encoder {
            Encoder::Json(inner) | Encoder::BytePairs(inner) => inner.token_to_id(text),
            Encoder::Scored { texts, .. } => {
                texts.iter().position(|token| **token == *text).map(|index| index as u32)
            }
        }
    }

    /// How the vocabulary spells `token`, such as `<s>` or `▁the`.
    pub fn token_text(&self, token: u32) -> Option<String> {
        match &self.encoder {
            Encoder::Json(inner) | Encoder::BytePairs(inner) => inner.id_to_token(token),
            Encoder::Scored { texts, .. } => texts.get(token as usize).map(ToString::to_string),
        }
    }
}

fn encode_with(inner: &CrateTokenizer, text: &str, add_special: bool) -> Result<Vec<u32>, Error> {
    let encoding = inner.encode_fast(text, add_special).map_err(|source| Error::Encode { source })?;
    Ok(encoding.get_ids().to_vec())
}

/// Control tokens are looked for with the marks in place, and the rest is tokenized without them.
fn without_mark(inner: &CrateTokenizer, text: &str, mark: char) -> tokenizers::Result<Vec<u32>> {
    let mut parts = inner.get_added_vocabulary().extract_and_normalize(inner.get_normalizer(), text);
    parts.normalize(|part| part.replace(mark, ""))?;
    if let Some(cuts) = inner.get_pre_tokenizer() {
        cuts.pre_tokenize(&mut parts)?;
    }
    parts.tokenize(|part| inner.get_model().tokenize(part.get()))?;
    let encoding = parts.into_encoding(None, 0, OffsetType::None)?;
    Ok(encoding.get_ids().to_vec())
}

/// Special tokens stand for themselves; a space comes before the text and before what follows a special token.
fn encode_scored(
    specials: &SpecialTokens,
    merges: &ScoredMerges,
    space_prefix: bool,
    text: &str,
    mark: Option<char>,
) -> Vec<u32> {
    let mut output = Vec::new();
    for part in specials.split(text) {
        match part {
            Part::Token(id) => output.push(id),
            Part::Text(text) => {
                let mut spelled = if space_prefix { "▁".to_owned() } else { String::new() };
                spelled.extend(
                    text.chars().filter(|c| Some(*c) != mark).map(|c| if c == ' ' { '▁' } else { c }),
                );
                merges.encode(&spelled, &mut output);
            }
        }
    }
    output
}

#[cfg(test)]
mod tests;
