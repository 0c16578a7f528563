//! All weights of a model, layer by layer and block by block.
//!
//! A tied output matrix is the embedding itself, stored once.

use nibble_kernels::{InputFormats, Matrix};

use super::attention::Attention;
use super::experts::Experts;
use super::gated_delta::GatedDelta;
use super::loader::Loader;
use super::mlp::Mlp;
use super::short_conv::ShortConv;
use crate::backend::slots::{DecoderSlots, FfnSlots, LayerSlots, MixerSlots};
use crate::backend::{DecoderSpec, Error, Rope, SlotId};

/// All weights of a model, packed.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) embedding: Matrix,
    /// Output matrix; `None` where the embedding is the output matrix.
    output: Option<Matrix>,
    pub(super) output_norm: Vec<f32>,
    pub(super) layers: Vec<Layer>,
    /// Divisors of RoPE frequencies by tensor name.
    rope_factors: Vec<(&'static str, Vec<f32>)>,
    /// Slot of the matrix whose products are the logits.
    pub(super) head_slot: SlotId,
}

/// Weights of one layer: two blocks and the norms around them.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) mixer_norm: Option<Vec<f32>>,
    pub(super) mixer: Mixer,
    pub(super) mixer_post_norm: Option<Vec<f32>>,
    pub(super) ffn_norm: Option<Vec<f32>>,
    pub(super) ffn: Ffn,
    pub(super) ffn_post_norm: Option<Vec<f32>>,
}

/// Weights of a mixer block.
#[derive(Debug)]
pub(super) enum Mixer {
    Attention(Attention),
    ShortConv(ShortConv),
    GatedDelta(GatedDelta),
}

/// Weights of a feed-forward block.
#[derive(Debug)]
pub(super) enum Ffn {
    Gated(Box<Mlp>),
    Experts(Box<Experts>),
}

impl Weights {
    /// Reads the tensors of all `slots` of `spec`.
    pub(super) fn load(
        spec: &DecoderSpec,
        slots: &DecoderSlots<'_>,
        loader: &mut Loader<'_>,
    ) -> Result<Self, Error> {
        let embedding = loader.matrix(slots.embedding)?;
        let layers =
            slots.layers.iter().map(|layer| Layer::load(spec, layer, loader)).collect::<Result<_, _>>()?;
        let output_norm = loader.vector(slots.output_norm)?;
        let output = loader.optional_matrix(slots.output)?;
        let factors = slots.rope_factors.iter();
        let rope_factors =
            factors.map(|&(name, slot)| Ok((name, loader.vector(slot)?))).collect::<Result<_, Error>>()?;
        let head_slot = if output.is_some() { slots.output } else { slots.embedding };
        Ok(Self { embedding, output, output_norm, layers, rope_factors, head_slot })
    }

    /// The matrix whose products are the logits.
    pub(super) fn head(&self) -> &Matrix {
        self.output.as_ref().unwrap_or(&self.embedding)
    }

    /// Divisors of RoPE frequencies in a sequence of `capacity` tokens.
    pub(super) fn rope_factors(&self, rope: &Rope, capacity: usize) -> &[f32] {
        let wanted = rope.factors_tensor(capacity);
        self.rope_factors.iter().find(|(name, _)| Some(*name) == wanted).map_or(&[], |(_, factors)| factors)
    }

    /// All input formats that products with these weights need.
    pub(super) fn input_formats(&self) -> InputFormats {
        let matrices = self.layers.iter().flat_map(Layer::matrices).chain([self.head()]);
        matrices.fold(InputFormats::NONE, |formats, matrix| formats.union(matrix.input_formats()))
    }

    /// Whether gate and up of every layer can be fused on AMX.
    pub(super) fn all_fuse(&self) -> bool {
        self.layers.iter().all(|layer| match &layer.ffn {
            Ffn::Gated(mlp) => mlp.fuses(),
            Ffn::Experts(_) => false,
        })
    }

    /// Bytes of the weights that one token reads.
    pub(super) fn token_bytes(&self) -> u64 {
        let unused = self.layers.iter().map(|layer| match &layer.ffn {
            Ffn::Gated(_) => 0,
            Ffn::Experts(experts) => experts.unused_bytes(),
        });
        self.size_bytes() - unused.sum::<u64>()
    }

    /// Size of all weights in memory, in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        let layers = self.layers.iter().flat_map(Layer::matrices);
        let matrices = layers.chain([&self.embedding]).chain(&self.output).map(Matrix::bytes).sum::<usize>();
        let factors = self.rope_factors.iter().map(|(_, factors)| factors);
        let vectors = self.layers.iter().flat_map(Layer::vectors).chain([&self.output_norm]).chain(factors);
        (matrices + 4 * vectors.map(Vec::len).sum::<usize>()) as u64
    }
}

impl Layer {
    fn load(spec: &DecoderSpec, slots: &LayerSlots<'_>, loader: &mut Loader<'_>) -> Result<Self, Error> {
        Ok(Self {
            mixer_norm: loader.optional_vector(slots.mixer_norm)?,
            mixer: match &slots.mixer {
                MixerSlots::Attention(own, slots) => {
                    Mixer::Attention(Attention::load(spec, own, *slots, loader)?)
                }
                MixerSlots::ShortConv(own, slots) => Mixer::ShortConv(ShortConv::load(own, *slots, loader)?),
                MixerSlots::GatedDelta(own, slots) => {
                    Mixer::GatedDelta(GatedDelta::load(spec, own, *slots, loader)?)
                }
            },
            mixer_post_norm: loader.optional_vector(slots.mixer_post_norm)?,
            ffn_norm: loader.optional_vector(slots.ffn_norm)?,
            ffn: match &slots.ffn {
                FfnSlots::Gated(own, slots) => Ffn::Gated(Box::new(Mlp::load(own, *slots, loader)?)),
                FfnSlots::Experts(own, slots) => {
                    Ffn::Experts(Box::new(Experts::load(spec, own, *slots, loader)?))
                }
            },
            ffn_post_norm: loader.optional_vector(slots.ffn_post_norm)?,
        })
    }

    fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        let mixer: Vec<&Matrix> = match &self.mixer {
            Mixer::Attention(attention) => attention.matrices().into(),
            Mixer::ShortConv(conv) => conv.matrices().into(),
            Mixer::GatedDelta(delta) => delta.matrices().collect(),
        };
        let ffn: Vec<&Matrix> = match &self.ffn {
            Ffn::Gated(mlp) => mlp.matrices().into(),
            Ffn::Experts(experts) => experts.matrices().collect(),
        };
        mixer.into_iter().chain(ffn)
    }

    fn vectors(&self) -> impl Iterator<Item = &Vec<f32>> {
        let mixer: Vec<&Vec<f32>> = match &self.mixer {
            Mixer::Attention(attention) => attention.vectors().collect(),
            Mixer::ShortConv(conv) => conv.vectors().collect(),
            Mixer::GatedDelta(delta) => delta.vectors().collect(),
        };
        let ffn: Vec<&Vec<f32>> = match &self.ffn {
            Ffn::Gated(mlp) => mlp.vectors().collect(),
            Ffn::Experts(experts) => experts.vectors().collect(),
        };
        let norms = self.mixer_norm.iter().chain(&self.ffn_norm);
        norms.chain(&self.mixer_post_norm).chain(&self.ffn_post_norm).chain(mixer).chain(ffn)
    }
}
