//! State of a sequence, layer by layer.

use nibble_kernels::attention::{KvCache, KvCacheType};

use super::recurrent::RecurrentState;
use super::sharing::Heads;
use crate::backend::Mixer;
use crate::backend::snapshot::LayerSnapshot;

/// State of one layer of a sequence.
#[derive(Debug)]
pub(super) enum LayerState {
    /// KV cache of all tokens.
    Kv(KvCache),
    /// State of a recurrent mixer.
    Recurrent(RecurrentState),
}

impl LayerState {
    /// The empty state of a layer with room for `capacity` tokens; `None` if allocation fails.
    pub(super) fn new(mixer: &Mixer, d_model: usize, cache: KvCacheType, capacity: usize) -> Option<Self> {
        match mixer {
            Mixer::Attention(attention) => {
                KvCache::new(cache, Heads::of(attention).kv, capacity).map(Self::Kv)
            }
            recurrent => RecurrentState::new(recurrent, d_model).map(Self::Recurrent),
        }
    }

    /// Bytes of the state of a layer once it is full.
    pub(super) fn size_bytes(mixer: &Mixer, d_model: usize, cache: KvCacheType, capacity: usize) -> u64 {
        match mixer {
            Mixer::Attention(attention) => KvCache::size_bytes(cache, Heads::of(attention).kv, capacity),
            recurrent => RecurrentState::size_bytes(recurrent, d_model),
        }
    }

    /// The state of a recurrent mixer, if this is one.
    pub(super) fn recurrent(&self) -> Option<&RecurrentState> {
        match self {
            Self::Kv(_) => None,
            Self::Recurrent(state) => Some(state),
        }
    }

    /// The state of a recurrent mixer for changes, if this is one.
    pub(super) fn recurrent_mut(&mut self) -> Option<&mut RecurrentState> {
        match self {
            Self::Kv(_) => None,
            Self::Recurrent(state) => Some(state),
        }
    }

    /// Copies the state after `len` tokens; `None` if allocation fails.
    pub(super) fn snapshot(&self, len: usize) -> Option<LayerSnapshot> {
        match self {
            Self::Kv(cache) => cache.snapshot(len).map(LayerSnapshot::Kv),
            Self::Recurrent(state) => Some(LayerSnapshot::Recurrent(state.numbers().collect())),
        }
    }

    /// Bytes of a [`LayerState::snapshot`].
    pub(super) fn snapshot_bytes(&self, len: usize) -> u64 {
        match self {
            Self::Kv(cache) => cache.snapshot_bytes(len) as u64,
            Self::Recurrent(state) => 4 * state.len() as u64,
        }
    }

    /// Whether [`LayerState::restore`] accepts a snapshot of `len` tokens.
    pub(super) fn accepts(&self, len: usize, snapshot: &LayerSnapshot) -> bool {
        match (self, snapshot) {
            (Self::Kv(cache), LayerSnapshot::Kv(bytes)) => bytes.len() == cache.snapshot_bytes(len),
            (Self::Recurrent(state), LayerSnapshot::Recurrent(numbers)) => numbers.len() == state.len(),
            _ => false,
        }
    }

    /// Restores the state of a snapshot of `len` tokens; returns whether it matches this kind of layer.
    pub(super) fn restore(&mut self, len: usize, snapshot: &LayerSnapshot) -> bool {
        match (self, snapshot) {
            (Self::Kv(cache), LayerSnapshot::Kv(bytes)) => cache.restore(len, bytes),
            (Self::Recurrent(state), LayerSnapshot::Recurrent(numbers)) => {
                state.set(numbers.iter().copied());
                numbers.len() == state.len()
            }
            _ => false,
        }
    }
}
