//! Errors of loading or running a model.

use crate::base::Size;
use crate::progress::Cancelled;

/// An error of loading or running a model.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A tensor of the specification is missing in the file.
    #[error("the model has no tensor {name}")]
    MissingTensor {
        /// Name of the tensor.
        name: String,
    },
    /// A tensor's shape differs from the specification.
    #[error("tensor {name} has shape {found:?}, but the model's configuration requires {expected:?}")]
    WrongShape {
        /// Name of the tensor.
        name: String,
        /// Shape in the file, outermost first.
        found: Vec<usize>,
        /// Shape in the specification.
        expected: Vec<usize>,
    },
    /// The tokens exceed the capacity of the sequence.
    #[error("{asked} tokens do not fit a context of {capacity}")]
    ContextFull {
        /// Number of tokens that the sequence would have.
        asked: usize,
        /// Capacity of the sequence in tokens.
        capacity: usize,
    },
    /// A token outside the vocabulary.
    #[error("token {token} is outside the vocabulary of {vocab}")]
    UnknownToken {
        /// Id of the token.
        token: u32,
        /// Size of the vocabulary.
        vocab: usize,
    },
    /// A sequence was fed by a decoder that did not create it.
    #[error("the sequence belongs to another model")]
    OtherSequence,
    /// A snapshot was restored into a sequence of another model, backend or KV cache type, or of smaller capacity.
    #[error("the saved state of {tokens} tokens does not belong to this sequence")]
    OtherSnapshot {
        /// Number of tokens of the snapshot.
        tokens: usize,
    },
    /// Gradients of a layer were asked for that has a block without gradients.
    #[error(
        "layer {layer} is {block}, through which Nibble computes no gradients; choose a method that needs none"
    )]
    NoGradient {
        /// Index of the layer.
        layer: usize,
        /// Kind of the block, with an article.
        block: &'static str,
    },
    /// Memory for buffers or weights could not be allocated.
    #[error("could not allocate {size} of memory for {what}", size = Size(*bytes))]
    OutOfMemory {
        /// Purpose of the memory.
        what: &'static str,
        /// Requested size in bytes.
        bytes: u64,
    },
    /// Reading from the file failed.
    #[error("reading tensor {name}")]
    Read {
        /// Name of the tensor.
        name: String,
        /// The cause of the failure.
        source: std::io::Error,
    },
    /// No backend has this name.
    #[error("there is no backend called {name}; there are {known}", known = known.join(", "))]
    NoBackend {
        /// The requested name.
        name: String,
        /// The names of all backends.
        known: Vec<&'static str>,
    },
    /// The backend is known, but this program was built without it.
    #[error("this program was built without the backend {name}")]
    NotBuiltIn {
        /// Name of the backend.
        name: &'static str,
    },
    /// The backend does not have the requested device.
    #[error("the backend {backend} has no device {device}; it has {n_devices}, counted from 0")]
    NoDevice {
        /// Name of the backend.
        backend: &'static str,
        /// Index of the requested device.
        device: usize,
        /// Number of devices of the backend.
        n_devices: usize,
    },
    /// The backend does not round activations, so it has no modes of doing so.
    #[error("the backend {backend} computes activations in f32; it has no mode {mode}")]
    OnlyStandardActivations {
        /// Name of the backend.
        backend: &'static str,
        /// Name of the requested mode.
        mode: &'static str,
    },
    /// An operation of candle failed.
    #[error("candle: {message}")]
    Candle {
        /// Message of candle's error.
        message: String,
    },
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
}

impl Error {
    /// An error constructor for `bytes` of memory for `what` that could not be allocated.
    pub(super) fn out_of_memory(what: &'static str, bytes: u64) -> impl Fn() -> Self {
        move || Self::OutOfMemory { what, bytes }
    }
}
