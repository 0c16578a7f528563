//! A matrix with an optional bias, in f32.

use super::product;
use crate::backend::SlotId;

/// A matrix in f32, `[out, in]` row by row, with its bias.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// Slot of the matrix in the decoder's list of tensors.
    pub slot: SlotId,
    /// Number of columns, the width of the input.
    pub n_in: usize,
    /// The weights, `[out, in]`.
    pub weight: Vec<f32>,
    /// The bias, one number per row.
    pub bias: Option<Vec<f32>>,
}

/// Receives what the gradient of each matrix is the product of, while a layer is walked backward.
pub trait ProductGradients {
    /// Receives the input, `[tokens, in]`, and the gradient of the output, `[tokens, out]`, of the product with the matrix
    /// `slot`. The gradient of the weights is d_outputᵀ·input ([`weight_gradient`](super::weight_gradient)), that of a bias the
    /// sum of d_output over tokens.
    fn product(&mut self, slot: SlotId, input: &[f32], d_output: &[f32]);
}

/// Receives no gradients.
impl ProductGradients for () {
    fn product(&mut self, _: SlotId, _: &[f32], _: &[f32]) {}
}

impl Linear {
    /// Number of rows, the width of the output.
    pub fn n_out(&self) -> usize {
        self.weight.len() / self.n_in.max(1)
    }

    /// Computes x·Wᵀ \[+ bias\], `[tokens, out]`, of `x`, `[tokens, in]`.
    pub fn forward(&self, x: &[f32]) -> Vec<f32> {
        let mut y = product::outputs(x, &self.weight, self.n_in);
        if let Some(bias) = &self.bias {
            for row in y.chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(y, bias)| *y += bias);
            }
        }
        y
    }

    /// Passes input and output gradient to `gradients`, and adds the gradient of the input to `dx`, if it is wanted.
    pub(super) fn backward(
        &self,
        x: &[f32],
        dy: &[f32],
        gradients: &mut dyn ProductGradients,
        dx: Option<&mut [f32]>,
    ) {
        gradients.product(self.slot, x, dy);
        if let Some(dx) = dx {
            product::add_inputs(dy, &self.weight, self.n_in, dx);
        }
    }
}
