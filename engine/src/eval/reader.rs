//! A model that reads passages and says at every scored position what it expects to follow.

use std::ops::Range;

use rayon::prelude::*;

use super::error::Error;
use super::passage::Passage;
use crate::backend::{Decoder, Logits, Sequence};
use crate::progress::{Cancel, Observer, Progress};

/// Positions whose logits are computed at once: few enough for their logits to stay small beside any model.
const CHUNK: usize = 32;

/// Reads one passage after the other, each from an emptied sequence.
pub(super) struct Reader {
    sequence: Box<dyn Sequence>,
    /// Most tokens that are computed at once.
    chunk: usize,
}

impl Reader {
    /// Makes room for passages of up to `longest` tokens; at most `chunk` of them are computed at once.
    ///
    /// # Errors
    /// [`Error::Backend`] when there is no memory.
    pub(super) fn new(decoder: &dyn Decoder, longest: usize, chunk: usize) -> Result<Self, Error> {
        Ok(Self { sequence: decoder.sequence(longest)?, chunk })
    }

    /// Begins a passage: reads the tokens whose followers are not scored.
    ///
    /// # Errors
    /// [`Error::WindowTooSmall`] for a passage whose first token is scored, [`Error::Backend`].
    pub(super) fn begin(&mut self, passage: &Passage, cancel: &Cancel) -> Result<(), Error> {
        self.sequence.truncate(0);
        // The logits after a token are what the model says of the next.
        let n_unscored = passage.first.checked_sub(1).ok_or(Error::WindowTooSmall { context: 0 })?;
        for chunk in passage.tokens[..n_unscored].chunks(self.chunk) {
            self.sequence.feed(chunk, Logits::None, cancel)?;
        }
        Ok(())
    }

    /// The logits that predict the tokens at `run`, which follows on what was read so far: a row for each.
    ///
    /// # Errors
    /// [`Error::Backend`].
    pub(super) fn predict(
        &mut self,
        passage: &Passage,
        run: &Range<usize>,
        cancel: &Cancel,
    ) -> Result<&[f32], Error> {
        Ok(self.sequence.feed(&passage.tokens[run.start - 1..run.end - 1], Logits::All, cancel)?)
    }
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
