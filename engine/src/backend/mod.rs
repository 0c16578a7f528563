//! Runs a described decoder: on our own kernels ([`cpu`]) or on candle tensors ([`candle`]).
//!
//! An architecture is a [`DecoderSpec`] plus tensors under GGUF's names; one forward pass per backend runs any spec.

pub mod candle;
pub mod cpu;
pub mod foreign;
pub mod spec;
pub mod tensors;

pub use nibble_kernels::Activation;
pub use nibble_kernels::attention::CacheType;

pub use spec::{DecoderSpec, LayerSpec, Rope, RopeKind, RopeScaling};
pub use tensors::{Bound, SlotId, TensorRole, TensorSlot, bind};

use crate::progress::{Cancel, Cancelled};

/// Why a backend could not load or run a model.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A tensor the specification needs is not in the file.
    #[error("the model has no tensor {name}")]
    MissingTensor {
        /// The tensor.
        name: String,
    },
    /// A tensor's shape contradicts the specification.
    #[error("tensor {name} has shape {found:?}, but the model's configuration asks for {expected:?}")]
    WrongShape {
        /// The tensor.
        name: String,
        /// Shape in the file, outermost first.
        found: Vec<usize>,
        /// Shape the specification asks for.
        expected: Vec<usize>,
    },
    /// More tokens than the sequence has room for.
    #[error("{asked} tokens do not fit a context of {capacity}")]
    ContextFull {
        /// Tokens the sequence would hold.
        asked: usize,
        /// Tokens it can hold.
        capacity: usize,
    },
    /// A token outside the vocabulary.
    #[error("token {token} is outside the vocabulary of {vocab}")]
    UnknownToken {
        /// The token.
        token: u32,
        /// Size of the vocabulary.
        vocab: usize,
    },
    /// Memory for buffers or weights cannot be had.
    #[error("{bytes} bytes of memory for {what} cannot be had")]
    OutOfMemory {
        /// What the memory was for.
        what: &'static str,
        /// How much was asked for.
        bytes: u64,
    },
    /// The file could not be read.
    #[error("reading tensor {name}")]
    Read {
        /// The tensor.
        name: String,
        /// What went wrong.
        source: std::io::Error,
    },
    /// candle failed.
    #[error("candle: {message}")]
    Candle {
        /// Its message.
        message: String,
    },
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Which positions' logits a call of [`Sequence::feed`] returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logits {
    /// None: only the cache is filled.
    None,
    /// Those after the last token: `[vocab]`.
    Last,
    /// Those after every token: `[tokens, vocab]`.
    All,
    /// The same, with the very bits that feeding the tokens one by one would give; for a few tokens.
    Each,
}

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
}

/// One running text: the keys and values of its tokens so far.
pub trait Sequence: Send {
    /// Tokens fed so far.
    fn len(&self) -> usize;

    /// Whether nothing was fed yet.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tokens that fit.
    fn capacity(&self) -> usize;

    /// Forgets all tokens from position `len` on.
    fn truncate(&mut self, len: usize);

    /// Runs the decoder over `tokens`, appended to those before, and returns the wanted logits, row by row.
    ///
    /// # Errors
    /// [`Error::ContextFull`] and [`Error::UnknownToken`] before anything is computed, [`Error::Cancelled`] between
    /// layers; the sequence then holds the tokens it held before the call.
    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], Error>;
}
