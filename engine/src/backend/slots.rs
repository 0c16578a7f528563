//! A decoder's slots, arranged as its blocks use them: what [`DecoderSpec::slots`](super::DecoderSpec::slots) returns.
//!
//! A backend loads a block from the block's description and its slots, and spells no name.

use super::{AttentionSpec, MlpSpec, SlotId, TensorSlot};

/// The slots of a decoder, arranged as its blocks use them.
#[derive(Clone, Debug)]
pub struct DecoderSlots<'s> {
    /// All slots, as [`DecoderSpec::tensors`] returns them.
    pub list: Vec<TensorSlot>,
    /// The token embedding.
    pub embedding: SlotId,
    /// The divisors of rotary frequencies, by name.
    pub rope_factors: Vec<(&'static str, SlotId)>,
    /// The slots of each layer.
    pub layers: Vec<LayerSlots<'s>>,
    /// The norm before the output matrix.
    pub output_norm: SlotId,
    /// The output matrix, which is optional.
    pub output: SlotId,
}

/// The slots of a layer.
#[derive(Clone, Debug)]
pub struct LayerSlots<'s> {
    /// The norm before the mixer.
    pub mixer_norm: SlotId,
    /// The mixer and its slots.
    pub mixer: MixerSlots<'s>,
    /// The norm after the mixer, if there is one.
    pub mixer_post_norm: Option<SlotId>,
    /// The norm before the feed-forward block.
    pub ffn_norm: SlotId,
    /// The feed-forward block and its slots.
    pub ffn: FfnSlots<'s>,
    /// The norm after the feed-forward block, if there is one.
    pub ffn_post_norm: Option<SlotId>,
}

/// A mixer's description and slots.
#[derive(Clone, Debug)]
pub enum MixerSlots<'s> {
    /// Attention.
    Attention(&'s AttentionSpec, AttentionSlots),
}

/// A feed-forward block's description and slots.
#[derive(Clone, Debug)]
pub enum FfnSlots<'s> {
    /// A gated MLP.
    Gated(&'s MlpSpec, MlpSlots),
}

/// The slots of a matrix and of its bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinearSlots {
    /// The matrix.
    pub weight: SlotId,
    /// The bias, if the matrix has one.
    pub bias: Option<SlotId>,
}

/// Matrices that share their input: each a tensor of its own, or all fused into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Projections<const N: usize, T = LinearSlots> {
    /// Each a tensor of its own.
    Separate([T; N]),
    /// Rows of one tensor, in order.
    Fused(T),
}

/// The slots of attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionSlots {
    /// Query, key and value projections.
    pub qkv: Projections<3>,
    /// Norms of each head of queries and of keys, if there are any.
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
    /// The tensors, one after the other.
    pub fn tensors(&self) -> &[T] {
        match self {
            Self::Separate(all) => all,
            Self::Fused(one) => std::slice::from_ref(one),
        }
    }
}
