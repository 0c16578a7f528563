//! RoPE of queries and keys, as transformers computes it: angles, sines and cosines in f32.

use candle_core::{Device, Result, Tensor};

use crate::backend::{Rope, RopeKind};

/// RoPE with the frequencies of one sequence.
pub(super) struct Rotary {
    rope: Rope,
    frequencies: Vec<f32>,
}

/// Sines and cosines of successive positions, `[tokens, 1, pairs]`.
pub(super) struct Angles {
    cos: Tensor,
    sin: Tensor,
}

impl Rotary {
    pub(super) fn new(rope: &Rope, factors: &[f32]) -> Self {
        Self { rope: rope.clone(), frequencies: rope.frequencies(factors) }
    }

    /// Computes the angles of the positions `first..first + n_tokens`.
    pub(super) fn angles(&self, first: usize, n_tokens: usize, device: &Device) -> Result<Angles> {
        let angle =
            |position: usize| self.frequencies.iter().map(move |&frequency| position as f32 * frequency);
        let angles: Vec<f32> = (first..first + n_tokens).flat_map(angle).collect();
        let angles = Tensor::from_vec(angles, (n_tokens, 1, self.frequencies.len()), device)?;
        let magnitude = f64::from(self.rope.magnitude());
        Ok(Angles { cos: (angles.cos()? * magnitude)?, sin: (angles.sin()? * magnitude)? })
    }

    /// Rotates `x`, `[tokens, heads, head_dim]`, by the angles.
    pub(super) fn apply(&self, x: &Tensor, angles: &Angles) -> Result<Tensor> {
        let (n_tokens, n_heads, head_dim) = x.dims3()?;
        let n_rotary = self.rope.n_rotary;
        let pairs = n_rotary / 2;
        let rotary = x.narrow(2, 0, n_rotary)?;
        let (first, second) = match self.rope.kind {
            RopeKind::NeoX => (rotary.narrow(2, 0, pairs)?, rotary.narrow(2, pairs, pairs)?),
            RopeKind::Interleaved => {
                let rotary = rotary.reshape((n_tokens, n_heads, pairs, 2))?;
                (rotary.narrow(3, 0, 1)?.squeeze(3)?, rotary.narrow(3, 1, 1)?.squeeze(3)?)
            }
        };
        let (cos, sin) = (&angles.cos, &angles.sin);
        let turned_first = (first.broadcast_mul(cos)? - second.broadcast_mul(sin)?)?;
        let turned_second = (second.broadcast_mul(cos)? + first.broadcast_mul(sin)?)?;
        let turned = match self.rope.kind {
            RopeKind::NeoX => Tensor::cat(&[turned_first, turned_second], 2)?,
            RopeKind::Interleaved => {
                Tensor::stack(&[turned_first, turned_second], 3)?.reshape((n_tokens, n_heads, n_rotary))?
            }
        };
        if n_rotary == head_dim {
            return Ok(turned);
        }
        Tensor::cat(&[turned, x.narrow(2, n_rotary, head_dim - n_rotary)?], 2)
    }
}
