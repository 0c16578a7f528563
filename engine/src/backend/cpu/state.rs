//! State of a sequence, layer by layer.

use nibble_kernels::attention::{KvCache, KvCacheType};

use super::sharing::Heads;
use crate::backend::Mixer;
use crate::backend::snapshot::LayerSnapshot;

/// State of one layer of a sequence.
#[derive(Debug)]
pub(super) enum LayerState {
    /// KV cache of all tokens.
    Kv(KvCache),
}

impl LayerState {
    /// The empty state of a layer with room for `capacity` tokens; `None` if allocation fails.
    pub(super) fn new(mixer: &Mixer, cache: KvCacheType, capacity: usize) -> Option<Self> {
        match mixer {
            Mixer::Attention(attention) => {
                KvCache::new(cache, Heads::of(attention).kv, capacity).map(Self::Kv)
            }
        }
    }

    /// Bytes of the state of a layer once it is full.
    pub(super) fn size_bytes(mixer: &Mixer, cache: KvCacheType, capacity: usize) -> u64 {
        match mixer {
            Mixer::Attention(attention) => KvCache::size_bytes(cache, Heads::of(attention).kv, capacity),
        }
    }

    /// Removes the tokens from `len` on; returns how many remain.
    pub(super) fn truncate(&mut self, len: usize) -> usize {
        match self {
            // Entries beyond `len` are overwritten before they are read.
            Self::Kv(_) => len,
        }
    }

    /// Copies the state after `len` tokens; `None` if allocation fails.
    pub(super) fn snapshot(&self, len: usize) -> Option<LayerSnapshot> {
        match self {
            Self::Kv(cache) => cache.snapshot(len).map(LayerSnapshot::Kv),
        }
    }

    /// Bytes of a [`LayerState::snapshot`].
    pub(super) fn snapshot_bytes(&self, len: usize) -> u64 {
        match self {
            Self::Kv(cache) => cache.snapshot_bytes(len) as u64,
        }
    }

    /// Whether [`LayerState::restore`] accepts a snapshot of `len` tokens.
    pub(super) fn accepts(&self, len: usize, snapshot: &LayerSnapshot) -> bool {
        match (self, snapshot) {
            (Self::Kv(cache), LayerSnapshot::Kv(bytes)) => bytes.len() == cache.snapshot_bytes(len),
        }
    }

    /// Restores the state of a snapshot of `len` tokens; returns whether it matches this kind of layer.
    pub(super) fn restore(&mut self, len: usize, snapshot: &LayerSnapshot) -> bool {
        match (self, snapshot) {
            (Self::Kv(cache), LayerSnapshot::Kv(bytes)) => cache.restore(len, bytes),
        }
    }
}
