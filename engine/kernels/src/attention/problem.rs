//! One call of attention: its inputs, and their division into tasks.

use std::ops::Range;

use super::cache::{KvCache, TILE_POSITIONS};
use crate::pool::Pool;

/// Parameters of the attention scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionParams {
    /// Number of query heads; a multiple of the key heads.
    pub n_heads: usize,
    /// Factor of q·k.
    pub scale: f32,
    /// Soft cap of the scores: they become cap·tanh(score/cap).
    pub softcap: Option<f32>,
    /// Sliding window: a token sees itself and the `window - 1` positions before it; all of them if `None`.
    pub window: Option<usize>,
}

/// Inputs of one call, with values derived from them.
#[derive(Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) params: &'a AttentionParams,
    pub(super) cache: &'a KvCache,
    pub(super) queries: &'a [f32],
    /// Position of the first query.
    pub(super) first: usize,
}

impl Problem<'_> {
    /// Query heads per key head.
    pub(super) fn group(&self) -> usize {
        self.params.n_heads / self.cache.shape().n_kv_heads
    }

    /// Elements of one token's queries.
    pub(super) fn row_len(&self) -> usize {
        self.params.n_heads * self.cache.shape().head_dim
    }

    pub(super) fn n_tokens(&self) -> usize {
        self.queries.len() / self.row_len()
    }

    /// Divides a chunk into tasks of one kv head and up to `most` tokens, and calls `task` with the worker, the head and the
    /// tokens of each. Later tokens attend to more keys, so the largest tasks come first and workers finish together.
    pub(super) fn for_each_task(
        &self,
        pool: &Pool,
        most: usize,
        task: &(dyn Fn(usize, usize, Range<usize>) + Sync),
    ) {
        let n_kv_heads = self.cache.shape().n_kv_heads;
        let n_tiles = self.n_tokens().div_ceil(most);
        pool.run(n_kv_heads * n_tiles, &|chunk, worker| {
            let tile = n_tiles - 1 - chunk / n_kv_heads;
            task(worker, chunk % n_kv_heads, tile * most..self.n_tokens().min((tile + 1) * most));
        });
    }

    /// The tiles of keys visible to some of the tokens, the last one cut at the last visible position.
    pub(super) fn key_tiles(&self, tokens: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
        let first = self.visible(tokens.start).start / TILE_POSITIONS;
        let end = self.visible(tokens.end - 1).end;
        (first..end.div_ceil(TILE_POSITIONS))
            .map(move |tile| tile * TILE_POSITIONS..end.min((tile + 1) * TILE_POSITIONS))
    }

    /// Offsets of a task's rows in queries and results, in order: a row is a token's head of the group.
    pub(super) fn rows(&self, kv_head: usize, tokens: &Range<usize>) -> impl Iterator<Item = usize> + use<> {
        let (head_dim, group, row_len) = (self.cache.shape().head_dim, self.group(), self.row_len());
        tokens.clone().flat_map(move |token| {
            (0..group).map(move |head| token * row_len + (kv_head * group + head) * head_dim)
        })
    }

    /// Positions visible to token `token`.
    pub(super) fn visible(&self, token: usize) -> Range<usize> {
        let end = self.first + token + 1;
        self.params.window.map_or(0, |window| end.saturating_sub(window))..end
    }
}
