//! Short convolution on candle tensors.

use candle_core::{Result, Tensor};

use super::linear::Linear;
use super::loader::Loader;
use super::state::Recurrent;
use crate::backend::slots::ShortConvSlots;
use crate::backend::{Error, Tap};

/// The tensors of a short convolution.
pub(super) struct ShortConv {
    input: Linear,
    convolution: Tensor,
    output: Linear,
}

impl ShortConv {
    pub(super) fn load(slots: &ShortConvSlots, loader: &mut Loader<'_>) -> std::result::Result<Self, Error> {
        Ok(Self {
            input: loader.linear(slots.input)?,
            convolution: loader.tensor(slots.convolution)?,
            output: loader.linear(slots.output)?,
        })
    }

    /// The block's output for `x`, `[tokens, d_model]`, moving the state on.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        state: &mut Recurrent,
        tap: &mut Option<&mut dyn Tap>,
    ) -> Result<Tensor> {
        let parts = self.input.apply(x, tap)?.chunk(3, 1)?;
        let mixed = convolve(&(&parts[0] * &parts[2])?, &self.convolution, &mut state.window)?;
        self.output.apply(&(&parts[1] * mixed)?, tap)
    }
}

/// Convolves `x`, `[tokens, channels]`, behind the inputs of `window`, `[kernel - 1, channels]`, which moves on.
pub(super) fn convolve(x: &Tensor, convolution: &Tensor, window: &mut Tensor) -> Result<Tensor> {
    let (n_tokens, kernel) = (x.dim(0)?, convolution.dim(1)?);
    let seen = Tensor::cat(&[&*window, x], 0)?;
    let mut sum = x.zeros_like()?;
    for tap in 0..kernel {
        let weights = convolution.narrow(1, tap, 1)?.t()?;
        sum = (sum + seen.narrow(0, tap, n_tokens)?.broadcast_mul(&weights)?)?;
    }
    *window = seen.narrow(0, n_tokens, kernel - 1)?.contiguous()?;
    Ok(sum)
}
