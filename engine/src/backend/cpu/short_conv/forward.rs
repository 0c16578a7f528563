//! Forward pass of a short convolution for the tokens of a pass.

use nibble_kernels::convolution::convolve;
use nibble_kernels::{InputPrecision, Product, matmul};

use super::ShortConv;
use crate::backend::cpu::buffers::Buffers;
use crate::backend::cpu::pass::{Batch, Pass};
use crate::backend::cpu::state::LayerState;
use crate::progress::Cancelled;

impl ShortConv {
    /// Replaces the normed rows in `buffers.block` by the block's output, and moves the window of each sequence on.
    pub(in crate::backend::cpu) fn forward(
        &self,
        pass: &Pass<'_>,
        layer: usize,
        batch: &mut Batch<'_, '_>,
        buffers: &mut Buffers,
    ) -> Result<(), Cancelled> {
        let (n_tokens, width) = (pass.n_tokens, self.output.n_rows());
        let input = &buffers.block[..n_tokens * width];
        pass.tap(batch, &[self.slots.input], input);
        let formats = pass.formats(&[&self.input], InputPrecision::Fine);
        buffers.input.quantize(pass.level, pass.pool, input, n_tokens, formats);
        let rows = &mut buffers.recurrent;
        let projected = &mut rows.projected[..n_tokens * 3 * width];
        matmul(
            pass.level,
            pass.pool,
            &mut [Product { matrix: &self.input, out: &mut *projected }],
            &buffers.input,
        );
        pass.cancel.check()?;

        for part in batch.parts() {
            let LayerState::Recurrent(state) = &mut part.sequence.states[layer] else { continue };
            let projected = &projected[part.rows.start * 3 * width..part.rows.end * 3 * width];
            let history = state.window.len();
            let window = &mut rows.window[..history + part.rows.len() * width];
            window[..history].copy_from_slice(&state.window);
            for (row, x) in projected.chunks_exact(3 * width).zip(window[history..].chunks_exact_mut(width)) {
                let (before, _, value) = thirds(row);
                x.iter_mut().zip(before).zip(value).for_each(|((x, before), value)| *x = before * value);
            }
            let mixed = &mut rows.mixed[part.rows.start * width..part.rows.end * width];
            for (token, (row, out)) in
                projected.chunks_exact(3 * width).zip(mixed.chunks_exact_mut(width)).enumerate()
            {
                let seen = &window[token * width..token * width + self.convolution.len()];
                convolve(pass.level, &self.convolution, seen, out);
                let (_, behind, _) = thirds(row);
                out.iter_mut().zip(behind).for_each(|(out, behind)| *out *= behind);
            }
            state.window.copy_from_slice(&window[window.len() - history..]);
        }

        let mixed = &rows.mixed[..n_tokens * width];
        pass.tap(batch, &[self.slots.output], mixed);
        let formats = pass.formats(&[&self.output], InputPrecision::Standard);
        buffers.input.quantize(pass.level, pass.pool, mixed, n_tokens, formats);
        let out = &mut buffers.block[..n_tokens * width];
        matmul(pass.level, pass.pool, &mut [Product { matrix: &self.output, out }], &buffers.input);
        pass.cancel.check()
    }
}

/// The three parts of a token's projection: the gate before the convolution, the gate behind it, and the values.
fn thirds(row: &[f32]) -> (&[f32], &[f32], &[f32]) {
    let width = row.len() / 3;
    let (before, rest) = row.split_at(width);
    let (behind, values) = rest.split_at(width);
    (before, behind, values)
}
