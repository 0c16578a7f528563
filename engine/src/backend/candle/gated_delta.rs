//! Gated delta rule on candle tensors, token by token.

use candle_core::{Result, Tensor};

use super::linear::{Linear, rms_norm, sigmoid};
use super::loader::Loader;
use super::short_conv::convolve;
use super::state::Recurrent;
use crate::backend::slots::GatedDeltaSlots;
use crate::backend::{Error, GatedDeltaSpec, Tap};

/// The tensors of a gated delta rule.
pub(super) struct GatedDelta {
    spec: GatedDeltaSpec,
    /// Projections to queries, keys and values, to the gate, the rates and the decays.
    inputs: Vec<Linear>,
    convolution: Tensor,
    /// Factor of each head's decay, and what is added before its softplus.
    decay: [Tensor; 2],
    norm: Tensor,
    output: Linear,
}

impl GatedDelta {
    pub(super) fn load(
        spec: &GatedDeltaSpec,
        slots: &GatedDeltaSlots,
        loader: &mut Loader<'_>,
    ) -> std::result::Result<Self, Error> {
        let inputs =
            slots.inputs.iter().map(|slots| loader.linear(*slots)).collect::<std::result::Result<_, _>>()?;
        Ok(Self {
            spec: spec.clone(),
            inputs,
            convolution: loader.tensor(slots.convolution)?,
            decay: [loader.tensor(slots.decay[0])?, loader.tensor(slots.decay[1])?],
            norm: loader.tensor(slots.norm)?,
            output: loader.linear(slots.output)?,
        })
    }

    /// The block's output for `x`, `[tokens, d_model]`, moving the state on.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        state: &mut Recurrent,
        norm_eps: f32,
        tap: &mut Option<&mut dyn Tap>,
    ) -> Result<Tensor> {
        let GatedDeltaSpec { n_key_heads, n_value_heads, key_dim, value_dim, .. } = self.spec;
        let n_tokens = x.dim(0)?;
        let projected = self.inputs.iter().map(|input| input.apply(x, tap)).collect::<Result<Vec<_>>>()?;
        let qkv = convolve(&projected[0], &self.convolution, &mut state.window)?.silu()?;
        let key_len = n_key_heads * key_dim;
        let of_keys = |first: usize| -> Result<Tensor> {
            let heads = qkv.narrow(1, first, key_len)?.reshape((n_tokens, n_key_heads, key_dim))?;
            let length = (heads.sqr()?.sum_keepdim(2)? + 1e-6)?.sqrt()?;
            // Value heads go round the key heads.
            heads.broadcast_div(&length)?.repeat((1, n_value_heads / n_key_heads, 1))
        };
        let (queries, keys) = ((of_keys(0)? / (key_dim as f64).sqrt())?, of_keys(key_len)?);
        let values = qkv.narrow(1, 2 * key_len, n_value_heads * value_dim)?;
        let values = values.reshape((n_tokens, n_value_heads, value_dim))?;
        let rates = sigmoid(&projected[2])?;
        let [factor, added] = &self.decay;
        let softplus = (projected[3].broadcast_add(added)?.exp()? + 1.0)?.log()?;
        let decays = softplus.broadcast_mul(factor)?.exp()?;
        let mut outputs = Vec::with_capacity(n_tokens);
        for token in 0..n_tokens {
            let of_heads = |all: &Tensor| all.get(token)?.reshape((n_value_heads, 1, 1));
            let column = |all: &Tensor| all.get(token)?.reshape((n_value_heads, key_dim, 1));
            let (key, query) = (column(&keys)?, column(&queries)?);
            let memory = state.memory.broadcast_mul(&of_heads(&decays)?)?;
            let read = memory.broadcast_mul(&key)?.sum(1)?;
            let change = (values.get(token)? - read)?.unsqueeze(1)?.broadcast_mul(&of_heads(&rates)?)?;
            state.memory = (memory + key.broadcast_mul(&change)?)?;
            outputs.push(state.memory.broadcast_mul(&query)?.sum(1)?);
        }
        let out = rms_norm(&Tensor::stack(&outputs, 0)?, &self.norm, norm_eps)?;
        let out = out.reshape((n_tokens, n_value_heads * value_dim))?;
        self.output.apply(&(projected[1].silu()? * out)?, tap)
    }
}
