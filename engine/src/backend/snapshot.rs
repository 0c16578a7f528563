//! A copy of a sequence's state: what a message's end needs in order to be returned to.

use super::Error;

/// The state of a sequence after some tokens, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Tokens it was taken after.
    pub(super) len: usize,
    /// What the sequence it comes from has in common with those it can be restored into.
    pub(super) origin: SnapshotOrigin,
    /// The state of each layer.
    pub(super) layers: Vec<LayerSnapshot>,
}

/// What two sequences have in common that can exchange snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SnapshotOrigin {
    /// The backend, and how it keeps keys and values.
    pub(super) format: &'static str,
    /// The tensors of rotary divisors, which may depend on the capacity.
    pub(super) rope_tensors: Vec<&'static str>,
}

/// The state of one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LayerSnapshot {
    /// Keys and values of all tokens, in the backend's own order.
    Kv(Vec<u8>),
}

impl Snapshot {
    /// Tokens it was taken after.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it was taken before the first token.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes its layers take.
    pub fn bytes(&self) -> u64 {
        self.layers.iter().map(|LayerSnapshot::Kv(bytes)| bytes.len() as u64).sum()
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

    /// The error of a sequence this snapshot does not belong to.
    pub(super) fn other(&self) -> Error {
        Error::OtherSnapshot { tokens: self.len }
    }
}
