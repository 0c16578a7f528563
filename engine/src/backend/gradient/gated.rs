//! Gated MLP of a layer, and its gradient.

use super::activation::{gated, gated_gradient};
use super::attention::{columns, join};
use super::linear::{Linear, ProductGradients};
use crate::backend::MlpSpec;
use crate::backend::slots::Projections;

/// The weights of a gated MLP.
#[derive(Clone, Debug)]
pub(super) struct Gated {
    pub(super) spec: MlpSpec,
    /// Gate and up projections, separate or fused.
    pub(super) gate_up: Projections<2, Linear>,
    pub(super) down: Linear,
}

/// What a forward pass stores for the gradient, `[tokens, d_ff]` each.
pub(super) struct GatedPass {
    gate: Vec<f32>,
    up: Vec<f32>,
    /// Input of the down projection.
    product: Vec<f32>,
}

impl Gated {
    /// Computes (activation(x·gate) ⊙ x·up)·down of `x`, `[tokens, d_model]`.
    pub(super) fn forward(&self, x: &[f32]) -> (Vec<f32>, GatedPass) {
        let d_ff = self.spec.d_ff;
        let [gate, up] = match &self.gate_up {
            Projections::Separate(both) => both.each_ref().map(|one| one.forward(x)),
            Projections::Fused(both) => {
                let both = both.forward(x);
                [0, d_ff].map(|start| columns(&both, 2 * d_ff, start, d_ff))
            }
        };
        let product = gated(self.spec.activation, &gate, &up);
        (self.down.forward(&product), GatedPass { gate, up, product })
    }

    /// Adds the gradient of the input to `dx`; `dy` is that of the output.
    pub(super) fn backward(
        &self,
        x: &[f32],
        pass: &GatedPass,
        dy: &[f32],
        gradients: &mut dyn ProductGradients,
        dx: &mut [f32],
    ) {
        let d_ff = self.spec.d_ff;
        let mut d_up = vec![0.0; pass.product.len()];
        self.down.backward(&pass.product, dy, gradients, Some(&mut d_up));
        let d_gate = gated_gradient(self.spec.activation, &pass.gate, &pass.up, &mut d_up);
        match &self.gate_up {
            Projections::Separate([gate, up]) => {
                gate.backward(x, &d_gate, gradients, Some(dx));
                up.backward(x, &d_up, gradients, Some(dx));
            }
            Projections::Fused(both) => {
                both.backward(x, &join(&[d_gate, d_up], [d_ff, d_ff]), gradients, Some(dx));
            }
        }
    }
}
