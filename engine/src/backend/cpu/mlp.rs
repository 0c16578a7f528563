//! Gated MLP: weights here, buffers in `mlp/rows.rs`, forward pass in `mlp/forward.rs`.

mod forward;
mod rows;

use nibble_kernels::{InputFormats, Matrix, can_fuse_gate_up};

use super::loader::Loader;
use crate::backend::slots::MlpSlots;
use crate::backend::{Activation, Error, MlpSpec};

pub(super) use rows::MlpRows;

/// Weights of a gated MLP.
#[derive(Debug)]
pub(super) struct Mlp {
    slots: MlpSlots,
    activation: Activation,
    gate: Matrix,
    up: Matrix,
    /// Biases of gate and of up.
    biases: [Option<Vec<f32>>; 2],
    down: Matrix,
    down_bias: Option<Vec<f32>>,
}

impl Mlp {
    pub(super) fn load(spec: &MlpSpec, slots: MlpSlots, loader: &mut Loader<'_>) -> Result<Self, Error> {
        let n_rows = [spec.d_ff; 2];
        let [gate, up] = loader.projections(&slots.gate_up, n_rows)?;
        Ok(Self {
            slots,
            activation: spec.activation,
            gate,
            up,
            biases: loader.biases(&slots.gate_up, n_rows)?,
            down: loader.matrix(slots.down.weight)?,
            down_bias: loader.optional_vector(slots.down.bias)?,
        })
    }

    pub(super) fn matrices(&self) -> [&Matrix; 3] {
        [&self.gate, &self.up, &self.down]
    }

    pub(super) fn vectors(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.biases.iter().flatten().chain(&self.down_bias)
    }

    /// Whether the fused gate and up kernel applies: no biases, quantized matrices of one shape, and a quantized down projection.
    pub(super) fn fuses(&self) -> bool {
        let plain = self.biases.iter().all(Option::is_none);
        plain && can_fuse_gate_up(&self.gate, &self.up) && self.down.input_formats() == InputFormats::INTEGER
    }
}
