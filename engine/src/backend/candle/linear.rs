//! Products and norms on candle tensors.

use candle_core::{D, Result, Tensor};

use crate::backend::{SlotId, Tap};

/// A matrix, `[out, in]` as in the file, with its bias.
pub(super) struct Linear {
    pub(super) weight: Tensor,
    pub(super) bias: Option<Tensor>,
    /// Slot by which a tap identifies the matrix.
    pub(super) slot: SlotId,
}

impl Linear {
    /// Computes x·Wᵀ \[+ bias\] and passes `x` to the tap.
    pub(super) fn apply(&self, x: &Tensor, tap: &mut Option<&mut dyn Tap>) -> Result<Tensor> {
        if let Some(tap) = tap {
            tap.input(self.slot, &x.flatten_all()?.to_vec1::<f32>()?);
        }
        let product = x.matmul(&self.weight.t()?)?;
        match &self.bias {
            Some(bias) => product.broadcast_add(bias),
            None => Ok(product),
        }
    }
}

/// Computes x / √(mean(x²) + eps) · weight over the last dimension, in f32.
pub(super) fn rms_norm(x: &Tensor, weight: &Tensor, eps: f32) -> Result<Tensor> {
    let mean_square = x.sqr()?.mean_keepdim(D::Minus1)?;
    x.broadcast_div(&(mean_square + f64::from(eps))?.sqrt()?)?.broadcast_mul(weight)
}

/// Computes [`rms_norm`] if there is a weight.
pub(super) fn optional_norm(x: &Tensor, weight: Option<&Tensor>, eps: f32) -> Result<Tensor> {
    match weight {
        Some(weight) => rms_norm(x, weight, eps),
        None => Ok(x.clone()),
    }
}

/// Computes cap·tanh(x/cap) element by element, in f32.
pub(super) fn softcap(x: &Tensor, cap: f32) -> Result<Tensor> {
    let cap = f64::from(cap);
    (x / cap)?.tanh()? * cap
}

/// Computes the softmax over the last dimension, in f32.
pub(super) fn softmax(scores: &Tensor) -> Result<Tensor> {
    let exp = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
    exp.broadcast_div(&exp.sum_keepdim(D::Minus1)?)
}

/// Computes 1 / (1 + e⁻ˣ) element by element, in f32.
pub(super) fn sigmoid(x: &Tensor) -> Result<Tensor> {
    (x.neg()?.exp()? + 1.0)?.recip()
}
