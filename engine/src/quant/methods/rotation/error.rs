//! Why models are refused by rotation.

/// Why a model cannot be rotated.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Norms of a block's outputs stand between the block and the residual stream, and do not commute with rotations.
    #[error(
        "layer {layer} norms the outputs of its blocks, which a rotation would change; quantize this model with another method"
    )]
    PostNorms {
        /// Index of the layer.
        layer: usize,
    },
    /// A block whose tensors are not rotated.
    #[error("layer {layer} has {block}, which is not rotated; quantize this model with another method")]
    Block {
        /// Index of the layer.
        layer: usize,
        /// Kind of the block, with an article.
        block: &'static str,
    },
    /// The architecture is none that Nibble runs, so it is not known which tensors meet the residual stream.
    #[error("only models that Nibble runs can be rotated; quantize this model with another method")]
    NotDescribed,
    /// A tensor of the decoder is missing, or its shape is not the decoder's.
    #[error("tensor {tensor:?} is missing or has another shape than the model's configuration says")]
    Tensor {
        /// Name of the tensor.
        tensor: String,
    },
}
