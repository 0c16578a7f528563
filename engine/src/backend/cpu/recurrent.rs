//! State and buffers of recurrent mixers: short convolution and gated delta rule.

use nibble_kernels::zeroed::Zeroed;

use super::gated_delta::heads_of;
use super::sizes::Sizes;
use crate::backend::{DecoderSpec, Mixer};

/// State of a recurrent mixer: the same size after any number of tokens.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RecurrentState {
    /// Inputs of the convolution for the last tokens, oldest first; zeros before the first token.
    pub(super) window: Vec<f32>,
    /// Memories of the heads of a delta rule.
    pub(super) memory: Vec<f32>,
}

impl RecurrentState {
    /// The state of a mixer before the first token; `None` for attention.
    pub(super) fn new(mixer: &Mixer, d_model: usize) -> Option<Self> {
        let (window, memory) = lengths(mixer, d_model)?;
        Some(Self { window: vec![0.0; window], memory: vec![0.0; memory] })
    }

    /// Bytes of the state of a mixer; 0 for attention.
    pub(super) fn size_bytes(mixer: &Mixer, d_model: usize) -> u64 {
        lengths(mixer, d_model).map_or(0, |(window, memory)| 4 * (window + memory) as u64)
    }

    /// Forgets all tokens.
    pub(super) fn clear(&mut self) {
        self.window.fill(0.0);
        self.memory.fill(0.0);
    }

    /// All numbers of the state.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f32> + '_ {
        self.window.iter().chain(&self.memory).copied()
    }

    /// Number of all numbers.
    pub(super) fn len(&self) -> usize {
        self.window.len() + self.memory.len()
    }

    /// Replaces the state by `numbers`, in the order of [`RecurrentState::numbers`].
    pub(super) fn set(&mut self, numbers: impl Iterator<Item = f32>) {
        self.window.iter_mut().chain(&mut self.memory).zip(numbers).for_each(|(own, x)| *own = x);
    }
}

/// Lengths of window and memory of a mixer; `None` for attention.
fn lengths(mixer: &Mixer, d_model: usize) -> Option<(usize, usize)> {
    match mixer {
        Mixer::Attention(_) => None,
        Mixer::ShortConv(conv) => Some(((conv.kernel - 1) * d_model, 0)),
        Mixer::GatedDelta(delta) => {
            Some(((delta.kernel - 1) * delta.channels(), heads_of(delta).memory_len()))
        }
    }
}

/// Largest widths of a model's recurrent mixers; 0 in models without any.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RecurrentWidths {
    /// Elements of one token's first projection.
    projected: usize,
    /// Channels of the convolution.
    channels: usize,
    /// Tokens before its own that a convolution sees.
    history: usize,
    /// Elements of one token's values, and of its gate.
    values: usize,
    /// Heads of values.
    heads: usize,
}

impl RecurrentWidths {
    /// The widths of the widest mixers of `spec`.
    pub(super) fn of(spec: &DecoderSpec) -> Self {
        let mut widest = Self::default();
        for layer in &spec.layers {
            let own = match &layer.mixer {
                Mixer::Attention(_) => Self::default(),
                Mixer::ShortConv(conv) => Self {
                    projected: 3 * spec.d_model,
                    channels: spec.d_model,
                    history: conv.kernel - 1,
                    ..Self::default()
                },
                Mixer::GatedDelta(delta) => Self {
                    projected: delta.channels(),
                    channels: delta.channels(),
                    history: delta.kernel - 1,
                    values: delta.value_len(),
                    heads: delta.n_value_heads,
                },
            };
            widest = Self {
                projected: widest.projected.max(own.projected),
                channels: widest.channels.max(own.channels),
                history: widest.history.max(own.history),
                values: widest.values.max(own.values),
                heads: widest.heads.max(own.heads),
            };
        }
        widest
    }

    /// Elements of the widest input of an output projection.
    pub(super) fn output_len(&self) -> usize {
        self.values
    }
}

/// Buffers of recurrent mixers, one row per token of a pass.
#[derive(Debug)]
pub(super) struct RecurrentRows {
    pub(super) projected: Zeroed<f32>,
    /// Inputs of the convolution of one sequence, those of the tokens before included.
    pub(super) window: Zeroed<f32>,
    /// Results of the convolution.
    pub(super) mixed: Zeroed<f32>,
    pub(super) gates: Zeroed<f32>,
    pub(super) attended: Zeroed<f32>,
    pub(super) rates: Zeroed<f32>,
    pub(super) decays: Zeroed<f32>,
}

impl RecurrentRows {
    /// Buffers for the widest mixers of a model; `None` if allocation fails.
    pub(super) fn new(sizes: &Sizes) -> Option<Self> {
        let widths = sizes.recurrent;
        let rows = |width: usize| Zeroed::new(sizes.chunk * width);
        Some(Self {
            projected: rows(widths.projected)?,
            window: Zeroed::new((sizes.chunk + widths.history) * widths.channels)?,
            mixed: rows(widths.channels)?,
            gates: rows(widths.values)?,
            attended: rows(widths.values)?,
            rates: rows(widths.heads)?,
            decays: rows(widths.heads)?,
        })
    }

    /// Bytes of the buffers that [`RecurrentRows::new`] allocates.
    pub(super) fn size_bytes(sizes: &Sizes) -> u64 {
        let widths = sizes.recurrent;
        let of_token = widths.projected + 2 * widths.channels + 2 * widths.values + 2 * widths.heads;
        4 * (sizes.chunk * of_token + widths.history * widths.channels) as u64
    }
}
