//! Incremental detokenization that never shows a partial character.
//!
//! A character may be spread over several byte tokens; its bytes are withheld until it is complete. Invalid bytes become
//! `U+FFFD` as in [`String::from_utf8_lossy`], so the concatenated pieces always equal the lossy decoding of all bytes.

use super::tokenizer::Tokenizer;

/// Longest partial character in bytes.
const MAX_PENDING: usize = 3;

/// State of one text; it holds no reference to the tokenizer.
#[derive(Clone, Debug)]
pub struct Detokenizer {
    pending: Vec<u8>,
    at_start: bool,
}

impl Detokenizer {
    /// Starts a text of its own, such as a reply: the space that a SentencePiece vocabulary prepends is dropped.
    pub fn new() -> Self {
        Self { pending: Vec::with_capacity(MAX_PENDING), at_start: true }
    }

    /// Starts the continuation of another text, where a leading space belongs to the text.
    pub fn continuing() -> Self {
        Self { at_start: false, ..Self::new() }
    }

    /// Appends to `text` the characters that `token` completes; special tokens add nothing.
    pub fn push(&mut self, tokenizer: &Tokenizer, token: u32, text: &mut String) {
        if tokenizer.is_special(token) {
            return;
        }
        let mut bytes = tokenizer.piece(token);
        if bytes.is_empty() {
            return;
        }
        if std::mem::take(&mut self.at_start) && tokenizer.has_space_prefix() {
            bytes = bytes.strip_prefix(b" ").unwrap_or(bytes);
        }
        if self.pending.is_empty() {
            self.pending.extend_from_slice(show_whole(bytes, text));
        } else {
            let mut joined = std::mem::take(&mut self.pending);
            joined.extend_from_slice(bytes);
            let rest = show_whole(&joined, text).len();
            joined.drain(..joined.len() - rest);
            self.pending = joined;
        }
    }

    /// Appends the withheld bytes of a character that was never completed, as `U+FFFD`.
    pub fn finish(&mut self, text: &mut String) {
        if !std::mem::take(&mut self.pending).is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

impl Default for Detokenizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Tokenizer {
    /// Decodes `tokens` to text, without special tokens; invalid UTF-8 becomes `U+FFFD`.
    pub fn decode(&self, tokens: &[u32]) -> String {
        let mut text = String::new();
        let mut detokenizer = Detokenizer::new();
        for &token in tokens {
            detokenizer.push(self, token, &mut text);
        }
        detokenizer.finish(&mut text);
        text
    }
}

/// Appends the complete characters of `bytes` to `text` and returns the rest: at most [`MAX_PENDING`] bytes of a partial one.
fn show_whole<'a>(mut bytes: &'a [u8], text: &mut String) -> &'a [u8] {
    loop {
        let (valid, rest) = match std::str::from_utf8(bytes) {
            Ok(all) => {
                text.push_str(all);
                return &[];
            }
            Err(error) => (error.valid_up_to(), error.error_len()),
        };
        // The prefix was just found valid; the lossy conversion borrows it without a copy.
        text.push_str(&String::from_utf8_lossy(&bytes[..valid]));
        let Some(invalid) = rest else { return &bytes[valid..] };
        text.push(char::REPLACEMENT_CHARACTER);
        bytes = &bytes[valid + invalid..];
    }
}
