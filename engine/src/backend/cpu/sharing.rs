//! Resources that the attention blocks of several layers share: scratch memory by heads, angle tables by RoPE.

use nibble_kernels::attention::KvShape;
use nibble_kernels::rope::{Pairing, RopeTable};

use crate::backend::{AttentionSpec, DecoderSpec, Rope, RopeKind};

/// Head counts and widths that need an [`AttentionScratch`](nibble_kernels::attention::AttentionScratch) of their own.
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

/// The distinct RoPEs of a model; `None` stands for layers without positions.
pub(super) fn distinct_ropes(spec: &DecoderSpec) -> Vec<Option<&Rope>> {
    distinct(spec.attentions().map(|attention| attention.rope.as_ref()))
}

/// The distinct head combinations of a model's attention blocks.
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

/// Index of `wanted` among all of its kind.
pub(super) fn position<T: PartialEq>(all: &[T], wanted: &T) -> usize {
    all.iter().position(|one| one == wanted).expect("the list was made of the layers of the same model")
}

/// The angle table of a RoPE for `chunk` positions; an empty one for layers without positions.
pub(super) fn rope_table(rope: Option<&Rope>, factors: &[f32], chunk: usize) -> RopeTable {
    match rope {
        Some(rope) => RopeTable::new(pairing(rope), rope.frequencies(factors), rope.magnitude(), chunk),
        None => RopeTable::new(Pairing::Halves, Vec::new(), 1.0, chunk),
    }
}

/// Bytes allocated by [`rope_table`].
pub(super) fn rope_table_bytes(rope: Option<&Rope>, chunk: usize) -> u64 {
    rope.map_or(0, |rope| RopeTable::size_bytes(pairing(rope), rope.n_rotary / 2, chunk))
}

/// The kernels' pairing for a RoPE.
fn pairing(rope: &Rope) -> Pairing {
    match rope.kind {
        RopeKind::Interleaved => Pairing::Interleaved,
        RopeKind::NeoX => Pairing::Halves,
    }
}
