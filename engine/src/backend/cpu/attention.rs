//! Attention: weights, buffers, and the way of a pass's tokens through it.
//!
//! Parallel regions for one token: query, key and value; attention; its output. What lies between is a few thousand elements, done
//! by the caller while the other threads spin: shorter than handing it out.

use nibble_kernels::attention::{
    AttentionParams, AttentionStep, HeadNorm, KvShape, QkvRows, QkvStep, attend, finish_qkv,
};
use nibble_kernels::rope::{Pairing, RopeTable};
use nibble_kernels::zeroed::Zeroed;
use nibble_kernels::{Matrix, Product, matmul};

use super::buffers::Buffers;
use super::loader::Loader;
use super::memory::Sizes;
use super::pass::{Batch, Pass};
use super::state::LayerState;
use crate::backend::slots::AttentionSlots;
use crate::backend::{AttentionSpec, DecoderSpec, Error, Rope, RopeKind};
use crate::progress::Cancelled;

/// Weights of an attention block.
#[derive(Debug)]
pub(super) struct Attention {
    spec: AttentionSpec,
    slots: AttentionSlots,
    query: Matrix,
    key: Matrix,
    value: Matrix,
    qkv_biases: Option<[Vec<f32>; 3]>,
    /// Of queries and of keys.
    head_norms: Option<[Vec<f32>; 2]>,
    output: Matrix,
    output_bias: Option<Vec<f32>>,
    /// Added to the mean square in the norms of heads.
    norm_eps: f32,
    /// Position of the block's rotation among [`distinct_ropes`].
    rope: usize,
    /// Position of the block's heads among [`distinct_heads`].
    heads: usize,
}

/// Heads that need an [`AttentionScratch`] of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heads {
    pub(super) n_heads: usize,
    pub(super) kv: KvShape,
}

impl Heads {
    pub(super) fn of(spec: &AttentionSpec) -> Self {
        let kv = KvShape { n_kv_heads: spec.n_kv_heads, head_dim: spec.head_dim };
        Self { n_heads: spec.n_heads, kv }
    }
}

impl Attention {
    pub(super) fn load(
        decoder: &DecoderSpec,
        spec: &AttentionSpec,
        slots: AttentionSlots,
        loader: &mut Loader<'_>,
    ) -> Result<Self, Error> {
        let n_rows = [spec.query_len(), spec.kv_len(), spec.kv_len()];
        let [query, key, value] = loader.projections(&slots.qkv, n_rows)?;
        let biases = loader.biases(&slots.qkv, n_rows)?;
        // The kernel adds all three or none.
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

    /// Replaces the normed rows in `buffers.block` by the block's output, storing keys and values in the layer's state of each
    /// sequence.
    pub(super) fn forward(
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
            let LayerState::Kv(cache) = &mut sequence.states[layer];
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
        }
        pass.cancel.check()?;
        self.attend(pass, layer, batch, buffers);
        pass.cancel.check()?;
        self.project_output(pass, batch, buffers);
        pass.cancel.check()
    }

    /// Query, key and value.
    fn project(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let input = &buffers.block[..pass.n_tokens * self.query.n_cols()];
        pass.tap(batch, self.slots.qkv.tensors(), input);
        let forms = pass.forms(&[&self.query, &self.key, &self.value]);
        buffers.input.quantize(pass.level, pass.pool, input, pass.n_tokens, forms);
        let QkvRows { queries, keys, values } = buffers.attention.part(&self.spec, &(0..pass.n_tokens));
        let mut products = [
            Product { matrix: &self.query, out: queries },
            Product { matrix: &self.key, out: keys },
            Product { matrix: &self.value, out: values },
        ];
        matmul(pass.level, pass.pool, &mut products, &buffers.input);
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
            let rows = part.at_once() * width;
            let (at_once, sequence) = (part.at_once(), part.sequence);
            let first = sequence.first_position();
            let LayerState::Kv(cache) = &sequence.states[layer];
            let parts = queries[of_part.clone()].chunks(rows).zip(attended[of_part].chunks_mut(rows));
            for (index, (queries, attended)) in parts.enumerate() {
                let first_position = first + index * at_once;
                let step = AttentionStep { params: &params, cache, queries, first_position };
                attend(pass.level, pass.pool, &step, &mut sequence.attention[self.heads], attended);
            }
        }
    }

    fn project_output(&self, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
        let input = &buffers.attention.attended[..pass.n_tokens * self.output.n_cols()];
        pass.tap(batch, &[self.slots.output], input);
        let forms = pass.forms(&[&self.output]);
        buffers.input.quantize(pass.level, pass.pool, input, pass.n_tokens, forms);
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

/// Queries, keys, values and results of a pass's tokens; rows of tokens each.
#[derive(Debug)]
pub(super) struct AttentionRows {
    queries: Zeroed<f32>,
    keys: Zeroed<f32>,
    values: Zeroed<f32>,
    attended: Zeroed<f32>,
}

impl AttentionRows {
    /// Buffers for the widest attention block of a model; `None` if they could not be allocated.
    pub(super) fn new(sizes: &Sizes) -> Option<Self> {
        let rows = |width: usize| Zeroed::new(sizes.chunk * width);
        Some(Self {
            queries: rows(sizes.query_len)?,
            keys: rows(sizes.kv_len)?,
            values: rows(sizes.kv_len)?,
            attended: rows(sizes.query_len)?,
        })
    }

    /// Bytes of the buffers that [`AttentionRows::new`] allocates.
    pub(super) fn size_bytes(sizes: &Sizes) -> u64 {
        4 * (sizes.chunk * 2 * (sizes.query_len + sizes.kv_len)) as u64
    }

    /// Some rows of a block's queries, keys and values.
    fn part(&mut self, spec: &AttentionSpec, rows: &std::ops::Range<usize>) -> QkvRows<'_> {
        let of = |width: usize| rows.start * width..rows.end * width;
        QkvRows {
            queries: &mut self.queries[of(spec.query_len())],
            keys: &mut self.keys[of(spec.kv_len())],
            values: &mut self.values[of(spec.kv_len())],
        }
    }
}

/// The rotations of a model, each once; `None` stands for layers without a position.
pub(super) fn distinct_ropes(spec: &DecoderSpec) -> Vec<Option<&Rope>> {
    distinct(spec.attentions().map(|attention| attention.rope.as_ref()))
}

/// The heads of a model's attention blocks, each combination once.
pub(super) fn distinct_heads(spec: &DecoderSpec) -> Vec<Heads> {
    distinct(spec.attentions().map(Heads::of))
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

fn position<T: PartialEq>(all: &[T], wanted: &T) -> usize {
    all.iter().position(|one| one == wanted).expect("the list was made of the layers of the same model")
}

/// The angles of a rotation for `chunk` positions; none for layers without a position.
pub(super) fn rope_table(rope: Option<&Rope>, factors: &[f32], chunk: usize) -> RopeTable {
    match rope {
        Some(rope) => RopeTable::new(pairing(rope), rope.frequencies(factors), rope.magnitude(), chunk),
        None => RopeTable::new(Pairing::Halves, Vec::new(), 1.0, chunk),
    }
}

/// Bytes of a [`rope_table`].
pub(super) fn rope_table_bytes(rope: Option<&Rope>, chunk: usize) -> u64 {
    rope.map_or(0, |rope| RopeTable::size_bytes(pairing(rope), rope.n_rotary / 2, chunk))
}

/// The kernels' name for a rotation's pairs.
fn pairing(rope: &Rope) -> Pairing {
    match rope.kind {
        RopeKind::Interleaved => Pairing::Interleaved,
        RopeKind::NeoX => Pairing::Halves,
    }
}
