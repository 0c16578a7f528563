//! Buffers of an attention block.

use nibble_kernels::attention::QkvRows;
use nibble_kernels::zeroed::Zeroed;

use crate::backend::AttentionSpec;
use crate::backend::cpu::sizes::Sizes;

/// Queries, keys, values and results of a pass's tokens, one row per token.
#[derive(Debug)]
pub(in crate::backend::cpu) struct AttentionRows {
    pub(super) queries: Zeroed<f32>,
    pub(super) keys: Zeroed<f32>,
    pub(super) values: Zeroed<f32>,
    pub(super) attended: Zeroed<f32>,
    /// Queries and gates of each head, as they are projected together.
    pub(super) gated_queries: Zeroed<f32>,
    pub(super) gates: Zeroed<f32>,
}

impl AttentionRows {
    /// Buffers for the widest attention block of a model; `None` if allocation fails.
    pub(in crate::backend::cpu) fn new(sizes: &Sizes) -> Option<Self> {
        let rows = |width: usize| Zeroed::new(sizes.chunk * width);
        Some(Self {
            queries: rows(sizes.query_len)?,
            keys: rows(sizes.kv_len)?,
            values: rows(sizes.kv_len)?,
            attended: rows(sizes.query_len)?,
            gated_queries: rows(2 * sizes.gate_len)?,
            gates: rows(sizes.gate_len)?,
        })
    }

    /// Bytes of the buffers that [`AttentionRows::new`] allocates.
    pub(in crate::backend::cpu) fn size_bytes(sizes: &Sizes) -> u64 {
        4 * (sizes.chunk * (2 * (sizes.query_len + sizes.kv_len) + 3 * sizes.gate_len)) as u64
    }

    /// Parts the projected heads of `n_tokens` tokens into queries and gates.
    pub(super) fn part_gates(&mut self, spec: &AttentionSpec, n_tokens: usize) {
        let (width, len) = (spec.head_dim, n_tokens * spec.query_len());
        let heads = self.gated_queries[..2 * len].chunks_exact(2 * width);
        let queries = self.queries[..len].chunks_exact_mut(width);
        for ((head, query), gate) in heads.zip(queries).zip(self.gates[..len].chunks_exact_mut(width)) {
            query.copy_from_slice(&head[..width]);
            gate.copy_from_slice(&head[width..]);
        }
    }

    /// The given rows of a block's queries, keys and values.
    pub(super) fn part(&mut self, spec: &AttentionSpec, rows: &std::ops::Range<usize>) -> QkvRows<'_> {
        let of = |width: usize| rows.start * width..rows.end * width;
        QkvRows {
            queries: &mut self.queries[of(spec.query_len())],
            keys: &mut self.keys[of(spec.kv_len())],
            values: &mut self.values[of(spec.kv_len())],
        }
    }
}
