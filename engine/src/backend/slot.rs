//! One tensor that a decoder uses: its name, its shape, what it does.

/// What a tensor does in a decoder.
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
}

/// A tensor that a decoder uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSlot {
    /// GGUF's name.
    pub name: String,
    /// Its shape, outermost dimension first.
    pub shape: Vec<usize>,
    /// What it does.
    pub role: TensorRole,
    /// The layer it belongs to; `None` for tensors outside the layers.
    pub layer: Option<usize>,
    /// Whether the decoder also runs without it, as without `output.weight`, which the embedding replaces.
    pub optional: bool,
}

/// A position in [`DecoderSpec::tensors`](super::DecoderSpec::tensors).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub usize);
