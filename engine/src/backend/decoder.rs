//! What a backend makes of a model: a [`Decoder`] with its weights, and [`Sequence`]s with the state of running texts.

use std::any::Any;

use super::{DecoderSpec, Error, SlotId, Snapshot};
use crate::progress::Cancel;

/// A loaded model: weights, shared by all its sequences.
pub trait Decoder: Send + Sync {
    /// What this decoder computes.
    fn spec(&self) -> &DecoderSpec;

    /// Bytes its weights take in memory.
    fn weights_bytes(&self) -> u64;

    /// A sequence with room for `capacity` tokens; its cache and buffers are allocated here, once.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when they do not fit.
    fn sequence(&self, capacity: usize) -> Result<Box<dyn Sequence>, Error>;

    /// Feeds several sequences at once: the tokens of all of them go through the weights together, each sequence with its own state.
    /// The logits stand in [`Sequence::logits`] afterwards.
    ///
    /// A sequence gets the same bits as if it were fed alone, except on tiles of AMX, whose arithmetic depends on how many tokens are
    /// computed together. Nothing is allocated once a batch of this size was fed.
    ///
    /// # Errors
    /// [`Error::ContextFull`], [`Error::UnknownToken`] and [`Error::OtherSequence`] before anything is computed,
    /// [`Error::Cancelled`] between blocks; all sequences then hold the tokens they held before the call.
    fn feed(&self, batch: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), Error>;
}

/// One running text: the state after its tokens so far.
pub trait Sequence: Any + Send {
    /// Tokens fed so far.
    fn len(&self) -> usize;

    /// Whether nothing was fed yet.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tokens that fit.
    fn capacity(&self) -> usize;

    /// Forgets the tokens from position `len` on and returns how many are left: `len`, or fewer where the state can only go back to an
    /// earlier position. Going back to 0 always succeeds.
    fn truncate(&mut self, len: usize) -> usize;

    /// A copy of the state, from which [`Sequence::restore`] continues with the same bits.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when there is no memory for the copy.
    fn snapshot(&self) -> Result<Snapshot, Error>;

    /// Goes back, or ahead, to the state of `snapshot`, taken from any sequence of the same model, backend and type of KV cache.
    ///
    /// # Errors
    /// [`Error::OtherSnapshot`] when it comes from elsewhere or holds more tokens than fit; the sequence then stays as it was.
    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), Error>;

    /// The logits that the last feed asked for, row by row, `[rows, vocab]`; empty before the first.
    fn logits(&self) -> &[f32];

    /// Runs the decoder over `tokens`, appended to those before, and returns the wanted logits, row by row: [`Decoder::feed`] for a
    /// sequence alone.
    ///
    /// # Errors
    /// As [`Decoder::feed`].
    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], Error>;
}

/// The positions whose logits a feed returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logits {
    /// None: only the state moves on.
    None,
    /// Those after the last token: `[vocab]`.
    Last,
    /// Those after every token: `[tokens, vocab]`.
    All,
    /// The same, with the very bits that feeding the tokens one by one would give; for a few tokens.
    Each,
}

/// One sequence of a batch, and the tokens it is fed.
pub struct Feed<'a> {
    /// The sequence, made by the decoder that is fed.
    pub sequence: &'a mut (dyn Sequence + 'static),
    /// The tokens, appended to those before.
    pub tokens: &'a [u32],
    /// The positions whose logits are wanted.
    pub logits: Logits,
    /// Sees the inputs of all matrix products, if there is one.
    pub tap: Option<&'a mut dyn Tap>,
}

impl<'a> Feed<'a> {
    /// Feeds `tokens` to `sequence`, without a tap.
    pub fn new(sequence: &'a mut (dyn Sequence + 'static), tokens: &'a [u32], logits: Logits) -> Self {
        Self { sequence, tokens, logits, tap: None }
    }
}

/// Sees the input of every matrix product while a sequence is fed: the way to calibration, importance and diagnostics.
///
/// Without a tap nothing is computed for it. With one, results keep their bits, except on tiles of AMX, where fewer tokens are
/// computed together so that every input exists in f32.
pub trait Tap {
    /// Called with the input of the product with the matrix `slot`, `[tokens, n_cols]`, in f32 as it is before it is rounded.
    ///
    /// A call of [`Decoder::feed`] comes here several times for each matrix, with successive tokens of the sequence: once for each
    /// chunk. Matrices that share an input are called one after the other with the same rows. The output matrix sees the rows whose
    /// logits are wanted; where the embedding takes its place, `slot` is the embedding's.
    fn input(&mut self, slot: SlotId, rows: &[f32]);
}

/// Whether `feed` can be computed: its tokens are in the vocabulary and fit the sequence.
///
/// # Errors
/// [`Error::ContextFull`], [`Error::UnknownToken`].
pub(super) fn check(sequence: &dyn Sequence, tokens: &[u32], vocab: usize) -> Result<(), Error> {
    let (asked, capacity) = (sequence.len() + tokens.len(), sequence.capacity());
    if asked > capacity {
        return Err(Error::ContextFull { asked, capacity });
    }
    match tokens.iter().find(|&&token| token as usize >= vocab) {
        Some(&token) => Err(Error::UnknownToken { token, vocab }),
        None => Ok(()),
    }
}
