//! A model's weights as candle tensors in f32.

use candle_core::Tensor;

use super::attention::Attention;
use super::experts::Experts;
use super::gated_delta::GatedDelta;
use super::linear::Linear;
use super::loader::Loader;
use super::mlp::Mlp;
use super::short_conv::ShortConv;
use crate::backend::slots::{DecoderSlots, FfnSlots, LayerSlots, MixerSlots};
use crate::backend::{Error, Rope};

/// All tensors of a model in f32.
pub(super) struct Weights {
    pub(super) token_embd: Tensor,
    /// Output matrix; the token embedding where the file has none.
    pub(super) output: Linear,
    pub(super) output_norm: Tensor,
    pub(super) layers: Vec<Layer>,
    /// Divisors of RoPE frequencies by tensor name, in host memory.
    rope_factors: Vec<(&'static str, Vec<f32>)>,
    bytes: u64,
}

/// The tensors of one layer: two blocks and the norms around them.
pub(super) struct Layer {
    pub(super) mixer_norm: Option<Tensor>,
    pub(super) mixer: Mixer,
    pub(super) mixer_post_norm: Option<Tensor>,
    pub(super) ffn_norm: Option<Tensor>,
    pub(super) ffn: Ffn,
    pub(super) ffn_post_norm: Option<Tensor>,
}

/// The tensors of a mixer block.
pub(super) enum Mixer {
    Attention(Attention),
    ShortConv(ShortConv),
    GatedDelta(GatedDelta),
}

/// The tensors of a feed-forward block.
pub(super) enum Ffn {
    Gated(Mlp),
    Experts(Experts),
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
        Ok(Self { token_embd, output, output_norm, layers, rope_factors, bytes: loader.done() })
    }

    /// Divisors of RoPE frequencies in a sequence of `capacity` tokens.
    pub(super) fn rope_factors(&self, rope: &Rope, capacity: usize) -> &[f32] {
        let wanted = rope.factors_tensor(capacity);
        self.rope_factors.iter().find(|(name, _)| Some(*name) == wanted).map_or(&[], |(_, factors)| factors)
    }

    /// Size of all tensors in memory, in bytes.
    pub(super) fn n_bytes(&self) -> u64 {
        self.bytes
    }
}

impl Layer {
    fn load(slots: &LayerSlots<'_>, loader: &mut Loader<'_>) -> Result<Self, Error> {
        Ok(Self {
            mixer_norm: loader.optional(slots.mixer_norm)?,
            mixer: match &slots.mixer {
                MixerSlots::Attention(own, slots) => Mixer::Attention(Attention::load(own, slots, loader)?),
                MixerSlots::ShortConv(_, slots) => Mixer::ShortConv(ShortConv::load(slots, loader)?),
                MixerSlots::GatedDelta(own, slots) => {
                    Mixer::GatedDelta(GatedDelta::load(own, slots, loader)?)
                }
            },
            mixer_post_norm: loader.optional(slots.mixer_post_norm)?,
            ffn_norm: loader.optional(slots.ffn_norm)?,
            ffn: match &slots.ffn {
                FfnSlots::Gated(own, slots) => Ffn::Gated(Mlp::load(own, slots, loader)?),
                FfnSlots::Experts(own, slots) => Ffn::Experts(Experts::load(own, slots, loader)?),
            },
            ffn_post_norm: loader.optional(slots.ffn_post_norm)?,
        })
    }
}
