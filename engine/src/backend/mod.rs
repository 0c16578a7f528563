//! Backends that run a described decoder: on our own kernels ([`cpu`]) or on candle tensors ([`candle`]).
//!
//! An architecture is a [`DecoderSpec`], whose layers are lists of blocks, plus tensors under GGUF's names ([`tensors`]). A
//! [`Backend`] has one file per kind of block and runs any spec; [`all`] lists the backends.

mod activation_mode;
mod bound;
#[cfg(feature = "candle")]
pub mod candle;
pub mod cpu;
mod decoder;
mod device;
mod error;
pub mod foreign;
pub mod gradient;
#[cfg(any(test, not(feature = "candle")))]
mod not_built_in;
mod registry;
mod rope;
mod slot;
pub mod slots;
mod snapshot;
pub mod spec;
pub mod tensors;
pub mod testing;

pub use nibble_kernels::Activation;
pub use nibble_kernels::attention::KvCacheType;

pub use activation_mode::ActivationMode;
pub use bound::{Bound, bind};
pub use decoder::{Decoder, Feed, Logits, Sequence, Tap};
pub use device::{Backend, Device, MemoryParts, RunOptions};
pub use error::Error;
pub use registry::{all, by_name, preferred};
pub use rope::{Rope, RopeKind, RopeScaling, Yarn};
pub use slot::{SlotId, TensorRole, TensorSlot};
pub use snapshot::Snapshot;
pub use spec::{
    AttentionBiases, AttentionSpec, DecoderSpec, ExpertsSpec, Ffn, GatedDeltaSpec, LayerSpec, Mixer,
    MlpBiases, MlpSpec, QueryScale, RouterScores, RouterSpec, SharedExpert, ShortConvSpec,
};
