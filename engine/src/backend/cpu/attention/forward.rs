//! Forward pass of attention for the tokens of a pass.
//!
//! Parallel regions for one token: query, key and value; attention; its output. The steps in between work on a few thousand
//! elements and run on the calling thread while the others spin, which takes less time than distributing them.

use nibble_kernels::activation::gate_by_sigmoid;
use nibble_kernels::attention::{AttentionParams, AttentionStep, HeadNorm, QkvStep, attend, finish_qkv};
use nibble_kernels::rows::for_each_row;
use nibble_kernels::{InputPrecision, Product, matmul};

use super::Attention;
use super::rows::AttentionRows;
use crate::backend::cpu::buffers::Buffers;
use crate::backend::cpu::pass::{Batch, Pass};
use crate::backend::cpu::state::LayerState;
use crate::progress::Cancelled;

impl Attention {
    /// Replaces the normed rows in `buffers.block` by the block's output, and stores keys and values in the KV cache of each
    /// sequence.
    pub(in crate::backend::cpu) fn forward(
        &self,
        pass: &Pass<'_>,
        layer: usize,
        batch: &mut Batch<'_, '_>,
        buffers: &mut Buffers,
    ) -> Result<(), Cancelled> {
        self.project(pass, batch, buffers);
        for part in batch.parts() {
            let rows = buffers.attention.part(&self.spec, &part.rows);
            let sequence = part.sequence;
            let first_position = sequence.first_position();
            let LayerState::Kv(cache) = &mut sequence.states[layer] else { continue };
            let step = QkvStep {
                biases: self.qkv_biases.as_ref().map(|biases| biases.each_ref().map(Vec::as_slice)),
                norm: self.head_norms.as_ref().map(|[query, key]| HeadNorm {
                    query,
                    key,
                    eps: self.norm_eps,
                }),
                rope: &sequence.ropes[self.rope],
                first_position,
            };
            finish_qkv(pass.level, pass.pool, &step, rows, cache);
            if let Some(scale) = self.spec.query_scale {
                let queries = buffers.attention.part(&self.spec, &part.rows).queries;
                for (token, row) in queries.chunks_exact_mut(self.spec.query_len()).enumerate() {
                    let factor = scale.at(first_position + token);
                    for x in row {
                        *x *= factor;
                    }
                }
            }
        }
        pass.cancel.check()?;
        self.attend(pass, layer, batch, buffers);
        pass.cancel.check()?;
        self.project_output(pass, batch, buffers);
        pass.cancel.check()
    }

    /// Projects the normed rows to query, key and value.
    fn project(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let input = &buffers.block[..pass.n_tokens * self.query.n_cols()];
        pass.tap(batch, self.slots.qkv.tensors(), input);
        let formats = pass.formats(&[&self.query, &self.key, &self.value], InputPrecision::Fine);
        buffers.input.quantize(pass.level, pass.pool, input, pass.n_tokens, formats);
        let rows = &mut buffers.attention;
        let len = pass.n_tokens * self.query.n_rows();
        let queries = if self.spec.gated { &mut rows.gated_queries } else { &mut rows.queries };
        let n_kv = pass.n_tokens * self.key.n_rows();
        let mut products = [
            Product { matrix: &self.query, out: &mut queries[..len] },
            Product { matrix: &self.key, out: &mut rows.keys[..n_kv] },
            Product { matrix: &self.value, out: &mut rows.values[..n_kv] },
        ];
        matmul(pass.level, pass.pool, &mut products, &buffers.input);
        if self.spec.gated {
            rows.part_gates(&self.spec, pass.n_tokens);
        }
    }

    fn attend(&self, pass: &Pass<'_>, layer: usize, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let params = AttentionParams {
            n_heads: self.spec.n_heads,
            scale: self.spec.scale,
            softcap: self.spec.softcap,
            window: self.spec.window,
        };
        let width = self.spec.query_len();
        let AttentionRows { queries, attended, .. } = &mut buffers.attention;
        for part in batch.parts() {
            let of_part = part.rows.start * width..part.rows.end * width;
            let rows = part.rows_per_call() * width;
            let (rows_per_call, sequence) = (part.rows_per_call(), part.sequence);
            let first = sequence.first_position();
            let LayerState::Kv(cache) = &sequence.states[layer] else { continue };
            let parts = queries[of_part.clone()].chunks(rows).zip(attended[of_part].chunks_mut(rows));
            for (index, (queries, attended)) in parts.enumerate() {
                let first_position = first + index * rows_per_call;
                let step = AttentionStep { params: &params, cache, queries, first_position };
                attend(pass.level, pass.pool, &step, &mut sequence.attention[self.heads], attended);
            }
        }
    }

    fn project_output(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let len = pass.n_tokens * self.output.n_cols();
        let AttentionRows { attended, gates, .. } = &mut buffers.attention;
        if self.spec.gated {
            let width = self.output.n_cols();
            for_each_row(
                pass.pool,
                (&mut attended[..len], width),
                (&mut gates[..len], width),
                &|_, x, gate| {
                    gate_by_sigmoid(pass.level, x, gate);
                },
            );
        }
        let input = &attended[..len];
        pass.tap(batch, &[self.slots.output], input);
        let formats = pass.formats(&[&self.output], InputPrecision::Standard);
        buffers.input.quantize(pass.level, pass.pool, input, pass.n_tokens, formats);
        let out = &mut buffers.block[..pass.n_tokens * self.output.n_rows()];
        matmul(
            pass.level,
            pass.pool,
            &mut [Product { matrix: &self.output, out: &mut *out }],
            &buffers.input,
        );
        if let Some(bias) = &self.output_bias {
            pass.add_bias(out, bias);
        }
    }
}
