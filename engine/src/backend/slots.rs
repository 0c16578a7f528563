//! Tensor slots of a decoder, arranged by block, as [`DecoderSpec::slots`](super::DecoderSpec::slots) returns them.
//!
//! A backend loads a block from the block's description and its slots, and needs no tensor names.

use super::{AttentionSpec, MlpSpec, SlotId, TensorSlot};

/// The slots of a decoder, arranged as its blocks use them.
#[derive(Clone, Debug)]
pub struct DecoderSlots<'s> {
    /// All slots, as [`DecoderSpec::tensors`](super::DecoderSpec::tensors) returns them.
    pub list: Vec<TensorSlot>,
    /// The token embedding.
    pub embedding: SlotId,
    /// The divisors of RoPE frequencies, by tensor name.
    pub rope_factors: Vec<(&'static str, SlotId)>,
    /// The slots of each layer.
    pub layers: Vec<LayerSlots<'s>>,
    /// The norm before the output matrix.
    pub output_norm: SlotId,
    /// The output matrix; its tensor is optional.
    pub output: SlotId,
}

/// The slots of a layer.
#[derive(Clone, Debug)]
pub struct LayerSlots<'s> {
    /// The norm before the mixer, if there is one.
    pub mixer_norm: Option<SlotId>,
    /// The mixer block and its slots.
    pub mixer: MixerSlots<'s>,
    /// The norm after the mixer, if there is one.
    pub mixer_post_norm: Option<SlotId>,
    /// The norm before the feed-forward block, if there is one.
    pub ffn_norm: Option<SlotId>,
    /// The feed-forward block and its slots.
    pub ffn: FfnSlots<'s>,
    /// The norm after the feed-forward block, if there is one.
    pub ffn_post_norm: Option<SlotId>,
}

/// A mixer's description and slots.
#[derive(Clone, Debug)]
pub enum MixerSlots<'s> {
    /// Attention block with its slots.
    Attention(&'s AttentionSpec, AttentionSlots),
}

/// A feed-forward block's description and slots.
#[derive(Clone, Debug)]
pub enum FfnSlots<'s> {
    /// Gated MLP with its slots.
    Gated(&'s MlpSpec, MlpSlots),
}

/// The slots of a matrix and of its bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinearSlots {
    /// Slot of the matrix.
    pub weight: SlotId,
    /// The bias, if the matrix has one.
    pub bias: Option<SlotId>,
}

/// Matrices that share their input: separate tensors, or one fused tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Projections<const N: usize, T = LinearSlots> {
    /// Separate tensors, one per matrix.
    Separate([T; N]),
    /// One fused tensor, with the matrices' rows in order.
    Fused(T),
}

/// The slots of an attention block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionSlots {
    /// Query, key and value projections.
    pub qkv: Projections<3>,
    /// Norms of queries and of keys, of each head or of all together, if the block has them.
    pub head_norms: Option<[SlotId; 2]>,
    /// The output projection.
    pub output: LinearSlots,
}

/// The slots of a gated MLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MlpSlots {
    /// Gate and up projections.
    pub gate_up: Projections<2>,
    /// The down projection.
    pub down: LinearSlots,
}

impl<const N: usize, T> Projections<N, T> {
    /// All tensors of the projections, in order.
    pub fn tensors(&self) -> &[T] {
        match self {
            Self::Separate(all) => all,
            Self::Fused(one) => std::slice::from_ref(one),
        }
    }

    /// All tensors of the projections for changes, in order.
    pub fn tensors_mut(&mut self) -> &mut [T] {
        match self {
            Self::Separate(all) => all,
            Self::Fused(one) => std::slice::from_mut(one),
        }
    }
}
