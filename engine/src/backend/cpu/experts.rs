//! Mixture of experts: weights here, routing in `experts/routing.rs`, buffers in `experts/rows.rs`, forward pass in
//! `experts/forward.rs`.

mod forward;
mod routing;
mod rows;

use nibble_kernels::Matrix;

use super::loader::Loader;
use super::mlp::Mlp;
use crate::backend::slots::{ExpertsSlots, Projections};
use crate::backend::{DecoderSpec, Error, ExpertsSpec};

pub(super) use rows::ExpertsRows;

/// Weights of a mixture of experts.
#[derive(Debug)]
pub(super) struct Experts {
    spec: ExpertsSpec,
    slots: ExpertsSlots,
    router: Matrix,
    router_bias: Option<Vec<f32>>,
    /// Added to the scores to choose experts.
    selection_bias: Option<Vec<f32>>,
    /// The experts, in the order of the stack.
    all: Vec<Expert>,
    shared: Option<Shared>,
}

/// Weights of one expert.
#[derive(Debug)]
struct Expert {
    gate: Matrix,
    up: Matrix,
    down: Matrix,
    /// Biases of gate, up and down.
    biases: [Option<Vec<f32>>; 3],
}

/// Weights of the expert that computes every token.
#[derive(Debug)]
struct Shared {
    mlp: Mlp,
    /// The vector whose product with the input gates the output.
    gate: Option<Vec<f32>>,
}

impl Experts {
    pub(super) fn load(
        decoder: &DecoderSpec,
        spec: &ExpertsSpec,
        slots: ExpertsSlots,
        loader: &mut Loader<'_>,
    ) -> Result<Self, Error> {
        let (n, d_ff, d_model) = (spec.n_experts, spec.expert.d_ff, decoder.d_model);
        let stacks = slots.experts;
        let (gates, ups) = match stacks.gate_up {
            Projections::Separate([gate, up]) => {
                (loader.stack(gate.weight, n, 0..d_ff)?, loader.stack(up.weight, n, 0..d_ff)?)
            }
            Projections::Fused(both) => {
                (loader.stack(both.weight, n, 0..d_ff)?, loader.stack(both.weight, n, d_ff..2 * d_ff)?)
            }
        };
        let downs = loader.stack(stacks.down.weight, n, 0..d_model)?;
        let [gate_biases, up_biases] = match stacks.gate_up {
            Projections::Separate([gate, up]) => {
                [loader.table(gate.bias, n, 0..d_ff)?, loader.table(up.bias, n, 0..d_ff)?]
            }
            Projections::Fused(both) => {
                [loader.table(both.bias, n, 0..d_ff)?, loader.table(both.bias, n, d_ff..2 * d_ff)?]
            }
        };
        let down_biases = loader.table(stacks.down.bias, n, 0..d_model)?;
        let matrices = gates.into_iter().zip(ups).zip(downs);
        let biases = gate_biases.into_iter().zip(up_biases).zip(down_biases);
        let experts = matrices.zip(biases).map(|(((gate, up), down), ((gate_bias, up_bias), down_bias))| {
            Expert { gate, up, down, biases: [gate_bias, up_bias, down_bias] }
        });
        let shared = match (&spec.shared, slots.shared) {
            (Some(shared), Some((mlp, gate))) => Some(Shared {
                mlp: Mlp::load(&shared.mlp, mlp, loader)?,
                gate: loader.optional_vector(gate)?,
            }),
            _ => None,
        };
        Ok(Self {
            all: experts.collect(),
            router: loader.matrix(slots.router.weight)?,
            router_bias: loader.optional_vector(slots.router.bias)?,
            selection_bias: loader.optional_vector(slots.selection_bias)?,
            shared,
            spec: spec.clone(),
            slots,
        })
    }

    /// Bytes of the experts' matrices that a token does not use.
    pub(super) fn unused_bytes(&self) -> u64 {
        let of_all = self.all.iter().flat_map(|expert| [&expert.gate, &expert.up, &expert.down]);
        let bytes: usize = of_all.map(Matrix::bytes).sum();
        (bytes / self.spec.n_experts * (self.spec.n_experts - self.spec.n_used)) as u64
    }

    pub(super) fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        let experts = self.all.iter().flat_map(|expert| [&expert.gate, &expert.up, &expert.down]);
        let shared = self.shared.iter().flat_map(|shared| shared.mlp.matrices());
        experts.chain([&self.router]).chain(shared)
    }

    pub(super) fn vectors(&self) -> impl Iterator<Item = &Vec<f32>> {
        let experts = self.all.iter().flat_map(|expert| expert.biases.iter().flatten());
        let shared = self.shared.iter().flat_map(|shared| shared.mlp.vectors().chain(&shared.gate));
        experts.chain(&self.router_bias).chain(&self.selection_bias).chain(shared)
    }
}
