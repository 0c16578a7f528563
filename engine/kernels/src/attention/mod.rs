//! Attention over the KV cache: softmax(\[cap\](q·kᵀ·scale) + mask)·v for one token or a chunk of them.
//!
//! All query heads that share a key head (a group) are computed together, so that keys and values are read once per group. One
//! token is split over (kv head, range of 256 positions) and merged by log-sum-exp ([`decode`]); a chunk of tokens (chunked
//! prefill) goes in tiles of queries and keys as in flash attention ([`prefill`], or [`tiles`] where there is AMX; Dao et al.
//! 2022). Ranges and tiles lie at fixed positions, so that results do not depend on the number of threads, nor, in prefill, on
//! where chunks begin.

mod cache;
mod decode;
mod prefill;
mod problem;
mod scalar;
mod store;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod tiles;

pub use cache::{KvCache, KvCacheType, KvShape};
pub use problem::AttentionParams;
pub use store::{HeadNorm, QkvRows, QkvStep, finish_qkv};

use crate::activations::InputFormats;
use crate::hadamard::rotate;
use crate::level::{Kind, Level};
use crate::pool::Pool;
use crate::rows::for_each_row;
use crate::shared::SharedMut;
use problem::Problem;

/// Scratch buffers of attention, allocated once per sequence.
#[derive(Debug)]
pub struct AttentionScratch {
    decode: decode::Partials,
    chunk: ChunkScratch,
}

/// Scratch buffers for a chunk of tokens, by kind of kernel.
#[derive(Debug)]
enum ChunkScratch {
    Lanes(prefill::Tiles),
    #[cfg(target_arch = "x86_64")]
    Tiles(tiles::Scratch),
}

impl AttentionScratch {
    /// Buffers for `n_heads` query heads over a cache of `shape` and `capacity`, used at `level` by up to `n_workers` threads;
    /// `None` if allocation fails.
    ///
    /// At a level with AMX, chunks of tokens are computed with bf16 tiles, except where all `weights` of the model are
    /// floating-point numbers: such a model is computed exactly to f32.
    #[cfg_attr(
        not(target_arch = "x86_64"),
        allow(unused_variables, reason = "only AMX has two kinds of kernels")
    )]
    pub fn new(
        level: Level,
        weights: InputFormats,
        n_heads: usize,
        shape: KvShape,
        capacity: usize,
        n_workers: usize,
    ) -> Option<Self> {
        let decode = decode::Partials::new(n_heads, shape, capacity, n_workers)?;
        let chunk = match level.kind() {
            #[cfg(target_arch = "x86_64")]
            Kind::Amx if weights.integer => {
                ChunkScratch::Tiles(tiles::Scratch::new(n_heads, shape, n_workers)?)
            }
            _ => ChunkScratch::Lanes(prefill::Tiles::new(n_heads, shape, n_workers)?),
        };
        Some(Self { decode, chunk })
    }

    /// Bytes allocated by [`AttentionScratch::new`].
    #[cfg_attr(
        not(target_arch = "x86_64"),
        allow(unused_variables, reason = "only AMX has two kinds of kernels")
    )]
    pub fn size_bytes(
        level: Level,
        weights: InputFormats,
        n_heads: usize,
        shape: KvShape,
        capacity: usize,
        n_workers: usize,
    ) -> u64 {
        let chunk = match level.kind() {
            #[cfg(target_arch = "x86_64")]
            Kind::Amx if weights.integer => tiles::Scratch::size_bytes(n_heads, shape, n_workers),
            _ => prefill::Tiles::size_bytes(n_heads, shape, n_workers),
        };
        decode::Partials::size_bytes(n_heads, shape, capacity, n_workers) + chunk
    }
}

/// Computes attention for the queries of successive tokens, whose keys and values the cache already holds.
///
/// `queries` and `out` are `[token][head][element]`; the first token has position `first`. Scores, weights and sums are f32;
/// with AMX, the operands of a chunk's products are rounded to bf16. Over a rotated cache, the queries are those that
/// [`finish_qkv`] rotated; results are rotated back.
///
/// # Panics
/// When lengths contradict each other or positions exceed the cache.
pub fn attend(
    level: Level,
    pool: &Pool,
    step: &AttentionStep<'_>,
    scratch: &mut AttentionScratch,
    out: &mut [f32],
) {
    let problem =
        Problem { params: step.params, cache: step.cache, queries: step.queries, first: step.first_position };
    let (row_len, n_kv_heads) = (problem.row_len(), step.cache.shape().n_kv_heads);
    assert!(step.params.n_heads.is_multiple_of(n_kv_heads), "query heads come in whole groups");
    assert!(step.queries.len().is_multiple_of(row_len), "queries are whole tokens");
    assert_eq!(step.queries.len(), out.len(), "one result per query");
    let n_tokens = problem.n_tokens();
    assert!(step.first_position + n_tokens <= step.cache.capacity(), "all positions lie in the cache");
    assert!(step.params.window != Some(0), "a token sees at least itself");
    if n_tokens == 0 {
        return;
    }
    attend_as_kept(level, pool, &problem, scratch, &SharedMut::new(&mut *out));
    if step.cache.is_rotated() {
        for_each_row(pool, (out, row_len), (&mut [(); 0], 0), &|_, row, _| {
            rotate(row, step.cache.shape().head_dim);
        });
    }
}

/// Computes attention with vectors as they are stored, rotated or not.
fn attend_as_kept(
    level: Level,
    pool: &Pool,
    problem: &Problem<'_>,
    scratch: &mut AttentionScratch,
    out: &SharedMut<'_, f32>,
) {
    let (n_tokens, row_len) = (problem.n_tokens(), problem.row_len());
    if level.kind() == Kind::Scalar {
        pool.run(n_tokens, &|token, _worker| {
            // SAFETY: each chunk is another token, and each token's row is its own.
            let row = unsafe { out.part(token * row_len..(token + 1) * row_len) };
            scalar::attend_token(problem, token, row);
        });
    } else if n_tokens == 1 {
        decode::attend(level, pool, problem, &mut scratch.decode, out);
    } else {
        match &mut scratch.chunk {
            ChunkScratch::Lanes(tiles) => prefill::attend(level, pool, problem, tiles, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this scratch exists only at a level with AMX.
            ChunkScratch::Tiles(scratch) => unsafe { tiles::attend(pool, problem, scratch, out) },
        }
    }
}

/// Inputs of [`attend`].
#[derive(Clone, Copy, Debug)]
pub struct AttentionStep<'a> {
    /// Parameters of the scores.
    pub params: &'a AttentionParams,
    /// Keys and values up to and including the last query's position.
    pub cache: &'a KvCache,
    /// Queries of the tokens, `[token][head][element]`.
    pub queries: &'a [f32],
    /// Position of the first query.
    pub first_position: usize,
}
