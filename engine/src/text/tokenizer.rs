//! One face over all tokenizers: text to tokens, tokens to bytes.
//!
//! `tokenizer.json` is run by crate tokenizers. A `gpt2` vocabulary from a GGUF file is rebuilt as the same crate's
//! byte-pair model, so that both go one way; a `llama` vocabulary, which merges by score, runs on our own loop. How a tokenizer is
//! made stands in `from_json.rs` and `from_gguf.rs`, how tokens become text in `detokenize.rs`.

use tokenizers::Tokenizer as CrateTokenizer;

use super::error::Error;
use super::pieces::Pieces;
use super::special::{Part, SpecialTokens};
use super::spm::ScoredMerges;

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

impl Tokenizer {
    /// The tokens of `text`. Special tokens written in it are recognized; none are added.
    ///
    /// # Errors
    /// [`Error::Encode`] when crate tokenizers fails.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
        match &self.encoder {
            Encoder::Json(inner) | Encoder::BytePairs(inner) => encode_with(inner, text, false),
            Encoder::Scored { specials, merges, .. } => {
                Ok(encode_scored(specials, merges, self.space_prefix, text))
            }
        }
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

/// Special tokens stand for themselves; a space comes before the text and before what follows a special token.
fn encode_scored(
    specials: &SpecialTokens,
    merges: &ScoredMerges,
    space_prefix: bool,
    text: &str,
) -> Vec<u32> {
    let mut output = Vec::new();
    for part in specials.split(text) {
        match part {
            Part::Token(id) => output.push(id),
            Part::Text(text) => {
                let prefix = if space_prefix { "▁" } else { "" };
                merges.encode(&format!("{prefix}{}", text.replace(' ', "▁")), &mut output);
            }
        }
    }
    output
}

#[cfg(test)]
mod tests;
