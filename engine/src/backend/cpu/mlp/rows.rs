//! Buffers of a gated MLP.

use nibble_kernels::zeroed::Zeroed;
use nibble_kernels::{Activations, InputFormats};

use crate::backend::cpu::sizes::Sizes;

/// Gate, up and their gated product, one row per token of a pass.
#[derive(Debug)]
pub(in crate::backend::cpu) struct MlpRows {
    pub(super) gate: Zeroed<f32>,
    pub(super) up: Zeroed<f32>,
    /// Activated gate ⊙ up: the down projection's input, quantized.
    pub(super) gated: Activations,
}

impl MlpRows {
    /// Buffers for the widest MLP of a model, with inputs of products in `formats`; `None` if allocation fails.
    pub(in crate::backend::cpu) fn new(sizes: &Sizes, formats: InputFormats) -> Option<Self> {
        let rows = || Zeroed::new(sizes.unfused_chunk * sizes.d_ff);
        Some(Self { gate: rows()?, up: rows()?, gated: Activations::new(formats, sizes.chunk, sizes.d_ff)? })
    }

    /// The first `len` elements of gate and of up, and the down projection's input.
    pub(in crate::backend::cpu) fn rows(&mut self, len: usize) -> (&mut [f32], &mut [f32], &mut Activations) {
        (&mut self.gate[..len], &mut self.up[..len], &mut self.gated)
    }

    /// Bytes of the buffers that [`MlpRows::new`] allocates.
    pub(in crate::backend::cpu) fn size_bytes(sizes: &Sizes, formats: InputFormats) -> u64 {
        4 * (2 * sizes.unfused_chunk * sizes.d_ff) as u64
            + Activations::size_bytes(formats, sizes.chunk, sizes.d_ff)
    }
}
