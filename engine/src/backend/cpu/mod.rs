//! Runs a decoder on our own kernels: packed weights, preallocated buffers, a pool of its own.
//!
//! [`weights`] packs what a file holds, [`memory`] says what a sequence will take, [`sequence`] owns its buffers and feeds
//! tokens through them, [`layer`] is one layer. Nothing is allocated per token, and the results do not depend on the number of
//! threads.

mod layer;
mod memory;
mod sequence;
#[cfg(test)]
mod tests;
mod weights;

use std::sync::Arc;

use nibble_kernels::Level;
use nibble_kernels::pool::Pool;

pub use memory::{cache_bytes, sequence_bytes, weights_bytes};

use super::{CacheType, Decoder, DecoderSpec, Error, Sequence};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};
use weights::Weights;

/// How a decoder uses the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuOptions {
    /// Threads, the calling one included; at least one.
    pub threads: usize,
    /// Instruction set.
    pub level: Level,
    /// What keys and values are kept as.
    pub cache: CacheType,
}

/// A model packed for the processor.
#[derive(Debug)]
pub struct CpuDecoder {
    model: Arc<Model>,
}

/// What sequences share.
#[derive(Debug)]
struct Model {
    spec: DecoderSpec,
    weights: Weights,
    pool: Pool,
    level: Level,
    cache: CacheType,
}

impl CpuDecoder {
    /// Reads and packs all tensors `spec` names, in parallel, telling the source to drop what was read.
    ///
    /// # Errors
    /// When a tensor is missing, has another shape or cannot be read, memory runs out, or the work is cancelled.
    pub fn load(
        spec: DecoderSpec,
        source: &dyn TensorSource,
        options: CpuOptions,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let pool = Pool::new(options.threads);
        let weights = Weights::load(&spec, source, &pool, observer, cancel)?;
        let CpuOptions { level, cache, .. } = options;
        Ok(Self { model: Arc::new(Model { spec, weights, pool, level, cache }) })
    }

    /// Threads it runs on; fewer than asked for where the system refused some.
    pub fn n_threads(&self) -> usize {
        self.model.pool.n_threads()
    }

    /// Instruction set it runs on.
    pub fn level(&self) -> Level {
        self.model.level
    }
}

impl Decoder for CpuDecoder {
    fn spec(&self) -> &DecoderSpec {
        &self.model.spec
    }

    fn weights_bytes(&self) -> u64 {
        self.model.weights.size_bytes()
    }

    fn sequence(&self, capacity: usize) -> Result<Box<dyn Sequence>, Error> {
        Ok(Box::new(sequence::CpuSequence::new(Arc::clone(&self.model), capacity)?))
    }
}
