//! Scales that are folded from the inputs of matrices into what computes these inputs, which leaves the layer's function as it
//! was: W·x = (W·S)·(S⁻¹·x), where the norm or the matrix before takes S⁻¹.
//!
//! The pairs are those of AWQ (arXiv 2306.00978): the norms and the projections behind them, the up projection and the down
//! projection, and the value projection and the output projection where each value head has one query head.

use super::LayerTensors;
use crate::backend::slots::{FfnSlots, LinearSlots, MixerSlots, Projections};
use crate::backend::{SlotId, TensorRole};

/// A place of a layer where scales can be folded.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::quant) struct Fold {
    /// The tensors whose rows compute the inputs, a norm or a matrix with its bias, and the first of these rows.
    producers: Vec<usize>,
    first_row: usize,
    /// The matrices whose columns take the inputs.
    pub(in crate::quant) consumers: Vec<usize>,
    /// Whether a norm computes the inputs.
    pub(in crate::quant) is_norm: bool,
}

impl Fold {
    /// Multiplies column j of the consumers with `scales[j]` and divides row j of the producers by it.
    pub(in crate::quant) fn apply(&self, tensors: &mut LayerTensors, scales: &[f32]) {
        for &index in &self.consumers {
            let mut weights = tensors.weights(index);
            for row in weights.chunks_exact_mut(scales.len()) {
                for (weight, scale) in row.iter_mut().zip(scales) {
                    *weight *= scale;
                }
            }
            tensors.replace_weights(index, &weights);
        }
        for &index in &self.producers {
            let mut weights = tensors.weights(index);
            let is_matrix = tensors.meta(index).shape.len() > 1;
            let width = if is_matrix { tensors.meta(index).n_cols() } else { 1 };
            for (row, scale) in weights[self.first_row * width..].chunks_mut(width).zip(scales) {
                for weight in row {
                    *weight /= scale;
                }
            }
            tensors.replace_weights(index, &weights);
        }
    }
}

/// All places of a layer where scales can be folded.
pub(in crate::quant) fn folds(tensors: &LayerTensors) -> Vec<Fold> {
    let spec = tensors.spec();
    let slots = spec.slots();
    let layer = &slots.layers[0];
    let place = |slot: SlotId| {
        let name = &slots.list[slot.0].name;
        (0..tensors.len()).find(|&index| tensors.meta(index).name == *name)
    };
    let matrices = |all: &[LinearSlots]| all.iter().filter_map(|linear| place(linear.weight)).collect();
    let rows_of = |linear: LinearSlots| -> Vec<usize> {
        [Some(linear.weight), linear.bias].into_iter().flatten().filter_map(place).collect()
    };
    let norm = |slot: Option<SlotId>, consumers| Fold {
        producers: slot.and_then(place).into_iter().collect(),
        first_row: 0,
        consumers,
        is_norm: true,
    };
    let matrix = |producer, first_row, consumer: LinearSlots| Fold {
        producers: rows_of(producer),
        first_row,
        consumers: place(consumer.weight).into_iter().collect(),
        is_norm: false,
    };
    let mut folds = Vec::new();
    match &layer.mixer {
        MixerSlots::Attention(attention, slots) => {
            folds.push(norm(layer.mixer_norm, matrices(slots.qkv.tensors())));
            if attention.n_heads == attention.n_kv_heads {
                folds.push(match slots.qkv {
                    Projections::Separate([_, _, value]) => matrix(value, 0, slots.output),
                    Projections::Fused(all) => {
                        matrix(all, attention.query_rows() + attention.kv_len(), slots.output)
                    }
                });
            }
        }
        MixerSlots::ShortConv(_, slots) => folds.push(norm(layer.mixer_norm, matrices(&[slots.input]))),
        // Rates and decays read the norm too, and are not quantized.
        MixerSlots::GatedDelta(..) => {}
    }
    match &layer.ffn {
        FfnSlots::Gated(mlp, slots) => {
            folds.push(norm(layer.ffn_norm, matrices(slots.gate_up.tensors())));
            folds.push(match slots.gate_up {
                Projections::Separate([_, up]) => matrix(up, 0, slots.down),
                Projections::Fused(both) => matrix(both, mlp.d_ff, slots.down),
            });
        }
        // The router reads the norm too, and is not quantized.
        FfnSlots::Experts(..) => {}
    }
    folds.retain(|fold| !fold.producers.is_empty() && !fold.consumers.is_empty());
    debug_assert!(
        folds.iter().all(|fold| !fold.is_norm || tensors.role(fold.producers[0]) == TensorRole::Norm)
    );
    folds
}
