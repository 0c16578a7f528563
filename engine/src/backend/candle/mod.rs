//! The reference backend: any [`DecoderSpec`] on candle tensors in f32.
//!
//! Simple before fast: weights are decoded to f32 once, when a model is loaded, the KV cache is f32, and every step is a tensor
//! operation that can be compared with the formulas of [`spec`](super::spec). The fast paths are tested against it.

mod attention;
mod experts;
mod gated_delta;
mod linear;
mod loader;
mod mlp;
mod rope;
mod sequence;
mod short_conv;
mod state;
mod weights;

use std::any::Any;
use std::sync::Arc;

use candle_core::Device as CandleDevice;

use self::loader::{Loader, weights_bytes};
use self::sequence::{CHUNK_TOKENS, CandleSequence};
use self::state::LayerState;
use self::weights::Weights;
use super::device::check_device;
use super::{
    ActivationMode, AttentionSpec, Backend, Bound, Decoder, DecoderSpec, Device, Error, Feed, Ffn,
    MemoryParts, RunOptions, Sequence, bind, decoder,
};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};

/// The reference backend, on the CPU.
#[derive(Debug)]
pub struct CandleBackend;

/// A model whose weights are candle tensors in f32.
pub struct CandleDecoder {
    shared: Arc<Shared>,
}

/// Data that all sequences of a model read.
struct Shared {
    spec: DecoderSpec,
    weights: Weights,
    device: CandleDevice,
}

impl Backend for CandleBackend {
    fn name(&self) -> &'static str {
        "candle"
    }

    fn devices(&self) -> Vec<Device> {
        vec![Device { name: "processor, in f32".to_owned() }]
    }

    /// Intermediate tensors are temporary; their bytes are counted at the widest step of a chunk.
    fn need(&self, spec: &DecoderSpec, tensors: &Bound<'_>, _: &RunOptions, context: usize) -> MemoryParts {
        let (capacity, chunk) = (context.max(1), CHUNK_TOKENS.min(context.max(1)));
        let states =
            spec.layers.iter().map(|layer| LayerState::size_bytes(&layer.mixer, spec.d_model, capacity));
        let attention = |one: &AttentionSpec| {
            // Scores and attention weights; keys and values in the order of the product.
            2 * one.n_heads * chunk * capacity + 2 * capacity * one.kv_len() + 2 * chunk * one.query_len()
        };
        let widest = spec.attentions().map(attention).max().unwrap_or(0);
        let d_ff = spec.layers.iter().map(|layer| match &layer.ffn {
            Ffn::Gated(mlp) => 4 * chunk * mlp.d_ff,
            Ffn::Experts(experts) => 4 * chunk * (experts.expert.d_ff + spec.d_model),
        });
        let buffers = 3 * chunk * spec.d_model + widest.max(d_ff.max().unwrap_or(0)) + spec.vocab_size;
        let used = |(slot, _)| 4 * spec.used_elements(slot);
        MemoryParts {
            weights_bytes: weights_bytes(tensors),
            token_bytes: tensors.claimed().map(used).sum(),
            state_bytes: states.sum(),
            copies_bytes: 0,
            buffers_bytes: 4 * buffers as u64,
        }
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
        if run.activations != ActivationMode::Standard {
            return Err(Error::OnlyStandardActivations {
                backend: self.name(),
                mode: run.activations.name(),
            });
        }
        Ok(Box::new(CandleDecoder::on_cpu(spec, source, observer, cancel)?))
    }
}

impl CandleDecoder {
    /// Decodes all weights of `source` to f32 on the CPU.
    ///
    /// # Errors
    /// [`Error::MissingTensor`] and [`Error::WrongShape`] before anything is read; [`Error::Read`], [`Error::Cancelled`]
    /// between tensors, [`Error::Candle`] when allocation on the device fails.
    pub fn on_cpu(
        spec: DecoderSpec,
        source: &dyn TensorSource,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let device = CandleDevice::Cpu;
        let bound = bind(&spec, source.tensors())?;
        let mut loader = Loader::new(source, &bound, &device, observer, cancel);
        let weights = Weights::load(&spec.slots(), &mut loader)?;
        Ok(Self { shared: Arc::new(Shared { spec, weights, device }) })
    }
}

impl Decoder for CandleDecoder {
    fn spec(&self) -> &DecoderSpec {
        &self.shared.spec
    }

    fn weights_bytes(&self) -> u64 {
        self.shared.weights.n_bytes()
    }

    fn sequence(&self, capacity: usize) -> Result<Box<dyn Sequence>, Error> {
        Ok(Box::new(CandleSequence::new(Arc::clone(&self.shared), capacity)?))
    }

    /// Sequences are computed one after the other: the reference is simple before fast.
    fn feed(&self, batch: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), Error> {
        let mut before = Vec::with_capacity(batch.len());
        for feed in batch.iter_mut() {
            decoder::check(feed.sequence, feed.tokens, self.shared.spec.vocab_size)?;
            before.push(self.own(feed)?.len);
        }
        let result = batch.iter_mut().try_for_each(|feed| {
            let (tokens, logits) = (feed.tokens, feed.logits);
            let (tap, stream) = (feed.tap.take(), feed.stream.take());
            self.own(feed)?.feed_checked(tokens, logits, (tap, stream), cancel)
        });
        if result.is_err() {
            for (feed, len) in batch.iter_mut().zip(before) {
                self.own(feed)?.abandon(len);
            }
        }
        result
    }
}

impl CandleDecoder {
    /// The sequence of a feed, if it belongs to this model.
    fn own<'s>(&self, feed: &'s mut Feed<'_>) -> Result<&'s mut CandleSequence, Error> {
        let sequence: &mut dyn Any = &mut *feed.sequence;
        let sequence = sequence.downcast_mut::<CandleSequence>();
        sequence.filter(|sequence| Arc::ptr_eq(&sequence.shared, &self.shared)).ok_or(Error::OtherSequence)
    }
}

/// Keeps only the message of candle's errors: its types stay behind this backend.
impl From<candle_core::Error> for Error {
    fn from(error: candle_core::Error) -> Self {
        Self::Candle { message: error.to_string() }
    }
}
