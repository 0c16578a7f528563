//! Attention block: weights here, buffers in `attention/rows.rs`, forward pass in `attention/forward.rs`.

mod forward;
mod rows;

use nibble_kernels::Matrix;

use super::loader::Loader;
use super::sharing::{Heads, distinct_heads, distinct_ropes, position};
use crate::backend::slots::AttentionSlots;
use crate::backend::{AttentionSpec, DecoderSpec, Error};

pub(super) use rows::AttentionRows;

/// Weights of an attention block.
#[derive(Debug)]
pub(super) struct Attention {
    spec: AttentionSpec,
    slots: AttentionSlots,
    query: Matrix,
    key: Matrix,
    value: Matrix,
    qkv_biases: Option<[Vec<f32>; 3]>,
    /// Norm weights of queries and of keys, of each head or of all together.
    head_norms: Option<[Vec<f32>; 2]>,
    output: Matrix,
    output_bias: Option<Vec<f32>>,
    /// Epsilon of the norms of heads, added to the mean square.
    norm_eps: f32,
    /// Index of the block's RoPE among [`distinct_ropes`].
    rope: usize,
    /// Index of the block's heads among [`distinct_heads`].
    heads: usize,
}

impl Attention {
    pub(super) fn load(
        decoder: &DecoderSpec,
        spec: &AttentionSpec,
        slots: AttentionSlots,
        loader: &mut Loader<'_>,
    ) -> Result<Self, Error> {
        let n_rows = [spec.query_rows(), spec.kv_len(), spec.kv_len()];
        let [query, key, value] = loader.projections(&slots.qkv, n_rows)?;
        let biases = loader.biases(&slots.qkv, n_rows)?;
        // The kernel adds all three biases or none.
        let qkv_biases = biases.iter().any(Option::is_some).then(|| {
            let mut n_rows = n_rows.into_iter();
            biases.map(|bias| {
                let n_rows = n_rows.next().unwrap_or(0);
                bias.unwrap_or_else(|| vec![0.0; n_rows])
            })
        });
        let head_norms = match slots.head_norms {
            Some([query, key]) => Some([loader.vector(query)?, loader.vector(key)?]),
            None => None,
        };
        Ok(Self {
            query,
            key,
            value,
            qkv_biases,
            head_norms,
            output: loader.matrix(slots.output.weight)?,
            output_bias: loader.optional_vector(slots.output.bias)?,
            norm_eps: decoder.norm_eps,
            rope: position(&distinct_ropes(decoder), &spec.rope.as_ref()),
            heads: position(&distinct_heads(decoder), &Heads::of(spec)),
            spec: spec.clone(),
            slots,
        })
    }

    pub(super) fn matrices(&self) -> [&Matrix; 4] {
        [&self.query, &self.key, &self.value, &self.output]
    }

    pub(super) fn vectors(&self) -> impl Iterator<Item = &Vec<f32>> {
        let biases = self.qkv_biases.iter().flatten().chain(&self.output_bias);
        biases.chain(self.head_norms.iter().flatten())
    }
}
