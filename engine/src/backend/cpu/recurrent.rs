//! State of recurrent mixers, short convolution and gated delta rule, here; their widths in `recurrent/widths.rs`, buffers in
//! `recurrent/rows.rs`.

mod rows;
mod widths;

use super::gated_delta::heads_of;
use crate::backend::Mixer;

pub(super) use rows::RecurrentRows;
pub(super) use widths::RecurrentWidths;

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
