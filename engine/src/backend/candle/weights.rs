//! A model's weights as candle tensors in f32.

use candle_core::{Device, Tensor};
use nibble_kernels::decode::decode_row;

use super::attention::Attention;
use super::linear::Linear;
use super::mlp::Mlp;
use crate::backend::slots::{DecoderSlots, FfnSlots, LayerSlots, LinearSlots, MixerSlots, Projections};
use crate::backend::{Bound, Error, Rope, SlotId};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer, Progress};

/// Bytes read and decoded in one go.
const CHUNK_BYTES: usize = 16 << 20;

/// All tensors of a model.
pub(super) struct Weights {
    pub(super) token_embd: Tensor,
    /// The output matrix; the embedding where the file has none.
    pub(super) output: Linear,
    pub(super) output_norm: Tensor,
    pub(super) layers: Vec<Layer>,
    /// Divisors of rotary frequencies by tensor name, kept on the host.
    rope_factors: Vec<(&'static str, Vec<f32>)>,
    bytes: u64,
}

/// The tensors of one layer: two blocks and the norms around them.
pub(super) struct Layer {
    pub(super) mixer_norm: Tensor,
    pub(super) mixer: Mixer,
    pub(super) mixer_post_norm: Option<Tensor>,
    pub(super) ffn_norm: Tensor,
    pub(super) ffn: Ffn,
    pub(super) ffn_post_norm: Option<Tensor>,
}

/// The tensors of a block that mixes tokens.
pub(super) enum Mixer {
    Attention(Attention),
}

/// The tensors of a block that works on each token alone.
pub(super) enum Ffn {
    Gated(Mlp),
}

impl Weights {
    pub(super) fn load(slots: &DecoderSlots<'_>, loader: &mut Loader<'_>) -> Result<Self, Error> {
        let token_embd = loader.tensor(slots.embedding)?;
        let mut rope_factors = Vec::new();
        for &(name, slot) in &slots.rope_factors {
            rope_factors.push((name, loader.tensor(slot)?.to_vec1()?));
        }
        let layers = slots.layers.iter().map(|layer| Layer::load(layer, loader)).collect::<Result<_, _>>()?;
        let output_norm = loader.tensor(slots.output_norm)?;
        let output = if loader.bound.index(slots.output).is_some() {
            Linear { weight: loader.tensor(slots.output)?, bias: None, slot: slots.output }
        } else {
            Linear { weight: token_embd.clone(), bias: None, slot: slots.embedding }
        };
        Ok(Self { token_embd, output, output_norm, layers, rope_factors, bytes: loader.done })
    }

    /// Divisors of a rope's frequencies in a sequence of `capacity` tokens.
    pub(super) fn rope_factors(&self, rope: &Rope, capacity: usize) -> &[f32] {
        let wanted = rope.factors_tensor(capacity);
        self.rope_factors.iter().find(|(name, _)| Some(*name) == wanted).map_or(&[], |(_, factors)| factors)
    }

    /// Bytes in memory.
    pub(super) fn n_bytes(&self) -> u64 {
        self.bytes
    }
}

impl Layer {
    fn load(slots: &LayerSlots<'_>, loader: &mut Loader<'_>) -> Result<Self, Error> {
        Ok(Self {
            mixer_norm: loader.tensor(slots.mixer_norm)?,
            mixer: match &slots.mixer {
                MixerSlots::Attention(own, slots) => Mixer::Attention(Attention::load(own, slots, loader)?),
            },
            mixer_post_norm: loader.optional(slots.mixer_post_norm)?,
            ffn_norm: loader.tensor(slots.ffn_norm)?,
            ffn: match &slots.ffn {
                FfnSlots::Gated(own, slots) => Ffn::Gated(Mlp::load(own, slots, loader)?),
            },
            ffn_post_norm: loader.optional(slots.ffn_post_norm)?,
        })
    }
}

/// Decodes tensors by slot and reports progress in bytes of f32.
pub(super) struct Loader<'a> {
    pub(super) source: &'a dyn TensorSource,
    pub(super) bound: &'a Bound<'a>,
    pub(super) device: &'a Device,
    pub(super) observer: &'a dyn Observer,
    pub(super) cancel: &'a Cancel,
    done: u64,
    total: u64,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        source: &'a dyn TensorSource,
        bound: &'a Bound<'a>,
        device: &'a Device,
        observer: &'a dyn Observer,
        cancel: &'a Cancel,
    ) -> Self {
        let total = weights_bytes(bound);
        Self { source, bound, device, observer, cancel, done: 0, total }
    }

    /// A tensor in f32, with the shape of its slot.
    pub(super) fn tensor(&mut self, slot: SlotId) -> Result<Tensor, Error> {
        self.cancel.check()?;
        let (index, slot) = (self.bound.index(slot), &self.bound.slots()[slot.0]);
        let index = index.ok_or_else(|| Error::MissingTensor { name: slot.name.clone() })?;
        self.observer.progress(Progress { item: slot.name.clone(), done: self.done, total: self.total });
        let values = read(self.source, index)?;
        self.done += 4 * values.len() as u64;
        Ok(Tensor::from_vec(values, slot.shape.clone(), self.device)?)
    }

    /// A tensor that a layer may lack.
    pub(super) fn optional(&mut self, slot: Option<SlotId>) -> Result<Option<Tensor>, Error> {
        slot.map(|slot| self.tensor(slot)).transpose()
    }

    /// A matrix and its bias.
    pub(super) fn linear(&mut self, slots: LinearSlots) -> Result<Linear, Error> {
        Ok(Linear {
            weight: self.tensor(slots.weight)?,
            bias: self.optional(slots.bias)?,
            slot: slots.weight,
        })
    }

    /// Matrices that share an input, as the file has them: apart or fused.
    pub(super) fn projections<const N: usize>(
        &mut self,
        slots: &Projections<N>,
    ) -> Result<Projections<N, Linear>, Error> {
        match slots {
            Projections::Fused(slots) => Ok(Projections::Fused(self.linear(*slots)?)),
            Projections::Separate(slots) => {
                let all = slots.iter().map(|slots| self.linear(*slots)).collect::<Result<Vec<_>, _>>()?;
                let all = all.try_into().ok().expect("one matrix was read for each of the N slots");
                Ok(Projections::Separate(all))
            }
        }
    }
}

/// Bytes that the tensors of a model take in f32.
pub(super) fn weights_bytes(bound: &Bound<'_>) -> u64 {
    bound.claimed().map(|(_, tensor)| 4 * tensor.n_elements() as u64).sum()
}

/// All values of a tensor, a few rows at a time so that the encoded bytes are never held whole.
fn read(source: &dyn TensorSource, index: usize) -> Result<Vec<f32>, Error> {
    let tensor = &source.tensors()[index];
    let (n_rows, n_cols) = (tensor.n_rows(), tensor.n_cols());
    let rows_at_once = (CHUNK_BYTES / (4 * n_cols).max(1)).max(1);
    let mut values = vec![0.0; n_rows * n_cols];
    for (chunk, values) in values.chunks_mut(rows_at_once * n_cols).enumerate() {
        let first = chunk * rows_at_once;
        let rows = first..first + values.len() / n_cols;
        let bytes = source
            .read_rows(index, rows.clone())
            .map_err(|source| Error::Read { name: tensor.name.clone(), source })?;
        decode_row(tensor.dtype, &bytes, values);
        source.release_rows(index, rows);
    }
    Ok(values)
}
