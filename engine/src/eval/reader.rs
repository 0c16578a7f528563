//! Feeds passages to a model and yields its logits at the scored positions.

use std::ops::Range;

use rayon::prelude::*;

use super::error::Error;
use super::passage::Passage;
use crate::backend::{Decoder, Logits, Sequence};
use crate::progress::{Cancel, Observer, Progress};

/// Positions whose logits are computed together: few enough for their logits to stay small beside any model.
const CHUNK: usize = 32;

/// Feeds one passage after the other, each from an empty sequence.
pub(super) struct Reader {
    sequence: Box<dyn Sequence>,
    /// Largest number of tokens that are fed together.
    chunk: usize,
}

impl Reader {
    /// A reader for passages of up to `longest` tokens, of which at most `chunk` are fed together.
    ///
    /// # Errors
    /// [`Error::Backend`] when allocation fails.
    pub(super) fn new(decoder: &dyn Decoder, longest: usize, chunk: usize) -> Result<Self, Error> {
        Ok(Self { sequence: decoder.sequence(longest)?, chunk })
    }

    /// Begins a passage: feeds the tokens whose successors are not scored.
    ///
    /// # Errors
    /// [`Error::WindowTooSmall`] for a passage whose first token is scored; [`Error::Backend`].
    pub(super) fn begin(&mut self, passage: &Passage, cancel: &Cancel) -> Result<(), Error> {
        self.sequence.truncate(0);
        // The logits after a token predict the next one.
        let n_unscored = passage.first.checked_sub(1).ok_or(Error::WindowTooSmall { context: 0 })?;
        for chunk in passage.tokens[..n_unscored].chunks(self.chunk) {
            self.sequence.feed(chunk, Logits::None, cancel)?;
        }
        Ok(())
    }

    /// The logits that predict the tokens at `run`, which follow those fed so far: `[run, vocab]`.
    ///
    /// # Errors
    /// [`Error::Backend`] if the decoder fails.
    pub(super) fn predict(
        &mut self,
        passage: &Passage,
        run: &Range<usize>,
        cancel: &Cancel,
    ) -> Result<&[f32], Error> {
        Ok(self.sequence.feed(&passage.tokens[run.start - 1..run.end - 1], Logits::All, cancel)?)
    }
}

/// Calls `look` for every scored position of `passages`, and returns its results in order; its arguments are the position's
/// index, the logits of `decoder` there and the next token. It runs on several threads. Progress counts scored tokens.
///
/// # Errors
/// [`Error::Backend`] if the decoder fails.
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
    let mut reader = Reader::new(decoder, longest, CHUNK)?;
    let mut results = Vec::with_capacity(total);
    for passage in passages {
        reader.begin(passage, cancel)?;
        for run in passage.runs(CHUNK) {
            let logits = reader.predict(passage, &run, cancel)?;
            let first = results.len();
            let rows = logits.par_chunks(vocab).zip(&passage.tokens[run]).enumerate();
            let looked: Vec<T> = rows.map(|(row, (logits, &next))| look(first + row, logits, next)).collect();
            results.extend(looked);
            observer.progress(Progress::new("", results.len() as u64, total as u64));
        }
    }
    Ok(results)
}
