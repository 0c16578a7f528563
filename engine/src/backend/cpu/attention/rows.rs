//! Buffers of an attention block.

use nibble_kernels::attention::QkvRows;
use nibble_kernels::zeroed::Zeroed;

use crate::backend::AttentionSpec;
use crate::backend::cpu::sizes::Sizes;

/// Queries, keys, values and results of a pass's tokens, one row per token.
#[derive(Debug)]
pub(in crate::backend::cpu) struct AttentionRows {
    pub(super) queries: Zeroed<f32>,
    keys: Zeroed<f32>,
    values: Zeroed<f32>,
    pub(super) attended: Zeroed<f32>,
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
        })
    }

    /// Bytes of the buffers that [`AttentionRows::new`] allocates.
    pub(in crate::backend::cpu) fn size_bytes(sizes: &Sizes) -> u64 {
        4 * (sizes.chunk * 2 * (sizes.query_len + sizes.kv_len)) as u64
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
