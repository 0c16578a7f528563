//! Texts whose tokens are scored: parts of a file, or what a model wrote itself.

use std::ops::Range;

use super::error::Error;

/// Fewest tokens of a window: one to see and one to score.
const SMALLEST_WINDOW: usize = 2;

/// A text of which the tokens from `first` on are scored; those before are only seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// All its tokens.
    pub tokens: Vec<u32>,
    /// Position of the first that is scored, at least 1.
    pub first: usize,
}

impl Passage {
    /// Tokens that are scored.
    pub fn n_scored(&self) -> usize {
        self.tokens.len().saturating_sub(self.first)
    }

    /// The positions that are scored, in runs of at most `most`.
    pub(super) fn runs(&self, most: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let end = self.tokens.len();
        (self.first..end).step_by(most).map(move |start| start..end.min(start + most))
    }
}

/// Cuts a text into passages of `context` tokens that do not overlap, of which the second half is scored, so that every scored
/// token has at least half a window before it; until `most` tokens are scored. llama.cpp's perplexity tool scores the same
/// positions.
///
/// # Errors
/// [`Error::WindowTooSmall`], [`Error::TextTooShort`].
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
