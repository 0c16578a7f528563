//! The CPU backend on our own kernels: packed weights, preallocated buffers, its own thread pool.
//!
//! One file per kind of block ([`attention`], [`short_conv`], [`gated_delta`], [`mlp`], [`experts`]) with its weights, buffers and forward pass; [`mod@feed`] runs the tokens
//! of one or several sequences through them; [`state`] is the state of a layer, [`memory`] predicts the memory of all of them.
//! Nothing is allocated per token, and the results do not depend on the number of threads.

mod attention;
mod buffers;
mod checkpoints;
mod ends;
mod experts;
mod feed;
mod gated_delta;
mod loader;
mod memory;
mod mlp;
mod model;
mod pass;
mod recurrent;
mod sequence;
mod sharing;
mod short_conv;
mod sizes;
mod state;
#[cfg(test)]
mod tests;
mod weights;

use std::sync::Arc;

use nibble_kernels::Level;
use nibble_kernels::pool::Pool;

use super::device::check_device;
use super::{
    Backend, Bound, Decoder, DecoderSpec, Device, Error, Feed, MemoryParts, RunOptions, Sequence, bind,
};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};
use loader::Loader;
use model::Model;
use weights::Weights;

/// The CPU backend, on our own kernels.
#[derive(Debug)]
pub struct CpuBackend;

/// A model packed for the CPU.
#[derive(Debug)]
pub struct CpuDecoder {
    model: Arc<Model>,
}

impl Backend for CpuBackend {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn devices(&self) -> Vec<Device> {
        vec![Device { name: format!("processor with {}", Level::best().name()) }]
    }

    fn need(&self, spec: &DecoderSpec, tensors: &Bound<'_>, run: &RunOptions, context: usize) -> MemoryParts {
        memory::need(spec, tensors, run, context)
    }

    fn load(
        &self,
        spec: DecoderSpec,
        source: &dyn TensorSource,
        run: &RunOptions,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Box<dyn Decoder>, Error> {
        check_device(self, run)?;
        Ok(Box::new(CpuDecoder::load(spec, source, run, observer, cancel)?))
    }
}

impl CpuDecoder {
    /// Reads and packs all tensors of `spec`, in parallel, and releases the source's pages once they are packed.
    ///
    /// # Errors
    /// When a tensor is missing, has another shape or cannot be read, allocation fails, or the work is cancelled.
    pub fn load(
        spec: DecoderSpec,
        source: &dyn TensorSource,
        run: &RunOptions,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let bound = bind(&spec, source.tensors())?;
        let pool = Pool::new(run.threads);
        let mut loader = Loader::new(source, &bound, &pool, observer, cancel);
        let weights = Weights::load(&spec, &spec.slots(), &mut loader)?;
        Ok(Self { model: Arc::new(Model { spec, weights, pool, run: *run }) })
    }

    /// Number of threads; fewer than requested where the system refused some.
    pub fn n_threads(&self) -> usize {
        self.model.pool.n_threads()
    }
}

impl Decoder for CpuDecoder {
    fn spec(&self) -> &DecoderSpec {
        &self.model.spec
    }

    fn weights_bytes(&self) -> u64 {
        self.model.weights.size_bytes()
    }

    fn token_bytes(&self) -> u64 {
        self.model.weights.token_bytes()
    }

    fn sequence(&self, capacity: usize) -> Result<Box<dyn Sequence>, Error> {
        Ok(Box::new(sequence::CpuSequence::new(Arc::clone(&self.model), capacity)?))
    }

    fn feed(&self, batch: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), Error> {
        feed::feed(&self.model, batch, cancel)
    }
}
