//! Gated delta rule: weights here, forward pass in `gated_delta/forward.rs`.

mod forward;

use nibble_kernels::Matrix;
use nibble_kernels::delta::DeltaHeads;

use super::loader::Loader;
use crate::backend::slots::GatedDeltaSlots;
use crate::backend::{DecoderSpec, Error, GatedDeltaSpec};

/// Weights of a gated delta rule.
#[derive(Debug)]
pub(super) struct GatedDelta {
    heads: DeltaHeads,
    slots: GatedDeltaSlots,
    /// Projections to queries, keys and values, to the gate, the rates and the decays.
    inputs: [Matrix; 4],
    /// Weights of the convolution, `[kernel, channels]`, those of the oldest token first.
    convolution: Vec<f32>,
    /// Factor of each head's decay, and what is added before its softplus.
    decay: [Vec<f32>; 2],
    norm: Vec<f32>,
    norm_eps: f32,
    output: Matrix,
}

/// The heads of a description, as the kernel takes them.
pub(super) fn heads_of(spec: &GatedDeltaSpec) -> DeltaHeads {
    let GatedDeltaSpec { n_key_heads, n_value_heads, key_dim, value_dim, .. } = *spec;
    DeltaHeads { n_key_heads, n_value_heads, key_dim, value_dim }
}

impl GatedDelta {
    pub(super) fn load(
        decoder: &DecoderSpec,
        spec: &GatedDeltaSpec,
        slots: GatedDeltaSlots,
        loader: &mut Loader<'_>,
    ) -> Result<Self, Error> {
        let [qkv, gate, rate, decay] = slots.inputs;
        Ok(Self {
            heads: heads_of(spec),
            inputs: [
                loader.matrix(qkv.weight)?,
                loader.matrix(gate.weight)?,
                loader.matrix(rate.weight)?,
                loader.matrix(decay.weight)?,
            ],
            convolution: loader.transposed(slots.convolution, spec.kernel)?,
            decay: [loader.vector(slots.decay[0])?, loader.vector(slots.decay[1])?],
            norm: loader.vector(slots.norm)?,
            norm_eps: decoder.norm_eps,
            output: loader.matrix(slots.output.weight)?,
            slots,
        })
    }

    pub(super) fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        self.inputs.iter().chain([&self.output])
    }

    pub(super) fn vectors(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.decay.iter().chain([&self.convolution, &self.norm])
    }
}
