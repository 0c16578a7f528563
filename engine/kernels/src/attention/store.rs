//! The steps between the projections and attention: biases, per-head norms, RoPE, and storing into the KV cache.

use super::cache::KvCache;
use crate::hadamard::rotate;
use crate::level::Level;
use crate::norm::{add, rms_norm_in_place};
use crate::pool::Pool;
use crate::rope::RopeTable;
use crate::shared::SharedMut;

/// Weights of the norms of queries and keys (QK norm): each as long as one head, whose elements are normed together, or as
/// several.
#[derive(Clone, Copy, Debug)]
pub struct HeadNorm<'a> {
    /// Weights for queries.
    pub query: &'a [f32],
    /// Weights for keys.
    pub key: &'a [f32],
    /// Epsilon, added to the mean square.
    pub eps: f32,
}

/// Parameters of the steps between the projections and attention.
#[derive(Clone, Copy, Debug)]
pub struct QkvStep<'a> {
    /// Biases of query, key and value.
    pub biases: Option<[&'a [f32]; 3]>,
    /// Norms of queries and keys.
    pub norm: Option<HeadNorm<'a>>,
    /// RoPE table; its row 0 is that of `first_position`.
    pub rope: &'a RopeTable,
    /// Position of the first token.
    pub first_position: usize,
}

/// The rows of queries, keys and values of successive tokens, `[token][head][element]` each.
#[derive(Debug)]
pub struct QkvRows<'a> {
    /// Rows of queries.
    pub queries: &'a mut [f32],
    /// Rows of keys.
    pub keys: &'a mut [f32],
    /// Rows of values.
    pub values: &'a mut [f32],
}

/// Adds biases, applies the norms and RoPE, and stores keys and values in the cache; for a cache of rotated elements,
/// rotates all three.
///
/// # Panics
/// When lengths contradict each other or positions exceed the cache.
pub fn finish_qkv(level: Level, pool: &Pool, step: &QkvStep<'_>, rows: QkvRows<'_>, cache: &mut KvCache) {
    let shape = cache.shape();
    let kv_len = shape.n_kv_heads * shape.head_dim;
    let n_tokens = rows.keys.len() / kv_len;
    if n_tokens == 0 {
        return;
    }
    let q_len = rows.queries.len() / n_tokens;
    assert!(
        rows.keys.len() == n_tokens * kv_len && rows.values.len() == rows.keys.len(),
        "whole rows of keys and values"
    );
    assert_eq!(rows.queries.len(), n_tokens * q_len, "whole rows of queries");
    assert!(step.first_position + n_tokens <= cache.capacity(), "all positions lie in the cache");
    if let Some(norm) = step.norm {
        let whole = |len: usize, width: usize| width > 0 && len.is_multiple_of(width);
        assert!(whole(q_len, norm.query.len()) && whole(kv_len, norm.key.len()), "norms of whole rows");
    }
    let rotates = cache.is_rotated();
    let writer = cache.writer();
    let [queries, keys, values] = [rows.queries, rows.keys, rows.values].map(SharedMut::new);
    let one = |token: usize| {
        // SAFETY: each token is worked on by one worker, and its rows are its own.
        let (q, k, v) = unsafe {
            (
                queries.part(token * q_len..(token + 1) * q_len),
                keys.part(token * kv_len..(token + 1) * kv_len),
                values.part(token * kv_len..(token + 1) * kv_len),
            )
        };
        if let Some([q_bias, k_bias, v_bias]) = step.biases {
            add(level, q, q_bias);
            add(level, k, k_bias);
            add(level, v, v_bias);
        }
        if let Some(norm) = step.norm {
            q.chunks_exact_mut(norm.query.len())
                .for_each(|heads| rms_norm_in_place(level, heads, norm.query, norm.eps));
            k.chunks_exact_mut(norm.key.len())
                .for_each(|heads| rms_norm_in_place(level, heads, norm.key, norm.eps));
        }
        step.rope.rotate(level, token, shape.head_dim, q);
        step.rope.rotate(level, token, shape.head_dim, k);
        if rotates {
            for rows in [&mut *q, &mut *k, &mut *v] {
                rotate(rows, shape.head_dim);
            }
        }
        // SAFETY: each position is stored by the one worker that has its token.
        unsafe { writer.store(level, step.first_position + token, k, v) };
    };
    if n_tokens == 1 {
        one(0); // a microsecond of work: waking the other threads takes longer
    } else {
        pool.run(n_tokens, &|token, _worker| one(token));
    }
}
