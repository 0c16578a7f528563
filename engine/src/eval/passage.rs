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
