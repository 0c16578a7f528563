//! Forward pass of a mixture of experts for the tokens of a pass.
//!
//! Tokens are grouped by expert, so that the weights of an expert are read once for all tokens that use it.

use nibble_kernels::rows::for_each_row;
use nibble_kernels::{InputPrecision, Product, matmul};

use super::routing::{route, sigmoid};
use super::{Expert, Experts, Shared};
use crate::backend::cpu::buffers::Buffers;
use crate::backend::cpu::pass::{Batch, Pass};
use crate::progress::Cancelled;

impl Experts {
    /// Replaces the normed rows in `buffers.block` by the block's output.
    pub(in crate::backend::cpu) fn forward(
        &self,
        pass: &Pass<'_>,
        batch: &mut Batch<'_, '_>,
        buffers: &mut Buffers,
    ) -> Result<(), Cancelled> {
        let n_tokens = pass.n_tokens;
        let width = self.router.n_cols();
        self.choose(pass, batch, buffers);
        buffers.experts.input[..n_tokens * width].copy_from_slice(&buffers.block[..n_tokens * width]);
        match &self.shared {
            Some(shared) => shared.forward(pass, batch, buffers)?,
            None => buffers.block[..n_tokens * width].fill(0.0),
        }
        for (index, expert) in self.all.iter().enumerate() {
            let of_expert = buffers.experts.starts[index]..buffers.experts.starts[index + 1];
            if !of_expert.is_empty() {
                expert.add(pass, self, of_expert, batch, buffers);
                pass.cancel.check()?;
            }
        }
        Ok(())
    }

    /// Chooses the experts of every token by the router's products.
    fn choose(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let (n_tokens, n_experts, n_used) = (pass.n_tokens, self.spec.n_experts, self.spec.n_used);
        let input = &buffers.block[..n_tokens * self.router.n_cols()];
        pass.tap(batch, &[self.slots.router], input);
        let formats = pass.formats(&[&self.router], InputPrecision::Standard);
        buffers.input.quantize(pass.level, pass.pool, input, n_tokens, formats);
        let rows = &mut buffers.experts;
        let scores = &mut rows.scores[..n_tokens * n_experts];
        let mut product = [Product { matrix: &self.router, out: &mut *scores }];
        matmul(pass.level, pass.pool, &mut product, &buffers.input);
        if let Some(bias) = &self.router_bias {
            pass.add_bias(scores, bias);
        }
        let choices = rows.choices.chunks_exact_mut(n_used);
        for (scores, choices) in scores.chunks_exact_mut(n_experts).zip(choices) {
            route(self.spec.router, self.selection_bias.as_deref(), scores, &mut rows.order, choices);
        }
        rows.sort(n_tokens, n_used, n_experts);
    }
}

impl Expert {
    /// Adds the weighted outputs of the expert for its tokens, those of `of_expert`, to the tokens' rows of `buffers.block`.
    fn add(
        &self,
        pass: &Pass<'_>,
        experts: &Experts,
        of_expert: std::ops::Range<usize>,
        batch: &mut Batch<'_, '_>,
        buffers: &mut Buffers,
    ) {
        let (width, d_ff) = (self.gate.n_cols(), self.gate.n_rows());
        let n_tokens = of_expert.len();
        let rows = &mut buffers.experts;
        let tokens = &rows.by_expert[of_expert];
        let gathered = &mut rows.gathered[..n_tokens * width];
        for (row, &(token, _)) in gathered.chunks_exact_mut(width).zip(tokens) {
            row.copy_from_slice(&rows.input[token * width..(token + 1) * width]);
        }
        let formats = pass.formats_of(&[&self.gate, &self.up], InputPrecision::Standard, n_tokens);
        buffers.input.quantize(pass.level, pass.pool, gathered, n_tokens, formats);
        let (gate, up, gated) = buffers.mlp.rows(n_tokens * d_ff);
        let mut products =
            [Product { matrix: &self.gate, out: &mut *gate }, Product { matrix: &self.up, out: &mut *up }];
        matmul(pass.level, pass.pool, &mut products, &buffers.input);
        for (rows, bias) in [&mut *gate, &mut *up].into_iter().zip(&self.biases) {
            if let Some(bias) = bias {
                pass.add_bias(rows, bias);
            }
        }
        let activation = experts.spec.expert.activation;
        for_each_row(pass.pool, (&mut *gate, d_ff), (up, d_ff), &|_, gate, up| {
            activation.gate(pass.level, gate, up);
        });
        pass.tap_tokens(
            batch,
            experts.slots.experts.down.weight,
            tokens.iter().map(|(token, _)| *token),
            gate,
        );
        let formats = pass.formats_of(&[&self.down], InputPrecision::Standard, n_tokens);
        gated.quantize(pass.level, pass.pool, gate, n_tokens, formats);
        let mut product = [Product { matrix: &self.down, out: &mut *gathered }];
        matmul(pass.level, pass.pool, &mut product, gated);
        if let Some(bias) = &self.biases[2] {
            pass.add_bias(gathered, bias);
        }
        for (row, &(token, weight)) in gathered.chunks_exact(width).zip(tokens) {
            let out = &mut buffers.block[token * width..(token + 1) * width];
            out.iter_mut().zip(row).for_each(|(out, x)| *out += weight * x);
        }
    }
}

impl Shared {
    /// Replaces the normed rows in `buffers.block` by the shared expert's output.
    fn forward(
        &self,
        pass: &Pass<'_>,
        batch: &mut Batch<'_, '_>,
        buffers: &mut Buffers,
    ) -> Result<(), Cancelled> {
        self.mlp.forward(pass, batch, buffers)?;
        let Some(gate) = &self.gate else { return Ok(()) };
        let (width, n_tokens) = (gate.len(), pass.n_tokens);
        let inputs = buffers.experts.input[..n_tokens * width].chunks_exact(width);
        for (out, input) in buffers.block[..n_tokens * width].chunks_exact_mut(width).zip(inputs) {
            let product: f32 = input.iter().zip(gate).map(|(x, weight)| x * weight).sum();
            let factor = sigmoid(product);
            for x in out {
                *x *= factor;
            }
        }
        Ok(())
    }
}
