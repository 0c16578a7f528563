//! The gated MLP on candle tensors.

use candle_core::{Result, Tensor};

use super::linear::Linear;
use super::loader::Loader;
use crate::backend::slots::{MlpSlots, Projections};
use crate::backend::{Activation, Error, MlpSpec, Tap};

/// The tensors of a gated MLP.
pub(super) struct Mlp {
    spec: MlpSpec,
    /// Gate and up projections, separate or fused.
    gate_up: Projections<2, Linear>,
    down: Linear,
}

impl Mlp {
    pub(super) fn load(
        spec: &MlpSpec,
        slots: &MlpSlots,
        loader: &mut Loader<'_>,
    ) -> std::result::Result<Self, Error> {
        let gate_up = loader.projections(&slots.gate_up)?;
        Ok(Self { spec: spec.clone(), gate_up, down: loader.linear(slots.down)? })
    }

    /// Computes (activation(x·gate) ⊙ x·up)·down.
    pub(super) fn forward(&self, x: &Tensor, tap: &mut Option<&mut dyn Tap>) -> Result<Tensor> {
        let d_ff = self.spec.d_ff;
        let (gate, up) = match &self.gate_up {
            Projections::Separate([gate, up]) => (gate.apply(x, tap)?, up.apply(x, tap)?),
            Projections::Fused(both) => {
                let both = both.apply(x, tap)?;
                (both.narrow(1, 0, d_ff)?, both.narrow(1, d_ff, d_ff)?)
            }
        };
        self.down.apply(&activate(self.spec.activation, &gate, &up)?, tap)
    }
}

/// Computes activation(gate) ⊙ up.
pub(super) fn activate(activation: Activation, gate: &Tensor, up: &Tensor) -> Result<Tensor> {
    match activation {
        Activation::Silu => gate.silu()? * up,
        Activation::GeluTanh => gate.gelu()? * up,
    }
}
