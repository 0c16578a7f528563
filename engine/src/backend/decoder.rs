//! The interface of a loaded model: a [`Decoder`] with its weights, and [`Sequence`]s with the state of token sequences.

use std::any::Any;

use super::{DecoderSpec, Error, SlotId, Snapshot};
use crate::progress::Cancel;

/// A loaded model: weights, shared by all its sequences.
pub trait Decoder: Send + Sync {
    /// The specification that this decoder computes.
    fn spec(&self) -> &DecoderSpec;

    /// Size of the weights in memory, in bytes.
    fn weights_bytes(&self) -> u64;

    /// Bytes of the weights that one token reads: all, but of experts only those that it uses.
    fn token_bytes(&self) -> u64 {
        self.weights_bytes()
    }

    /// Creates a sequence with room for `capacity` tokens; its KV cache and buffers are allocated here, once.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when allocation fails.
    fn sequence(&self, capacity: usize) -> Result<Box<dyn Sequence>, Error>;

    /// Feeds several sequences at once: the tokens of all of them are multiplied with the weights together, each sequence with
    /// its own state. The logits are in [`Sequence::logits`] afterwards.
    ///
    /// A sequence gets the same bits as if it were fed alone, except on AMX tiles, whose arithmetic depends on the number of
    /// tokens computed together. Nothing is allocated once a batch of this size was fed.
    ///
    /// # Errors
    /// [`Error::ContextFull`], [`Error::UnknownToken`] and [`Error::OtherSequence`] before anything is computed,
    /// [`Error::Cancelled`] between blocks; all sequences then hold the tokens they held before the call.
    fn feed(&self, batch: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), Error>;
}

/// A sequence of tokens and its state so far.
pub trait Sequence: Any + Send {
    /// Number of tokens fed so far.
    fn len(&self) -> usize;

    /// Whether no token was fed yet.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Largest number of tokens of the sequence.
    fn capacity(&self) -> usize;

    /// Removes the tokens from position `len` on and returns how many remain: `len`, or fewer where the state can only return
    /// to an earlier position. Truncating to 0 always succeeds.
    fn truncate(&mut self, len: usize) -> usize;

    /// Copies the state; [`Sequence::restore`] continues from it with the same bits.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when allocation of the copy fails.
    fn snapshot(&self) -> Result<Snapshot, Error>;

    /// Replaces the state by that of `snapshot`, taken from any sequence of the same model, backend and KV cache type.
    ///
    /// # Errors
    /// [`Error::OtherSnapshot`] when it has another origin or more tokens than fit; the sequence is then unchanged.
    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), Error>;

    /// The logits that the last feed requested, row by row, `[rows, vocab]`; empty before the first feed.
    fn logits(&self) -> &[f32];

    /// Feeds `tokens`, appended to those before, and returns the requested logits, row by row: [`Decoder::feed`] for a single
    /// sequence.
    ///
    /// # Errors
    /// The errors of [`Decoder::feed`].
    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], Error>;
}

/// The positions whose logits a feed returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logits {
    /// No logits; only the state advances.
    None,
    /// Logits after the last token: `[vocab]`.
    Last,
    /// Logits after every token: `[tokens, vocab]`.
    All,
    /// As `All`, bit-identical to feeding the tokens one at a time; meant for verifying a few draft tokens.
    AllExact,
}

/// One sequence of a batch, and the tokens to feed it.
pub struct Feed<'a> {
    /// The sequence, created by the decoder that is fed.
    pub sequence: &'a mut (dyn Sequence + 'static),
    /// The tokens, appended to those before.
    pub tokens: &'a [u32],
    /// The positions whose logits are requested.
    pub logits: Logits,
    /// Receiver of the inputs of all matrix products, if any.
    pub tap: Option<&'a mut dyn Tap>,
    /// The residual stream, `[tokens, d_model]`, as it enters the first layer, in place of the tokens' embeddings; afterwards it
    /// holds the stream as it leaves the last layer. For running a model layer by layer.
    pub stream: Option<&'a mut [f32]>,
}

impl<'a> Feed<'a> {
    /// Feeds `tokens` to `sequence`, without a tap or a residual stream of its own.
    pub fn new(sequence: &'a mut (dyn Sequence + 'static), tokens: &'a [u32], logits: Logits) -> Self {
        Self { sequence, tokens, logits, tap: None, stream: None }
    }
}

/// Receives the input of every matrix product while a sequence is fed, for calibration, importance and diagnostics.
///
/// Without a tap nothing is computed for it. With one, results keep their bits, except on AMX tiles, where fewer tokens are
/// computed together so that every input exists in f32.
pub trait Tap {
    /// Receives the input of the product with the matrix `slot`, `[tokens, n_cols]`, in f32 before any rounding.
    ///
    /// A call of [`Decoder::feed`] calls this several times for each matrix, with successive tokens of the sequence: once for
    /// each chunk. Matrices that share an input are passed one after the other with the same rows. The output matrix receives
    /// the rows whose logits are requested; where the embedding takes its place, `slot` is the embedding's. Of a mixture of experts,
    /// the router's rows are also those of the experts' gate and up projections, which are not passed; the stack of down projections
    /// receives, expert by expert, the rows of the tokens that use it.
    fn input(&mut self, slot: SlotId, rows: &[f32]);
}

/// Checks that `feed` can be computed: its tokens are in the vocabulary and fit the sequence.
///
/// # Errors
/// [`Error::ContextFull`] or [`Error::UnknownToken`].
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
