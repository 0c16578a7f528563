//! Snapshots of a sequence's state, to which the sequence can be restored later.

use super::Error;

/// The state of a sequence after some tokens, as plain data.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Number of tokens of the state.
    pub(super) len: usize,
    /// Properties shared with every sequence that the snapshot can be restored into.
    pub(super) origin: SnapshotOrigin,
    /// The state of each layer.
    pub(super) layers: Vec<LayerSnapshot>,
}

/// Properties that two sequences must share to exchange snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SnapshotOrigin {
    /// Name of the backend and its KV cache type.
    pub(super) format: &'static str,
    /// The tensors of RoPE divisors, which may depend on the capacity.
    pub(super) rope_tensors: Vec<&'static str>,
}

/// The state of one layer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LayerSnapshot {
    /// KV cache of all tokens, in the backend's own order.
    Kv(Vec<u8>),
    /// The state of a recurrent mixer.
    Recurrent(Vec<f32>),
}

impl Snapshot {
    /// Number of tokens of the state.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the snapshot has no tokens.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Size of the layers' state in bytes.
    pub fn bytes(&self) -> u64 {
        let bytes = self.layers.iter().map(|layer| match layer {
            LayerSnapshot::Kv(bytes) => bytes.len(),
            LayerSnapshot::Recurrent(numbers) => size_of::<f32>() * numbers.len(),
        });
        bytes.sum::<usize>() as u64
    }

    /// The layers, if a sequence of this `origin`, number of layers and capacity can be restored from them.
    ///
    /// # Errors
    /// [`Error::OtherSnapshot`] if not.
    pub(super) fn layers_for(
        &self,
        origin: &SnapshotOrigin,
        n_layers: usize,
        capacity: usize,
    ) -> Result<&[LayerSnapshot], Error> {
        let fits = self.origin == *origin && self.layers.len() == n_layers && self.len <= capacity;
        if fits { Ok(&self.layers) } else { Err(self.other()) }
    }

    /// The error for a sequence that the snapshot does not belong to.
    pub(super) fn other(&self) -> Error {
        Error::OtherSnapshot { tokens: self.len }
    }
}
