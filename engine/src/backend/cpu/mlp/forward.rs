//! Forward pass of the gated MLP for the tokens of a pass.
//!
//! Parallel regions for one token: gate and up; down.

use nibble_kernels::rows::for_each_row;
use nibble_kernels::{InputFormats, InputPrecision, Product, matmul, matmul_gated};

use super::Mlp;
use crate::backend::cpu::buffers::Buffers;
use crate::backend::cpu::pass::{Batch, Pass};
use crate::progress::Cancelled;

impl Mlp {
    /// Replaces the normed rows in `buffers.block` by the block's output.
    pub(in crate::backend::cpu) fn forward(
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

    /// Computes the input of the down projection, activation(gate) ⊙ up, with the fused gate and up kernel where possible (see
    /// [`Mlp::fuses`]).
    fn gate_and_up(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let input = &buffers.block[..pass.n_tokens * self.gate.n_cols()];
        pass.tap(batch, self.slots.gate_up.tensors(), input);
        let formats = pass.formats(&[&self.gate, &self.up], InputPrecision::Standard);
        buffers.input.quantize(pass.level, pass.pool, input, pass.n_tokens, formats);
        let (x, rows) = (&buffers.input, &mut buffers.mlp);
        if formats == InputFormats::TILES && self.fuses() {
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
        rows.gated.quantize(
            pass.level,
            pass.pool,
            gate,
            pass.n_tokens,
            pass.formats(&[&self.down], InputPrecision::Standard),
        );
    }
}
