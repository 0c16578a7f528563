//! Texts whose tokens are scored: parts of a file, or what a model wrote itself.

use rayon::prelude::*;

use super::Error;
use crate::backend::{Decoder, Logits};
use crate::progress::{Cancel, Observer, Progress};

/// Positions whose logits are computed at once: few enough for their logits to stay small beside any model.
const CHUNK: usize = 32;

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
}

/// Cuts a text into passages of `context` tokens of which the second half is scored, until `most` tokens are scored.
///
/// # Errors
/// [`Error::WindowTooSmall`], [`Error::TextTooShort`].
pub fn cut(tokens: &[u32], context: usize, most: usize) -> Result<Vec<Passage>, Error> {
    super::check_windows(tokens, context)?;
    let first = context / 2;
    let passage = |window: &[u32]| Passage { tokens: window.to_vec(), first };
    Ok(tokens.chunks_exact(context).take(most.div_ceil(context - first).max(1)).map(passage).collect())
}

/// What `look` makes of every scored position of `passages`, in their order; it gets the position's index, the logits of
/// `decoder` there and the token that follows, and runs on several threads. Progress counts scored tokens.
///
/// # Errors
/// [`Error::Backend`].
pub fn for_each_position<T: Send>(
    decoder: &dyn Decoder,
    passages: &[Passage],
    look: impl Fn(usize, &[f32], u32) -> T + Sync,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Vec<T>, Error> {
    let vocab = decoder.spec().vocab_size;
    let total: usize = passages.iter().map(Passage::n_scored).sum();
    let longest = passages.iter().map(|passage| passage.tokens.len()).max().unwrap_or(1);
    let mut sequence = decoder.sequence(longest)?;
    let mut results = Vec::with_capacity(total);
    for passage in passages {
        sequence.truncate(0);
        let (before, scored) = passage.tokens.split_at(passage.first);
        // The logits after a token are what the model says of the next.
        let (&last, unscored) = before.split_last().ok_or(Error::WindowTooSmall { context: before.len() })?;
        for chunk in unscored.chunks(CHUNK) {
            sequence.feed(chunk, Logits::None, cancel)?;
        }
        let mut fed = last;
        for chunk in scored.chunks(CHUNK) {
            let inputs: Vec<u32> =
                std::iter::once(fed).chain(chunk.iter().copied()).take(chunk.len()).collect();
            let logits = sequence.feed(&inputs, Logits::All, cancel)?;
            let first = results.len();
            let rows = logits.par_chunks(vocab).zip(chunk).enumerate();
            let looked: Vec<T> = rows.map(|(row, (logits, &next))| look(first + row, logits, next)).collect();
            results.extend(looked);
            fed = chunk[chunk.len() - 1];
            observer.progress(Progress {
                item: String::new(),
                done: results.len() as u64,
                total: total as u64,
            });
        }
    }
    Ok(results)
}
