//! Why a backend could not load or run a model.

use crate::base::Size;
use crate::progress::Cancelled;

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
    /// A sequence was fed by a decoder that did not make it.
    #[error("the sequence belongs to another model")]
    OtherSequence,
    /// A snapshot was restored into a sequence of another model, backend or type of KV cache, or a shorter one.
    #[error("the saved state of {tokens} tokens does not belong to this sequence")]
    OtherSnapshot {
        /// Tokens of the snapshot.
        tokens: usize,
    },
    /// Memory for buffers or weights could not be allocated.
    #[error("could not allocate {size} of memory for {what}", size = Size(*bytes))]
    OutOfMemory {
        /// What the memory was for.
        what: &'static str,
        /// Bytes that were asked for.
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
    /// There is no backend of this name.
    #[error("there is no backend called {name}; there are {known}", known = known.join(", "))]
    NoBackend {
        /// The name that was asked for.
        name: String,
        /// The names of all backends.
        known: Vec<&'static str>,
    },
    /// The backend is known, but this program was built without it.
    #[error("this program was built without the backend {name}")]
    NotBuiltIn {
        /// The backend.
        name: &'static str,
    },
    /// The backend does not have the device that was asked for.
    #[error("the backend {backend} has no device {device}; it has {n_devices}, counted from 0")]
    NoDevice {
        /// The backend.
        backend: &'static str,
        /// Position of the device that was asked for.
        device: usize,
        /// Number of devices it has.
        n_devices: usize,
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

impl Error {
    /// The error of memory for `what` that could not be allocated, `bytes` in all.
    pub(super) fn out_of_memory(what: &'static str, bytes: u64) -> impl Fn() -> Self {
        move || Self::OutOfMemory { what, bytes }
    }
}
