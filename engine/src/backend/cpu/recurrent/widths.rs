//! Widths of recurrent mixers, derived from the decoder's description.

use crate::backend::{DecoderSpec, Mixer};

/// Largest widths of a model's recurrent mixers; 0 in models without any.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::backend::cpu) struct RecurrentWidths {
    /// Elements of one token's first projection.
    pub(super) projected: usize,
    /// Channels of the convolution.
    pub(super) channels: usize,
    /// Tokens before its own that a convolution sees.
    pub(super) history: usize,
    /// Elements of one token's values, and of its gate.
    pub(super) values: usize,
    /// Heads of values.
    pub(super) heads: usize,
}

impl RecurrentWidths {
    /// The widths of the widest mixers of `spec`.
    pub(in crate::backend::cpu) fn of(spec: &DecoderSpec) -> Self {
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
    pub(in crate::backend::cpu) fn output_len(&self) -> usize {
        self.values
    }
}
