//! What a backend is, the devices it runs on, and what a model takes there.

use std::fmt::Debug;

use nibble_kernels::Level;
use nibble_kernels::attention::KvCacheType;

use super::{Bound, Decoder, DecoderSpec, Error};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};

/// Loads models and runs them on devices of one kind.
pub trait Backend: Debug + Sync {
    /// Its name, as a person gives it.
    fn name(&self) -> &'static str;

    /// The devices of this machine it can run on; none if it is not built in or finds none.
    fn devices(&self) -> Vec<Device>;

    /// Bytes that a model of these tensors takes when it is loaded and runs one sequence of `context` tokens.
    fn need(&self, spec: &DecoderSpec, tensors: &Bound<'_>, run: &RunOptions, context: usize) -> MemoryParts;

    /// Reads the tensors of `source` that `spec` names.
    ///
    /// # Errors
    /// [`Error::NoDevice`], [`Error::NotBuiltIn`], [`Error::MissingTensor`] and [`Error::WrongShape`] before anything is read; later
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
    /// Its name for people.
    pub name: String,
}

/// How a model is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Position of the device among [`Backend::devices`].
    pub device: usize,
    /// Threads of the processor, the calling one included; at least one.
    pub threads: usize,
    /// Instruction set of the processor.
    pub level: Level,
    /// Element type of the KV cache; the reference keeps it in f32.
    pub cache: KvCacheType,
}

impl RunOptions {
    /// Runs on a backend's first device with `threads` threads at the best level of this machine, keys and values in f16.
    pub fn new(threads: usize) -> Self {
        Self { device: 0, threads, level: Level::best(), cache: KvCacheType::F16 }
    }
}

/// Bytes that a model takes in memory, by parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryParts {
    /// Bytes of the weights.
    pub weights_bytes: u64,
    /// Bytes of the state of a sequence once it is full: keys and values of all layers.
    pub state_bytes: u64,
    /// Bytes of the buffers of a sequence.
    pub buffers_bytes: u64,
}

impl MemoryParts {
    /// Bytes of a sequence: its state and its buffers.
    pub fn sequence_bytes(&self) -> u64 {
        self.state_bytes + self.buffers_bytes
    }
}

/// Whether `backend` has the device that `run` asks for.
///
/// # Errors
/// [`Error::NoDevice`] if not.
pub(super) fn check_device(backend: &dyn Backend, run: &RunOptions) -> Result<(), Error> {
    let n_devices = backend.devices().len();
    if run.device < n_devices {
        return Ok(());
    }
    Err(Error::NoDevice { backend: backend.name(), device: run.device, n_devices })
}
