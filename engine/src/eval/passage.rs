//! Passages of text whose tokens are scored: windows of a file, or a model's own replies.

use std::ops::Range;

use super::error::Error;

/// Smallest window: one token of context and one to score.
const SMALLEST_WINDOW: usize = 2;

/// A text whose tokens from `first` on are scored; those before are context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// All tokens of the passage.
    pub tokens: Vec<u32>,
    /// Index of the first scored token, at least 1.
    pub first: usize,
}

impl Passage {
    /// Number of scored tokens.
    pub fn n_scored(&self) -> usize {
        self.tokens.len().saturating_sub(self.first)
    }

    /// The same with `beginning`, the tokens that a tokenizer puts before a text, in place of its first tokens: a model that was
    /// trained to see them is lost without. The scored tokens stay. llama.cpp's perplexity tool does the same.
    #[must_use]
    pub fn begun_with(mut self, beginning: &[u32]) -> Self {
        let n = beginning.len().min(self.first);
        self.tokens[..n].copy_from_slice(&beginning[..n]);
        self
    }

    /// Ranges of the scored positions, of at most `most` each.
    pub(super) fn runs(&self, most: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let end = self.tokens.len();
        (self.first..end).step_by(most).map(move |start| start..end.min(start + most))
    }
}

/// Divides a text into passages of `context` tokens without overlap, of which the second half is scored, so that every scored
/// token has at least half a window of context; stops after `most` scored tokens. llama.cpp's perplexity tool scores the same
/// positions.
///
/// # Errors
/// [`Error::WindowTooSmall`] or [`Error::TextTooShort`].
pub fn cut(tokens: &[u32], context: usize, most: usize) -> Result<Vec<Passage>, Error> {
    if context < SMALLEST_WINDOW {
        return Err(Error::WindowTooSmall { context });
    }
    if tokens.len() < context {
        return Err(Error::TextTooShort { tokens: tokens.len(), context });
    }
    let first = context / 2;
    let passage = |window: &[u32]| Passage { tokens: window.to_vec(), first };
    Ok(tokens.chunks_exact(context).take(most.div_ceil(context - first).max(1)).map(passage).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_begins_as_the_tokenizer_begins_a_text_and_the_same_tokens_are_scored() {
        let text: Vec<u32> = (10..20).collect();
        let plain = cut(&text, 4, 10).unwrap();
        for (plain, begun) in plain.iter().zip(plain.clone().into_iter().map(|one| one.begun_with(&[1]))) {
            assert_eq!(begun.tokens[0], 1);
            assert_eq!((begun.first, &begun.tokens[1..]), (plain.first, &plain.tokens[1..]));
            assert_eq!(plain.clone().begun_with(&[]), *plain);
            assert_eq!(plain.clone().begun_with(&[1, 2, 3, 4, 5]).tokens[2..], plain.tokens[2..]);
        }
    }
}
