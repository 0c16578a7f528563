//! A vocabulary as GGUF's `tokenizer.*` keys hold it, as a plain value.
//!
//! Reading and writing the keys themselves is `models/vocabulary.rs`; here the meaning begins.

use super::end_tokens::is_end_name;
use super::error::Error;

/// What a token is, with the numbers of `tokenizer.ggml.token_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenType {
    /// Token of plain text.
    Normal,
    /// Stands for what has no token.
    Unknown,
    /// Steers the model; not shown.
    Control,
    /// Added to a trained vocabulary; recognized whole wherever it is written.
    UserDefined,
    /// Fills a place.
    Unused,
    /// A single byte, spelled `<0x0A>`.
    Byte,
}

impl TokenType {
    /// The type behind GGUF's number; unknown numbers are normal tokens, as llama.cpp has it.
    pub fn from_gguf(number: i32) -> Self {
        match number {
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => Self::Normal,
        }
    }

    /// GGUF's number for this type.
    pub fn to_gguf(self) -> i32 {
        match self {
            Self::Normal => 1,
            Self::Unknown => 2,
            Self::Control => 3,
            Self::UserDefined => 4,
            Self::Unused => 5,
            Self::Byte => 6,
        }
    }

    /// Whether text shown to a person leaves the token out.
    pub fn is_hidden(self) -> bool {
        matches!(self, Self::Unknown | Self::Control)
    }
}

/// A tokenizer as GGUF metadata spells it; the field names are the keys' last parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GgufVocabulary {
    /// `tokenizer.ggml.model`: `gpt2` or `llama`.
    pub model: String,
    /// `tokenizer.ggml.pre`: the pre-tokenizer's name.
    pub pre: Option<String>,
    /// Name of the model (`general.name`), by which llama.cpp knows Phi-3, whose special tokens swallow spaces.
    pub model_name: Option<String>,
    /// The tokens by id.
    pub tokens: Vec<String>,
    /// Merge priorities of a `llama` vocabulary; empty or one per token.
    pub scores: Vec<f32>,
    /// Types; empty (all normal) or one per token.
    pub types: Vec<TokenType>,
    /// Merges of a `gpt2` vocabulary, best first, each two tokens with a space between.
    pub merges: Vec<String>,
    /// Begins a text.
    pub bos: Option<u32>,
    /// Ends a text.
    pub eos: Option<u32>,
    /// Ends a turn.
    pub eot: Option<u32>,
    /// Stands for what has no token.
    pub unknown: Option<u32>,
    /// Fills a batch.
    pub padding: Option<u32>,
    /// Whether an encoded prompt begins with `bos`; the vocabulary model's habit if `None`.
    pub add_bos: Option<bool>,
    /// Whether an encoded prompt ends with `eos`; no if `None`.
    pub add_eos: Option<bool>,
    /// Whether a `llama` vocabulary puts a space before a text; yes if `None`.
    pub add_space_prefix: Option<bool>,
    /// Value of `tokenizer.chat_template`.
    pub chat_template: Option<String>,
    /// `tokenizer.chat_template.NAME`, by name.
    pub named_templates: Vec<(String, String)>,
    /// `tokenizer.huggingface.json`: the original, for tokenizers that the keys above cannot express.
    pub huggingface_json: Option<String>,
}

impl GgufVocabulary {
    /// Type of token `id`.
    pub fn token_type(&self, id: u32) -> TokenType {
        self.types.get(id as usize).copied().unwrap_or(TokenType::Normal)
    }

    /// Tokens that end a reply: `eos`, `eot`, and control tokens with one of the names that models give to them, for
    /// files that do not say.
    pub fn end_tokens(&self) -> Vec<u32> {
        let named = (0u32..)
            .zip(&self.tokens)
            .filter(|(id, text)| self.token_type(*id) == TokenType::Control && is_end_name(text));
        let mut tokens: Vec<u32> =
            self.eos.into_iter().chain(self.eot).chain(named.map(|(id, _)| id)).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    /// Leaves out tokens at the end for which the embedding of `n_rows` has no row, unless text may need them: a model that meets
    /// one cannot go on.
    pub fn drop_without_row(&mut self, n_rows: usize) {
        let is_extra = |id: usize| !matches!(self.token_type(id as u32), TokenType::Normal | TokenType::Byte);
        if self.tokens.len() <= n_rows || !(n_rows..self.tokens.len()).all(is_extra) {
            return;
        }
        self.tokens.truncate(n_rows);
        self.types.truncate(n_rows);
        self.scores.truncate(n_rows);
        for id in [&mut self.bos, &mut self.eos, &mut self.eot, &mut self.unknown, &mut self.padding] {
            *id = id.filter(|id| (*id as usize) < n_rows);
        }
    }

    /// Refuses lists of unequal length and ids outside the vocabulary.
    ///
    /// # Errors
    /// [`Error::VocabularyLength`], [`Error::TokenOutOfRange`], [`Error::EmptyVocabulary`].
    pub fn check(&self) -> Result<(), Error> {
        let expected = self.tokens.len();
        if expected == 0 {
            return Err(Error::EmptyVocabulary);
        }
        for (field, found) in [("scores", self.scores.len()), ("token_type", self.types.len())] {
            if found != 0 && found != expected {
                return Err(Error::VocabularyLength { field, found, expected });
            }
        }
        let ids = [
            ("bos_token_id", self.bos),
            ("eos_token_id", self.eos),
            ("eot_token_id", self.eot),
            ("unknown_token_id", self.unknown),
            ("padding_token_id", self.padding),
        ];
        match ids.into_iter().find(|(_, id)| id.is_some_and(|id| id as usize >= expected)) {
            Some((field, Some(token))) => Err(Error::TokenOutOfRange { field, token, vocab: expected }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_special_tokens_beyond_the_embedding_are_left_out() {
        let vocabulary = |last: TokenType| GgufVocabulary {
            tokens: ["a", "b", "<x>"].map(str::to_owned).to_vec(),
            types: vec![TokenType::Normal, TokenType::Normal, last],
            eos: Some(1),
            padding: Some(2),
            ..GgufVocabulary::default()
        };
        let mut extra = vocabulary(TokenType::Control);
        extra.drop_without_row(2);
        assert_eq!((extra.tokens.len(), extra.types.len(), extra.eos, extra.padding), (2, 2, Some(1), None));
        assert!(extra.check().is_ok());
        for (last, n_rows) in [(TokenType::Normal, 2), (TokenType::Control, 3), (TokenType::Control, 4)] {
            let mut same = vocabulary(last);
            same.drop_without_row(n_rows);
            assert_eq!(same, vocabulary(last));
        }
    }
}
