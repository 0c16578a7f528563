//! Tensor slots of a decoder, arranged by block, as [`DecoderSpec::slots`](super::DecoderSpec::slots) returns them.
//!
//! A backend loads a block from the block's description and its slots, and needs no tensor names.

use super::{AttentionSpec, ExpertsSpec, GatedDeltaSpec, MlpSpec, ShortConvSpec, SlotId, TensorSlot};

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
    /// Short convolution with its slots.
    ShortConv(&'s ShortConvSpec, ShortConvSlots),
    /// Gated delta rule with its slots.
    GatedDelta(&'s GatedDeltaSpec, GatedDeltaSlots),
}

/// A feed-forward block's description and slots.
#[derive(Clone, Debug)]
pub enum FfnSlots<'s> {
    /// Gated MLP with its slots.
    Gated(&'s MlpSpec, MlpSlots),
    /// Mixture of experts with its slots.
    Experts(&'s ExpertsSpec, ExpertsSlots),
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

/// The slots of a short convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortConvSlots {
    /// The input projection.
    pub input: LinearSlots,
    /// The convolution, `[channels, kernel]`.
    pub convolution: SlotId,
    /// The output projection.
    pub output: LinearSlots,
}

/// The slots of a gated delta rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatedDeltaSlots {
    /// Projections to queries, keys and values, to the output's gate, and to the rate and decay of each head, which share their
    /// input.
    pub inputs: [LinearSlots; 4],
    /// The convolution, `[channels, kernel]`.
    pub convolution: SlotId,
    /// Factor of each head's decay, and what is added before its softplus.
    pub decay: [SlotId; 2],
    /// The norm of each head's output.
    pub norm: SlotId,
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

/// The slots of a mixture of experts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpertsSlots {
    /// The router and the bias of its products.
    pub router: LinearSlots,
    /// What is added to the scores to choose experts, if anything.
    pub selection_bias: Option<SlotId>,
    /// The experts' matrices, stacked, with one row of biases per expert.
    pub experts: MlpSlots,
    /// The expert that computes every token, and the vector whose product is its gate.
    pub shared: Option<(MlpSlots, Option<SlotId>)>,
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
