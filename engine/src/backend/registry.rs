//! The backends there are, and what each offers.
//!
//! A new backend is a folder here with an implementation of [`Backend`], and a row in [`ALL`].

use std::fmt::Debug;

use nibble_kernels::Level;
use nibble_kernels::attention::CacheType;

#[cfg(feature = "candle")]
use super::candle::CandleBackend;
use super::cpu::CpuBackend;
#[cfg(not(feature = "candle"))]
use super::not_built_in::NotBuiltIn;
use super::{Bound, Decoder, DecoderSpec, Error};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};

/// All backends, the preferred one first.
const ALL: &[&dyn Backend] = &[
    &CpuBackend,
    #[cfg(feature = "candle")]
    &CandleBackend,
    #[cfg(not(feature = "candle"))]
    &NotBuiltIn("candle"),
];

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
    pub cache: CacheType,
}

impl RunOptions {
    /// Runs on a backend's first device with `threads` threads at the best level of this machine, keys and values in f16.
    pub fn new(threads: usize) -> Self {
        Self { device: 0, threads, level: Level::best(), cache: CacheType::F16 }
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

/// All backends, the preferred one first.
pub fn all() -> &'static [&'static dyn Backend] {
    ALL
}

/// The backend that runs a model unless another is asked for.
pub fn preferred() -> &'static dyn Backend {
    ALL[0]
}

/// The backend called `name`.
///
/// # Errors
/// [`Error::NoBackend`], naming those there are.
pub fn by_name(name: &str) -> Result<&'static dyn Backend, Error> {
    let known = || ALL.iter().map(|backend| backend.name()).collect();
    let found = ALL.iter().copied().find(|backend| backend.name() == name);
    found.ok_or_else(|| Error::NoBackend { name: name.to_owned(), known: known() })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::not_built_in::NotBuiltIn;
    use crate::backend::testing::TinyModel;

    fn load(backend: &dyn Backend, run: RunOptions) -> Result<Box<dyn Decoder>, Error> {
        let model = TinyModel::new(DecoderSpec::tiny(), false);
        backend.load(model.spec.clone(), &model, &run, &(), &Cancel::new())
    }

    #[test]
    fn every_backend_is_found_by_its_name_and_runs_on_its_devices() {
        for backend in all() {
            assert_eq!(by_name(backend.name()).unwrap().name(), backend.name());
            let n_devices = backend.devices().len();
            for device in 0..n_devices {
                assert!(load(*backend, RunOptions { device, ..RunOptions::new(1) }).is_ok());
            }
            let absent = load(*backend, RunOptions { device: n_devices, ..RunOptions::new(1) });
            assert!(matches!(absent, Err(Error::NoDevice { device, .. }) if device == n_devices));
        }
    }

    #[test]
    fn a_backend_that_is_not_there_is_named() {
        let error = by_name("abacus").unwrap_err().to_string();
        assert_eq!(error, "there is no backend called abacus; there are cpu, candle");
        let error = load(&NotBuiltIn("abacus"), RunOptions::new(1)).err().unwrap().to_string();
        assert_eq!(error, "this program was built without the backend abacus");
    }

    #[test]
    fn a_model_takes_what_was_predicted() {
        let model = TinyModel::new(DecoderSpec::tiny(), true);
        for backend in all() {
            let run = RunOptions::new(1);
            let bound = crate::backend::bind(&model.spec, &model.tensors).unwrap();
            let need = backend.need(&model.spec, &bound, &run, 300);
            let loaded = load_model(*backend, &model, &run);
            assert!(loaded.weights_bytes().abs_diff(need.weights_bytes) * 20 < need.weights_bytes);
            let longer = backend.need(&model.spec, &bound, &run, 600);
            assert!(longer.state_bytes > need.state_bytes && longer.weights_bytes == need.weights_bytes);
        }
    }

    fn load_model(backend: &dyn Backend, model: &TinyModel, run: &RunOptions) -> Box<dyn Decoder> {
        backend.load(model.spec.clone(), model, run, &(), &Cancel::new()).unwrap()
    }
}
