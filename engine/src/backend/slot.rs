//! One tensor of a decoder: its name, shape and role.

/// Role of a tensor in a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TensorRole {
    /// The token embedding, `[vocab, d_model]`; also the output matrix of a decoder without one of its own.
    TokenEmbedding,
    /// The output matrix, `[vocab, d_model]`, whose products are the logits.
    Output,
    /// The weights of a norm, one per element.
    Norm,
    /// The bias of a matrix, one number per row.
    Bias,
    /// Divisors of rotary frequencies, one per pair.
    RopeFactors,
    /// The query projection of attention.
    AttentionQuery,
    /// The key projection of attention.
    AttentionKey,
    /// The value projection of attention.
    AttentionValue,
    /// The query, key and value projections of attention as one matrix, rows in this order.
    AttentionQkv,
    /// The output projection of attention.
    AttentionOutput,
    /// The gate projection of a gated MLP.
    FfnGate,
    /// The up projection of a gated MLP.
    FfnUp,
    /// The gate and up projections of a gated MLP as one matrix, rows in this order.
    FfnGateUp,
    /// The down projection of a gated MLP.
    FfnDown,
    /// The matrix whose products choose and weight experts.
    Router,
    /// The input projection of a recurrent mixer.
    MixerInput,
    /// The output projection of a recurrent mixer.
    MixerOutput,
    /// The weights of a convolution over tokens, a row for each channel.
    Convolution,
    /// A small matrix or vector of a recurrence: decay, rate.
    Recurrence,
}

impl TensorRole {
    /// Whether the tensor is never quantized, being small and sensitive.
    pub fn is_kept(self) -> bool {
        matches!(
            self,
            Self::Norm | Self::Bias | Self::RopeFactors | Self::Router | Self::Convolution | Self::Recurrence
        )
    }
}

/// A tensor of a decoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSlot {
    /// Name of the tensor in GGUF.
    pub name: String,
    /// Shape of the tensor, outermost dimension first.
    pub shape: Vec<usize>,
    /// Role of the tensor.
    pub role: TensorRole,
    /// Layer of the tensor; `None` for tensors outside the layers.
    pub layer: Option<usize>,
    /// Whether the decoder also runs without the tensor, as without `output.weight`, which the embedding replaces.
    pub optional: bool,
}

impl TensorSlot {
    /// Whether the tensor is a stack of one matrix per expert.
    pub fn is_stack(&self) -> bool {
        self.shape.len() == 3
    }
}

/// An index into [`DecoderSpec::tensors`](super::DecoderSpec::tensors).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub usize);
