//! One layer over a chunk of tokens, in the order of [`crate::backend::spec`].
//!
//! Parallel regions for one token: query, key and value; attention; its output; gate and up; down. What lies between is a
//! few thousand elements, done by the caller while the other threads spin: shorter than handing it out.

use nibble_kernels::attention::{
    AttentionParams, AttentionStep, HeadNorm, KvCache, QkvRows, QkvStep, attend, finish_qkv,
};
use nibble_kernels::norm::{add, rms_norm, rms_norm_in_place};
use nibble_kernels::rope::RopeTable;
use nibble_kernels::rows::for_each_row;
use nibble_kernels::{Forms, Level, Matrix, Product, matmul, matmul_gated};

use super::Model;
use super::sequence::Buffers;
use crate::progress::{Cancel, Cancelled};

/// A layer, and the tokens it is applied to.
pub(super) struct LayerStep<'a> {
    pub(super) model: &'a Model,
    pub(super) layer: usize,
    pub(super) rope: &'a RopeTable,
    /// Position of the first token.
    pub(super) first: usize,
    pub(super) n_tokens: usize,
    /// Tokens that are computed together: all, or 1 for the bits that each would get alone. Products of few tokens have these bits
    /// anyway.
    pub(super) at_once: usize,
    pub(super) level: Level,
    pub(super) cancel: &'a Cancel,
}

impl LayerStep<'_> {
    /// Takes the stream through the layer, storing keys and values in its cache.
    pub(super) fn run(&self, buffers: &mut Buffers, cache: &mut KvCache) -> Result<(), Cancelled> {
        self.project_qkv(buffers, cache);
        self.cancel.check()?;
        self.attend(buffers, cache);
        self.cancel.check()?;
        self.gate_and_up(buffers);
        self.cancel.check()?;
        self.down(buffers);
        self.cancel.check()
    }

    /// Norm, query, key and value with their biases, norms and rotation, and the cache.
    fn project_qkv(&self, buffers: &mut Buffers, cache: &mut KvCache) {
        let (spec, pool, weights) = (&self.model.spec, &self.model.pool, self.weights());
        self.norm_stream(buffers, &weights.attention_norm);
        let [query_len, kv_len] =
            [spec.n_heads, spec.n_kv_heads].map(|heads| heads * spec.head_dim * self.n_tokens);
        let (queries, keys) = (&mut buffers.queries[..query_len], &mut buffers.keys[..kv_len]);
        let values = &mut buffers.values[..kv_len];
        let forms = self.forms(&[&weights.query, &weights.key, &weights.value]);
        let input = &buffers.block[..self.n_tokens * spec.d_model];
        buffers.input.quantize(self.level, pool, input, self.n_tokens, forms);
        let mut products = [
            Product { matrix: &weights.query, out: &mut *queries },
            Product { matrix: &weights.key, out: &mut *keys },
            Product { matrix: &weights.value, out: &mut *values },
        ];
        matmul(self.level, pool, &mut products, &buffers.input);
        let norm = weights.head_norms.as_ref();
        let step = QkvStep {
            biases: weights.qkv_biases.as_ref().map(|biases| biases.each_ref().map(Vec::as_slice)),
            norm: norm.map(|[query, key]| HeadNorm { query, key, eps: spec.norm_eps }),
            rope: self.rope,
            first_position: self.first,
        };
        finish_qkv(self.level, pool, &step, QkvRows { queries, keys, values }, cache);
    }

    /// Attention, its output, and its place in the stream.
    fn attend(&self, buffers: &mut Buffers, cache: &KvCache) {
        let (spec, pool, weights) = (&self.model.spec, &self.model.pool, self.weights());
        let params = AttentionParams {
            n_heads: spec.n_heads,
            scale: spec.attention_scale,
            softcap: spec.attention_softcap,
            window: spec.layers[self.layer].window,
        };
        let len = self.n_tokens * spec.n_heads * spec.head_dim;
        let queries = &buffers.queries[..len];
        let rows = self.at_once * spec.n_heads * spec.head_dim;
        let parts = queries.chunks(rows).zip(buffers.attended[..len].chunks_mut(rows));
        for (part, (queries, attended)) in parts.enumerate() {
            let first_position = self.first + part * self.at_once;
            let step = AttentionStep { params: &params, cache, queries, first_position };
            attend(self.level, pool, &step, &mut buffers.attention, attended);
        }
        if self.cancel.is_cancelled() {
            return; // the caller's check ends the call
        }
        let forms = self.forms(&[&weights.attention_output]);
        buffers.input.quantize(self.level, pool, &buffers.attended[..len], self.n_tokens, forms);
        let out = &mut buffers.block[..self.n_tokens * spec.d_model];
        matmul(self.level, pool, &mut [Product { matrix: &weights.attention_output, out }], &buffers.input);
        self.add_to_stream(buffers, weights.post_attention_norm.as_deref());
    }

    /// Norm, gate and up, and the activation: the input of the way down.
    fn gate_and_up(&self, buffers: &mut Buffers) {
        let (spec, pool, weights) = (&self.model.spec, &self.model.pool, self.weights());
        self.norm_stream(buffers, &weights.mlp_norm);
        let forms = self.forms(&[&weights.gate, &weights.up]);
        let input = &buffers.block[..self.n_tokens * spec.d_model];
        buffers.input.quantize(self.level, pool, input, self.n_tokens, forms);
        let (x, down) = (&buffers.input, self.forms(&[&weights.down]));
        if forms == Forms::TILES && weights.joins() {
            let matrices = [&weights.gate, &weights.up];
            matmul_gated(self.level, pool, matrices, spec.activation, x, &mut buffers.gated);
            return;
        }
        let len = self.n_tokens * spec.d_ff;
        let (gate, up) = (&mut buffers.gate[..len], &mut buffers.up[..len]);
        let mut products = [
            Product { matrix: &weights.gate, out: &mut *gate },
            Product { matrix: &weights.up, out: &mut *up },
        ];
        matmul(self.level, pool, &mut products, x);
        for_each_row(pool, (&mut *gate, spec.d_ff), (up, spec.d_ff), &|_, gate, up| {
            spec.activation.gate(self.level, gate, up);
        });
        buffers.gated.quantize(self.level, pool, gate, self.n_tokens, down);
    }

    /// The MLP's way back into the stream.
    fn down(&self, buffers: &mut Buffers) {
        let (spec, pool, weights) = (&self.model.spec, &self.model.pool, self.weights());
        let out = &mut buffers.block[..self.n_tokens * spec.d_model];
        matmul(self.level, pool, &mut [Product { matrix: &weights.down, out }], &buffers.gated);
        self.add_to_stream(buffers, weights.post_mlp_norm.as_deref());
    }

    /// The forms in which these matrices want the input they share.
    fn forms(&self, matrices: &[&Matrix]) -> Forms {
        let forms = matrices.iter().fold(Forms::NONE, |forms, matrix| forms.and(matrix.forms()));
        forms.for_many(self.level, self.at_once)
    }

    fn weights(&self) -> &super::weights::LayerWeights {
        &self.model.weights.layers[self.layer]
    }

    /// block = norm(stream)
    fn norm_stream(&self, buffers: &mut Buffers, weight: &[f32]) {
        let (width, eps) = (self.model.spec.d_model, self.model.spec.norm_eps);
        let stream = &mut buffers.stream[..self.n_tokens * width];
        let block = &mut buffers.block[..self.n_tokens * width];
        for_each_row(&self.model.pool, (stream, width), (block, width), &|_, stream, block| {
            rms_norm(self.level, stream, weight, eps, block);
        });
    }

    /// stream += \[norm\](block)
    fn add_to_stream(&self, buffers: &mut Buffers, post_norm: Option<&[f32]>) {
        let (width, eps) = (self.model.spec.d_model, self.model.spec.norm_eps);
        let stream = &mut buffers.stream[..self.n_tokens * width];
        let block = &mut buffers.block[..self.n_tokens * width];
        for_each_row(&self.model.pool, (stream, width), (block, width), &|_, stream, block| {
            if let Some(weight) = post_norm {
                rms_norm_in_place(self.level, block, weight, eps);
            }
            add(self.level, stream, block);
        });
    }
}
