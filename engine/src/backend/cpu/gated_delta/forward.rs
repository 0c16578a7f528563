//! Forward pass of a gated delta rule for the tokens of a pass.

use nibble_kernels::activation::{Activation, silu};
use nibble_kernels::convolution::convolve;
use nibble_kernels::delta::{DeltaInputs, gated_delta};
use nibble_kernels::norm::rms_norm_in_place;
use nibble_kernels::rows::for_each_row;
use nibble_kernels::{InputPrecision, Product, matmul};

use super::GatedDelta;
use crate::backend::cpu::buffers::Buffers;
use crate::backend::cpu::pass::{Batch, Pass};
use crate::backend::cpu::state::LayerState;
use crate::progress::Cancelled;

/// Added to the square of a query's or key's length before it is divided by it.
const LENGTH_EPS: f32 = 1e-6;

impl GatedDelta {
    /// Replaces the normed rows in `buffers.block` by the block's output, and moves the state of each sequence on.
    pub(in crate::backend::cpu) fn forward(
        &self,
        pass: &Pass<'_>,
        layer: usize,
        batch: &mut Batch<'_, '_>,
        buffers: &mut Buffers,
    ) -> Result<(), Cancelled> {
        self.project(pass, batch, buffers);
        pass.cancel.check()?;
        self.mix(pass, layer, batch, buffers);
        pass.cancel.check()?;
        self.project_output(pass, batch, buffers);
        pass.cancel.check()
    }

    /// Projects the normed rows to queries, keys and values, gates, rates and decays.
    fn project(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let n_tokens = pass.n_tokens;
        let [qkv, gate, rate, decay] = &self.inputs;
        let input = &buffers.block[..n_tokens * qkv.n_cols()];
        pass.tap(batch, &self.slots.inputs, input);
        let formats = pass.formats(&[qkv, gate, rate, decay], InputPrecision::Fine);
        buffers.input.quantize(pass.level, pass.pool, input, n_tokens, formats);
        let rows = &mut buffers.recurrent;
        let n_gates = n_tokens * self.heads.n_value_heads;
        let (rates, decays) = (&mut rows.rates[..n_gates], &mut rows.decays[..n_gates]);
        let mut products = [
            Product { matrix: qkv, out: &mut rows.projected[..n_tokens * qkv.n_rows()] },
            Product { matrix: gate, out: &mut rows.gates[..n_tokens * gate.n_rows()] },
            Product { matrix: rate, out: &mut *rates },
            Product { matrix: decay, out: &mut *decays },
        ];
        matmul(pass.level, pass.pool, &mut products, &buffers.input);
        for rate in rates {
            *rate = 1.0 / (1.0 + (-*rate).exp());
        }
        let [factor, added] = &self.decay;
        for decays in decays.chunks_exact_mut(self.heads.n_value_heads) {
            for ((decay, factor), added) in decays.iter_mut().zip(factor).zip(added) {
                *decay = (factor * softplus(*decay + added)).exp();
            }
        }
    }

    /// Convolves queries, keys and values, and applies the rule to each sequence.
    fn mix(&self, pass: &Pass<'_>, layer: usize, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let (channels, value_len) = (self.inputs[0].n_rows(), self.heads.value_len());
        let rows = &mut buffers.recurrent;
        for part in batch.parts() {
            let LayerState::Recurrent(state) = &mut part.sequence.states[layer] else { continue };
            let of = |width: usize| part.rows.start * width..part.rows.end * width;
            let history = state.window.len();
            let window = &mut rows.window[..history + part.rows.len() * channels];
            window[..history].copy_from_slice(&state.window);
            window[history..].copy_from_slice(&rows.projected[of(channels)]);
            let mixed = &mut rows.mixed[of(channels)];
            let seen = &*window;
            for_each_row(pass.pool, (&mut *mixed, channels), (&mut [(); 0], 0), &|token, out, _| {
                let seen = &seen[token * channels..token * channels + self.convolution.len()];
                convolve(pass.level, &self.convolution, seen, out);
                silu(pass.level, out);
                self.normalize(out);
            });
            state.window.copy_from_slice(&window[window.len() - history..]);
            let inputs = DeltaInputs {
                qkv: mixed,
                decay: &rows.decays[of(self.heads.n_value_heads)],
                rate: &rows.rates[of(self.heads.n_value_heads)],
            };
            let out = &mut rows.attended[of(value_len)];
            gated_delta(pass.level, pass.pool, &self.heads, &inputs, &mut state.memory, out);
        }
    }

    /// Divides each query and key by its length, and queries by the root of their width.
    fn normalize(&self, qkv: &mut [f32]) {
        let (key_dim, key_len) = (self.heads.key_dim, self.heads.key_len());
        let query_factor = 1.0 / (key_dim as f32).sqrt();
        for (index, head) in qkv[..2 * key_len].chunks_exact_mut(key_dim).enumerate() {
            let square: f32 = head.iter().map(|x| x * x).sum();
            let factor = if index < self.heads.n_key_heads { query_factor } else { 1.0 };
            let factor = factor / (square + LENGTH_EPS).sqrt();
            for x in head {
                *x *= factor;
            }
        }
    }

    /// Norms and gates the heads' outputs and projects them.
    fn project_output(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let (n_tokens, value_len) = (pass.n_tokens, self.heads.value_len());
        let rows = &mut buffers.recurrent;
        let (attended, gates) =
            (&mut rows.attended[..n_tokens * value_len], &mut rows.gates[..n_tokens * value_len]);
        for_each_row(pass.pool, (&mut *attended, value_len), (&mut *gates, value_len), &|_, out, gate| {
            for head in out.chunks_exact_mut(self.norm.len()) {
                rms_norm_in_place(pass.level, head, &self.norm, self.norm_eps);
            }
            Activation::Silu.gate(pass.level, gate, out);
        });
        pass.tap(batch, &[self.slots.output], gates);
        let formats = pass.formats(&[&self.output], InputPrecision::Standard);
        buffers.input.quantize(pass.level, pass.pool, gates, n_tokens, formats);
        let out = &mut buffers.block[..n_tokens * self.output.n_rows()];
        matmul(pass.level, pass.pool, &mut [Product { matrix: &self.output, out }], &buffers.input);
    }
}

/// ln(1 + eˣ), in f32.
fn softplus(x: f32) -> f32 {
    if x > 20.0 { x } else { x.exp().ln_1p() }
}
