//! The gated MLP: weights, buffers, and the way of a pass's tokens through it.
//!
//! Parallel regions for one token: gate and up; down.

use nibble_kernels::rows::for_each_row;
use nibble_kernels::zeroed::Zeroed;
use nibble_kernels::{Activations, Forms, Matrix, Product, can_join, matmul, matmul_gated};

use super::buffers::Buffers;
use super::loader::Loader;
use super::memory::Sizes;
use super::pass::{Batch, Pass};
use crate::backend::slots::MlpSlots;
use crate::backend::{Activation, Error, MlpSpec};
use crate::progress::Cancelled;

/// Weights of a gated MLP.
#[derive(Debug)]
pub(super) struct Mlp {
    slots: MlpSlots,
    activation: Activation,
    gate: Matrix,
    up: Matrix,
    /// Of gate and of up.
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

    /// Whether gate and up can be fused into the input of the down projection, in tiles.
    pub(super) fn fuses(&self) -> bool {
        let plain = self.biases.iter().all(Option::is_none);
        plain && can_join(&self.gate, &self.up) && self.down.forms() == Forms::INTEGER
    }

    /// Replaces the normed rows in `buffers.block` by the block's output.
    pub(super) fn forward(
        &self,
        pass: &Pass<'_>,
        batch: &mut Batch<'_, '_>,
        buffers: &mut Buffers,
    ) -> Result<(), Cancelled> {
        self.gate_and_up(pass, batch, buffers);
        pass.cancel.check()?;
        let out = &mut buffers.block[..pass.n_tokens * self.down.n_rows()];
        let mut product = [Product { matrix: &self.down, out: &mut *out }];
        matmul(pass.level, pass.pool, &mut product, &buffers.mlp.gated);
        if let Some(bias) = &self.down_bias {
            pass.add_bias(out, bias);
        }
        pass.cancel.check()
    }

    /// Gate and up, and the activation: the input of the down projection.
    fn gate_and_up(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let input = &buffers.block[..pass.n_tokens * self.gate.n_cols()];
        pass.tap(batch, self.slots.gate_up.tensors(), input);
        let forms = pass.forms(&[&self.gate, &self.up]);
        buffers.input.quantize(pass.level, pass.pool, input, pass.n_tokens, forms);
        let (x, rows) = (&buffers.input, &mut buffers.mlp);
        if forms == Forms::TILES && self.fuses() {
            let matrices = [&self.gate, &self.up];
            matmul_gated(pass.level, pass.pool, matrices, self.activation, x, &mut rows.gated);
            return;
        }
        let d_ff = self.gate.n_rows();
        let len = pass.n_tokens * d_ff;
        let (gate, up) = (&mut rows.gate[..len], &mut rows.up[..len]);
        let mut products =
            [Product { matrix: &self.gate, out: &mut *gate }, Product { matrix: &self.up, out: &mut *up }];
        matmul(pass.level, pass.pool, &mut products, x);
        for (rows, bias) in [&mut *gate, &mut *up].into_iter().zip(&self.biases) {
            if let Some(bias) = bias {
                pass.add_bias(rows, bias);
            }
        }
        for_each_row(pass.pool, (&mut *gate, d_ff), (up, d_ff), &|_, gate, up| {
            self.activation.gate(pass.level, gate, up);
        });
        pass.tap(batch, &[self.slots.down], gate);
        rows.gated.quantize(pass.level, pass.pool, gate, pass.n_tokens, pass.forms(&[&self.down]));
    }
}

/// Gate, up and their gated product, rows of a pass's tokens each.
#[derive(Debug)]
pub(super) struct MlpRows {
    gate: Zeroed<f32>,
    up: Zeroed<f32>,
    /// The input of the down projection, quantized.
    gated: Activations,
}

impl MlpRows {
    /// Buffers for the widest MLP of a model, with inputs of products in `forms`; `None` if they could not be allocated.
    pub(super) fn new(sizes: &Sizes, forms: Forms) -> Option<Self> {
        let rows = || Zeroed::new(sizes.apart * sizes.d_ff);
        Some(Self { gate: rows()?, up: rows()?, gated: Activations::new(forms, sizes.chunk, sizes.d_ff)? })
    }

    /// Bytes of the buffers that [`MlpRows::new`] allocates.
    pub(super) fn size_bytes(sizes: &Sizes, forms: Forms) -> u64 {
        4 * (2 * sizes.apart * sizes.d_ff) as u64 + Activations::size_bytes(forms, sizes.chunk, sizes.d_ff)
    }
}
