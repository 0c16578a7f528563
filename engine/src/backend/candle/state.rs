//! State of a sequence on candle tensors, layer by layer.

use candle_core::{DType, Device, Result, Tensor};

use crate::backend::snapshot::LayerSnapshot;
use crate::backend::{AttentionSpec, Mixer};

/// State of one layer of a sequence.
pub(super) enum LayerState {
    /// KV cache of all tokens.
    Kv(Cache),
}

/// KV cache of one layer, `[capacity, kv heads, head_dim]`, in f32.
pub(super) struct Cache {
    pub(super) keys: Tensor,
    pub(super) values: Tensor,
}

impl LayerState {
    pub(super) fn new(mixer: &Mixer, capacity: usize, device: &Device) -> Result<Self> {
        match mixer {
            Mixer::Attention(attention) => Cache::new(attention, capacity, device).map(Self::Kv),
        }
    }

    /// Bytes of the state of a layer with room for `capacity` tokens.
    pub(super) fn size_bytes(mixer: &Mixer, capacity: usize) -> u64 {
        match mixer {
            Mixer::Attention(attention) => 4 * (2 * capacity * attention.kv_len()) as u64,
        }
    }

    /// Removes the tokens from `len` on; returns how many remain.
    pub(super) fn truncate(&mut self, len: usize) -> usize {
        match self {
            // Entries beyond `len` are overwritten before they are read.
            Self::Kv(_) => len,
        }
    }

    /// Copies the state after `len` tokens.
    pub(super) fn snapshot(&self, len: usize) -> Result<LayerSnapshot> {
        match self {
            Self::Kv(Cache { keys, values }) => {
                let mut bytes = Vec::new();
                for tensor in [keys, values] {
                    let numbers = tensor.narrow(0, 0, len)?.flatten_all()?.to_vec1::<f32>()?;
                    bytes.extend(numbers.into_iter().flat_map(f32::to_le_bytes));
                }
                Ok(LayerSnapshot::Kv(bytes))
            }
        }
    }

    /// Whether [`LayerState::restore`] accepts a snapshot of `len` tokens.
    pub(super) fn accepts(&self, len: usize, snapshot: &LayerSnapshot) -> bool {
        match (self, snapshot) {
            (Self::Kv(cache), LayerSnapshot::Kv(bytes)) => bytes.len() == 8 * len * cache.width(),
        }
    }

    /// Restores the state of an accepted snapshot of `len` tokens.
    pub(super) fn restore(&mut self, len: usize, snapshot: &LayerSnapshot) -> Result<()> {
        match (self, snapshot) {
            (Self::Kv(_), LayerSnapshot::Kv(bytes)) if bytes.is_empty() => Ok(()),
            (Self::Kv(cache), LayerSnapshot::Kv(bytes)) => {
                let numbers: Vec<f32> =
                    bytes.as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
                let (_, n_heads, head_dim) = cache.keys.dims3()?;
                let tensor = |numbers: &[f32]| {
                    Tensor::from_slice(numbers, (len, n_heads, head_dim), cache.keys.device())
                };
                let (keys, values) = numbers.split_at(len * cache.width());
                cache.store(0, &tensor(keys)?, &tensor(values)?)
            }
        }
    }
}

impl Cache {
    fn new(spec: &AttentionSpec, capacity: usize, device: &Device) -> Result<Self> {
        let shape = (capacity, spec.n_kv_heads, spec.head_dim);
        Ok(Self {
            keys: Tensor::zeros(shape, DType::F32, device)?,
            values: Tensor::zeros(shape, DType::F32, device)?,
        })
    }

    /// Stores the keys and values of the positions from `first` on.
    pub(super) fn store(&self, first: usize, keys: &Tensor, values: &Tensor) -> Result<()> {
        self.keys.slice_set(&keys.contiguous()?, 0, first)?;
        self.values.slice_set(&values.contiguous()?, 0, first)
    }

    /// Number of elements of one position's keys.
    fn width(&self) -> usize {
        self.keys.dims()[1..].iter().product()
    }
}
