//! Buffers of recurrent mixers.

use nibble_kernels::zeroed::Zeroed;

use crate::backend::cpu::sizes::Sizes;

/// Buffers of recurrent mixers, one row per token of a pass.
#[derive(Debug)]
pub(in crate::backend::cpu) struct RecurrentRows {
    pub(in crate::backend::cpu) projected: Zeroed<f32>,
    /// Inputs of the convolution of one sequence, those of the tokens before included.
    pub(in crate::backend::cpu) window: Zeroed<f32>,
    /// Results of the convolution.
    pub(in crate::backend::cpu) mixed: Zeroed<f32>,
    pub(in crate::backend::cpu) gates: Zeroed<f32>,
    pub(in crate::backend::cpu) attended: Zeroed<f32>,
    pub(in crate::backend::cpu) rates: Zeroed<f32>,
    pub(in crate::backend::cpu) decays: Zeroed<f32>,
}

impl RecurrentRows {
    /// Buffers for the widest mixers of a model; `None` if allocation fails.
    pub(in crate::backend::cpu) fn new(sizes: &Sizes) -> Option<Self> {
        let widths = sizes.recurrent;
        let rows = |width: usize| Zeroed::new(sizes.chunk * width);
        Some(Self {
            projected: rows(widths.projected)?,
            window: Zeroed::new((sizes.chunk + widths.history) * widths.channels)?,
            mixed: rows(widths.channels)?,
            gates: rows(widths.values)?,
            attended: rows(widths.values)?,
            rates: rows(widths.heads)?,
            decays: rows(widths.heads)?,
        })
    }

    /// Bytes of the buffers that [`RecurrentRows::new`] allocates.
    pub(in crate::backend::cpu) fn size_bytes(sizes: &Sizes) -> u64 {
        let widths = sizes.recurrent;
        let of_token = widths.projected + 2 * widths.channels + 2 * widths.values + 2 * widths.heads;
        4 * (sizes.chunk * of_token + widths.history * widths.channels) as u64
    }
}
