//! Buffers of a pass of tokens, allocated once per sequence.

use nibble_kernels::zeroed::Zeroed;
use nibble_kernels::{Activations, InputFormats};

use super::attention::AttentionRows;
use super::experts::ExpertsRows;
use super::mlp::MlpRows;
use super::recurrent::RecurrentRows;
use super::sizes::Sizes;
use crate::backend::Error;

/// Buffers of a pass, one row per token.
#[derive(Debug)]
pub(super) struct Buffers {
    /// Residual stream of the tokens.
    pub(super) stream: Zeroed<f32>,
    /// Normed input of a block, then its output.
    pub(super) block: Zeroed<f32>,
    /// Quantized input of the products; for two tokens at least, since the output matrix takes one quantized twice.
    pub(super) input: Activations,
    pub(super) attention: AttentionRows,
    pub(super) mlp: MlpRows,
    pub(super) experts: ExpertsRows,
    pub(super) recurrent: RecurrentRows,
    /// Logits of several sequences; grows with the first batch that needs it.
    pub(super) head: Vec<f32>,
}

impl Buffers {
    /// Buffers for a pass of up to `sizes.chunk` tokens, with inputs of products in `formats`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] with the total size of the buffers.
    pub(super) fn new(sizes: &Sizes, formats: InputFormats) -> Result<Self, Error> {
        let failed = Error::out_of_memory("the activation buffers", Self::size_bytes(sizes, formats));
        Self::allocate(sizes, formats).ok_or_else(failed)
    }

    fn allocate(sizes: &Sizes, formats: InputFormats) -> Option<Self> {
        Some(Self {
            stream: Zeroed::new(sizes.chunk * sizes.d_model)?,
            block: Zeroed::new(sizes.chunk * sizes.d_model)?,
            input: Activations::new(formats, sizes.chunk.max(2), sizes.input_len)?,
            attention: AttentionRows::new(sizes)?,
            mlp: MlpRows::new(sizes, formats)?,
            experts: ExpertsRows::new(sizes)?,
            recurrent: RecurrentRows::new(sizes)?,
            head: Vec::new(),
        })
    }

    /// Bytes of the buffers that [`Buffers::new`] allocates.
    pub(super) fn size_bytes(sizes: &Sizes, formats: InputFormats) -> u64 {
        (size_of::<Self>() + 4 * sizes.chunk * 2 * sizes.d_model) as u64
            + Activations::size_bytes(formats, sizes.chunk.max(2), sizes.input_len)
            + AttentionRows::size_bytes(sizes)
            + MlpRows::size_bytes(sizes, formats)
            + ExpertsRows::size_bytes(sizes)
            + RecurrentRows::size_bytes(sizes)
    }
}
