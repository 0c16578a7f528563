//! What a sequence takes in memory: known before it is made.

use nibble_kernels::activations::FEWEST_TILE_TOKENS;
use nibble_kernels::attention::{AttentionScratch, CacheType, KvCache, KvShape};
use nibble_kernels::matmul::JOINED_ROWS;
use nibble_kernels::rope::{Pairing, RopeTable};
use nibble_kernels::{Activations, Forms, MatrixShape};

use super::CpuOptions;
use crate::backend::{DecoderSpec, Rope, RopeKind};
use crate::base::TensorMeta;

/// Most tokens that go through the layers at once: enough to make prefill a matter of arithmetic, few enough for its
/// buffers to stay small beside the weights.
const CHUNK: usize = 512;

/// Lengths of a sequence's buffers.
pub(super) struct Sizes {
    pub(super) cache: CacheType,
    pub(super) kv: KvShape,
    pub(super) capacity: usize,
    pub(super) threads: usize,
    /// Tokens that go through the layers at once.
    pub(super) chunk: usize,
    /// Tokens that do so where products take no tiles: all of them, unless tiles join gate and up of any larger number.
    pub(super) apart: usize,
    /// Elements of one token's queries.
    pub(super) query_len: usize,
    /// Elements of one token's keys.
    pub(super) kv_len: usize,
    /// Elements of the widest input of a product but the MLP's way down.
    pub(super) input_len: usize,
}

impl Sizes {
    /// Lengths for a context of `capacity`; `joins` says whether the weights let gate and up be joined.
    pub(super) fn of(spec: &DecoderSpec, options: CpuOptions, capacity: usize, joins: bool) -> Self {
        let CpuOptions { threads, level, cache } = options;
        let query_len = spec.n_heads * spec.head_dim;
        let chunk = CHUNK.min(capacity);
        let tiles = joins && Forms::INTEGER.for_many(level, chunk) == Forms::TILES;
        Self {
            cache,
            kv: KvShape { n_kv_heads: spec.n_kv_heads, head_dim: spec.head_dim },
            capacity,
            threads,
            chunk,
            apart: if tiles { chunk.min(FEWEST_TILE_TOKENS - 1) } else { chunk },
            query_len,
            kv_len: spec.n_kv_heads * spec.head_dim,
            input_len: spec.d_model.max(query_len),
        }
    }

    /// Bytes of one layer's keys and values.
    pub(super) fn cache_bytes(&self) -> u64 {
        KvCache::size_bytes(self.cache, self.kv, self.capacity)
    }
}

/// Bytes a sequence of `capacity` tokens takes once it is full, logits of one position included, for quantized weights;
/// floating-point ones take a little more.
///
/// Keys and values come into being page by page as the text grows; the rest is there from the start.
pub fn sequence_bytes(spec: &DecoderSpec, options: CpuOptions, capacity: usize) -> u64 {
    let options = CpuOptions { threads: options.threads.max(1), ..options };
    let joins = spec.d_ff.is_multiple_of(JOINED_ROWS);
    let sizes = Sizes::of(spec, options, capacity.max(1), joins);
    let row = 2 * spec.d_model + 2 * sizes.query_len + 2 * sizes.kv_len;
    let level = options.level;
    let ropes = distinct_ropes(spec).0.into_iter();
    let forms = Forms::INTEGER.and(Forms::INTEGER.for_many(level, sizes.chunk));
    sizes.cache_bytes() * spec.layers.len() as u64
        + 4 * (sizes.chunk * row + sizes.apart * 2 * spec.d_ff + spec.vocab_size) as u64
        + Activations::size_bytes(forms, sizes.chunk, sizes.input_len)
        + Activations::size_bytes(forms, sizes.chunk, spec.d_ff)
        + AttentionScratch::size_bytes(
            level,
            Forms::INTEGER,
            spec.n_heads,
            sizes.kv,
            sizes.capacity,
            sizes.threads,
        )
        + ropes.map(|rope| RopeTable::size_bytes(pairing(rope), rope.n_rotary / 2, sizes.chunk)).sum::<u64>()
}

/// Of [`sequence_bytes`], the keys and values of all layers.
pub fn cache_bytes(spec: &DecoderSpec, cache: CacheType, capacity: usize) -> u64 {
    let kv = KvShape { n_kv_heads: spec.n_kv_heads, head_dim: spec.head_dim };
    KvCache::size_bytes(cache, kv, capacity.max(1)) * spec.layers.len() as u64
}

/// Bytes that tensors of these shapes and types take in memory, packed; those that are no whole blocks count as nothing, since
/// they cannot be loaded.
pub fn weights_bytes(tensors: &[TensorMeta]) -> u64 {
    let bytes = |tensor: &TensorMeta| {
        if tensor.shape.len() < 2 {
            return size_of::<f32>() * tensor.n_cols();
        }
        let shape = MatrixShape { dtype: tensor.dtype, n_rows: tensor.n_rows(), n_cols: tensor.n_cols() };
        shape.packed_bytes().unwrap_or(0)
    };
    tensors.iter().map(|tensor| bytes(tensor) as u64).sum()
}

/// The rotations of a specification, each once, and which of them each layer has.
pub(super) fn distinct_ropes(spec: &DecoderSpec) -> (Vec<&Rope>, Vec<usize>) {
    let mut ropes: Vec<&Rope> = Vec::new();
    let of_layer = spec.layers.iter().map(|layer| {
        ropes.iter().position(|&rope| *rope == layer.rope).unwrap_or_else(|| {
            ropes.push(&layer.rope);
            ropes.len() - 1
        })
    });
    let of_layer = of_layer.collect();
    (ropes, of_layer)
}

/// The kernels' name for a rotation's pairs.
pub(super) fn pairing(rope: &Rope) -> Pairing {
    match rope.kind {
        RopeKind::Interleaved => Pairing::Interleaved,
        RopeKind::NeoX => Pairing::Halves,
    }
}
