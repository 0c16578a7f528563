//! State of a sequence on candle tensors, layer by layer.

use candle_core::{DType, Device, Result, Tensor};

use crate::backend::snapshot::LayerSnapshot;
use crate::backend::{AttentionSpec, Mixer};

/// State of one layer of a sequence.
pub(super) enum LayerState {
    /// KV cache of all tokens.
    Kv(Cache),
    /// State of a recurrent mixer.
    Recurrent(Recurrent),
}

/// State of a recurrent mixer, in f32. Tensors are replaced, never changed, so that a clone is a copy.
#[derive(Clone)]
pub(super) struct Recurrent {
    /// Inputs of the convolution for the last tokens, `[kernel - 1, channels]`.
    pub(super) window: Tensor,
    /// Memories of the heads of a delta rule, `[heads, key_dim, value_dim]`; no heads in a short convolution.
    pub(super) memory: Tensor,
}

/// KV cache of one layer, `[capacity, kv heads, head_dim]`, in f32.
pub(super) struct Cache {
    pub(super) keys: Tensor,
    pub(super) values: Tensor,
}

impl LayerState {
    pub(super) fn new(mixer: &Mixer, d_model: usize, capacity: usize, device: &Device) -> Result<Self> {
        match mixer {
            Mixer::Attention(attention) => Cache::new(attention, capacity, device).map(Self::Kv),
            recurrent => Recurrent::new(recurrent, d_model, device).map(Self::Recurrent),
        }
    }

    /// Bytes of the state of a layer with room for `capacity` tokens.
    pub(super) fn size_bytes(mixer: &Mixer, d_model: usize, capacity: usize) -> u64 {
        let elements = match mixer {
            Mixer::Attention(attention) => 2 * capacity * attention.kv_len(),
            recurrent => shapes(recurrent, d_model).iter().map(|shape| shape.iter().product::<usize>()).sum(),
        };
        4 * elements as u64
    }

    /// Removes the tokens from `len` on; returns how many remain: none where the state only knows the present.
    pub(super) fn truncate(&mut self, len: usize) -> Result<usize> {
        match self {
            // Entries beyond `len` are overwritten before they are read.
            Self::Kv(_) => Ok(len),
            Self::Recurrent(state) => {
                state.window = state.window.zeros_like()?;
                state.memory = state.memory.zeros_like()?;
                Ok(0)
            }
        }
    }

    /// The state of a recurrent mixer, if this is one.
    pub(super) fn recurrent(&self) -> Option<&Recurrent> {
        match self {
            Self::Kv(_) => None,
            Self::Recurrent(state) => Some(state),
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
            Self::Recurrent(state) => {
                let mut numbers = state.window.flatten_all()?.to_vec1::<f32>()?;
                numbers.extend(state.memory.flatten_all()?.to_vec1::<f32>()?);
                Ok(LayerSnapshot::Recurrent(numbers))
            }
        }
    }

    /// Whether [`LayerState::restore`] accepts a snapshot of `len` tokens.
    pub(super) fn accepts(&self, len: usize, snapshot: &LayerSnapshot) -> bool {
        match (self, snapshot) {
            (Self::Kv(cache), LayerSnapshot::Kv(bytes)) => bytes.len() == 8 * len * cache.width(),
            (Self::Recurrent(state), LayerSnapshot::Recurrent(numbers)) => {
                numbers.len() == state.window.elem_count() + state.memory.elem_count()
            }
            _ => false,
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
            (Self::Recurrent(state), LayerSnapshot::Recurrent(numbers)) => {
                let (window, memory) = numbers.split_at(state.window.elem_count());
                state.window = Tensor::from_slice(window, state.window.shape(), state.window.device())?;
                state.memory = Tensor::from_slice(memory, state.memory.shape(), state.memory.device())?;
                Ok(())
            }
            _ => Ok(()), // not accepted
        }
    }
}

impl Recurrent {
    fn new(mixer: &Mixer, d_model: usize, device: &Device) -> Result<Self> {
        let [window, memory] = shapes(mixer, d_model).map(|shape| Tensor::zeros(&*shape, DType::F32, device));
        Ok(Self { window: window?, memory: memory? })
    }
}

/// Shapes of window and memory of a recurrent mixer; empty ones for attention.
fn shapes(mixer: &Mixer, d_model: usize) -> [Vec<usize>; 2] {
    match mixer {
        Mixer::Attention(_) => [vec![0], vec![0]],
        Mixer::ShortConv(conv) => [vec![conv.kernel - 1, d_model], vec![0]],
        Mixer::GatedDelta(delta) => [
            vec![delta.kernel - 1, delta.channels()],
            vec![delta.n_value_heads, delta.key_dim, delta.value_dim],
        ],
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
