//! The interface of a backend: its devices, its options and its memory needs.

use std::fmt::Debug;

use nibble_kernels::Level;
use nibble_kernels::attention::KvCacheType;

use super::{ActivationMode, Bound, Decoder, DecoderSpec, Error};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};

/// Loads models and runs them on one kind of device.
pub trait Backend: Debug + Sync {
    /// Name of the backend, as users give it.
    fn name(&self) -> &'static str;

    /// The devices of this machine that the backend can use; none if it is not built in or finds none.
    fn devices(&self) -> Vec<Device>;

    /// Predicts the memory of a model of these tensors that runs one sequence of `context` tokens, in bytes.
    fn need(&self, spec: &DecoderSpec, tensors: &Bound<'_>, run: &RunOptions, context: usize) -> MemoryParts;

    /// Loads the tensors of `source` that `spec` lists.
    ///
    /// # Errors
    /// [`Error::NoDevice`], [`Error::NotBuiltIn`], [`Error::OnlyStandardActivations`], [`Error::MissingTensor`] and [`Error::WrongShape`] before anything is read; later
    /// [`Error::Read`], [`Error::OutOfMemory`], [`Error::Cancelled`].
    fn load(
        &self,
        spec: DecoderSpec,
        source: &dyn TensorSource,
        run: &RunOptions,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Box<dyn Decoder>, Error>;
}

/// A device that a backend runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Name of the device, for display.
    pub name: String,
}

/// Options for running a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Index of the device among [`Backend::devices`].
    pub device: usize,
    /// Number of CPU threads, including the calling thread; at least one.
    pub threads: usize,
    /// Instruction-set level of the CPU.
    pub level: Level,
    /// KV cache type: its element type; the reference backend ignores it and uses f32.
    pub cache: KvCacheType,
    /// How inputs of products with quantized weights are rounded; the reference backend takes the standard mode only, and does
    /// not round at all.
    pub activations: ActivationMode,
}

impl RunOptions {
    /// Options for a backend's first device with `threads` threads at the best level of this machine, an f16 KV cache and standard activations.
    pub fn new(threads: usize) -> Self {
        Self {
            device: 0,
            threads,
            level: Level::best(),
            cache: KvCacheType::F16,
            activations: ActivationMode::Standard,
        }
    }
}

/// Memory of a model, by parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryParts {
    /// Bytes of the weights.
    pub weights_bytes: u64,
    /// Bytes of the weights that one token reads: of experts, those that it uses.
    pub token_bytes: u64,
    /// Bytes of the full state of a sequence: the KV cache of all layers.
    pub state_bytes: u64,
    /// Bytes of the copies of recurrent states that a sequence takes as it grows; 0 for models without such states.
    pub copies_bytes: u64,
    /// Bytes of the buffers of a sequence.
    pub buffers_bytes: u64,
}

impl MemoryParts {
    /// Bytes of a sequence: its state with its copies, and its buffers.
    pub fn sequence_bytes(&self) -> u64 {
        self.state_bytes + self.copies_bytes + self.buffers_bytes
    }
}

/// Checks that `backend` has the device that `run` selects.
///
/// # Errors
/// [`Error::NoDevice`] if it does not.
pub(super) fn check_device(backend: &dyn Backend, run: &RunOptions) -> Result<(), Error> {
    let n_devices = backend.devices().len();
    if run.device < n_devices {
        return Ok(());
    }
    Err(Error::NoDevice { backend: backend.name(), device: run.device, n_devices })
}
