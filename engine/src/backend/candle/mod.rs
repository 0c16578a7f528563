//! The reference backend: any [`DecoderSpec`] on candle tensors in f32, on any candle device.
//!
//! Plain before fast: weights are decoded to f32 once, when a model is loaded, keys and values stay f32, and every step is
//! a tensor operation one can read beside the formulas of [`spec`](super::spec). On the CPU it is what the fast paths are
//! compared with; on a GPU device the same code runs there.

mod attention;
mod rope;
mod sequence;
mod weights;

use std::sync::Arc;

use candle_core::Device;

use self::sequence::CandleSequence;
use self::weights::Weights;
use super::{Decoder, DecoderSpec, Error, Sequence, bind};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};

/// A model whose weights are candle tensors in f32.
pub struct CandleDecoder {
    shared: Arc<Shared>,
}

/// What all sequences of a model read.
struct Shared {
    spec: DecoderSpec,
    weights: Weights,
    device: Device,
}

impl CandleDecoder {
    /// The reference: [`CandleDecoder::load`] on the CPU.
    ///
    /// # Errors
    /// As [`CandleDecoder::load`].
    pub fn on_cpu(
        spec: DecoderSpec,
        source: &dyn TensorSource,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        Self::load(spec, source, &Device::Cpu, observer, cancel)
    }

    /// Decodes all weights of `source` to f32 on `device`.
    ///
    /// # Errors
    /// [`Error::MissingTensor`] and [`Error::WrongShape`] before anything is read; [`Error::Read`], [`Error::Cancelled`]
    /// between tensors, [`Error::Candle`] when the device cannot hold them.
    pub fn load(
        spec: DecoderSpec,
        source: &dyn TensorSource,
        device: &Device,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let bound = bind(&spec, source.tensors())?;
        let weights = Weights::load(&spec, &bound, source, device, observer, cancel)?;
        Ok(Self { shared: Arc::new(Shared { spec, weights, device: device.clone() }) })
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
}

/// candle's errors keep their message only: its types stay behind this backend.
impl From<candle_core::Error> for Error {
    fn from(error: candle_core::Error) -> Self {
        Self::Candle { message: error.to_string() }
    }
}
