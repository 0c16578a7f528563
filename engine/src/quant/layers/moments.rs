//! Moments of the inputs of a layer's matrices over the calibration tokens.

use std::collections::BTreeMap;

use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatRef, Par};

use crate::backend::slots::{FfnSlots, LinearSlots, MixerSlots};
use crate::backend::{DecoderSpec, SlotId, Tap};
use crate::base::TensorMeta;
use crate::quant::statistics::{TensorStatistics, n_matrices};

/// Moments of the inputs x of one or several matrices that share them.
#[derive(Clone, Debug)]
pub struct InputMoments {
    /// Number of input rows.
    pub n_rows: u64,
    /// Sum of squares of each column.
    pub squares: Vec<f64>,
    /// Largest magnitude of each column.
    pub largest: Vec<f32>,
    /// Sum of magnitudes of each column.
    pub magnitudes: Vec<f64>,
    /// The sum Σ x·xᵀ, `[cols, cols]` in f32, of which the lower triangle is set; empty if it was not asked for.
    pub gram: Mat<f32>,
}

/// Moments of the inputs of a layer's matrices, by slot; a tap that collects them.
#[derive(Debug)]
pub struct LayerMoments {
    inputs: Vec<InputMoments>,
    /// The input of each slot, and whether the slot is the one that is counted.
    of_slot: BTreeMap<SlotId, (usize, bool)>,
}

impl InputMoments {
    /// No inputs of `n_cols` columns so far; with the sum Σ x·xᵀ if `with_gram`.
    pub fn new(n_cols: usize, with_gram: bool) -> Self {
        let side = if with_gram { n_cols } else { 0 };
        Self {
            n_rows: 0,
            squares: vec![0.0; n_cols],
            largest: vec![0.0; n_cols],
            magnitudes: vec![0.0; n_cols],
            gram: Mat::zeros(side, side),
        }
    }

    /// Adds input rows, `[rows, cols]`.
    pub fn add(&mut self, rows: &[f32]) {
        let n_cols = self.squares.len();
        self.n_rows += (rows.len() / n_cols) as u64;
        for row in rows.chunks_exact(n_cols) {
            for (col, &x) in row.iter().enumerate() {
                self.squares[col] += f64::from(x) * f64::from(x);
                self.magnitudes[col] += f64::from(x.abs());
                self.largest[col] = self.largest[col].max(x.abs());
            }
        }
        if self.gram.nrows() == n_cols {
            let rows = MatRef::from_row_major_slice(rows, rows.len() / n_cols, n_cols);
            triangular::matmul(
                self.gram.as_mut(),
                BlockStructure::TriangularLower,
                Accum::Add,
                rows.transpose(),
                BlockStructure::Rectangular,
                rows,
                BlockStructure::Rectangular,
                1.0,
                Par::rayon(0),
            );
        }
    }

    /// Sum of squares of each column in f32.
    pub fn sums(&self) -> Vec<f32> {
        self.squares.iter().map(|sum| (*sum as f32).min(f32::MAX)).collect()
    }

    /// The sums of squares as the statistics of a tensor; the same for each of the matrices that it stacks.
    pub fn statistics(&self, tensor: &TensorMeta) -> TensorStatistics {
        TensorStatistics::of_matrices(n_matrices(tensor), self.n_rows as f32, &self.sums())
    }

    /// Mean square of each column: the diagonal of E\[x·xᵀ\].
    pub fn mean_squares(&self) -> Vec<f32> {
        let n_rows = self.n_rows.max(1) as f64;
        self.squares.iter().map(|sum| (sum / n_rows) as f32).collect()
    }
}

impl LayerMoments {
    /// Moments of the inputs of a model of one layer, which are empty so far; with the sums Σ x·xᵀ if `with_gram`.
    pub fn new(spec: &DecoderSpec, with_gram: bool) -> Self {
        let slots = spec.slots();
        let mut moments = Self { inputs: Vec::new(), of_slot: BTreeMap::new() };
        for layer in &slots.layers {
            let weights = |all: &[LinearSlots]| all.iter().map(|linear| linear.weight).collect::<Vec<_>>();
            let mut shared = match &layer.mixer {
                MixerSlots::Attention(_, slots) => {
                    vec![weights(slots.qkv.tensors()), vec![slots.output.weight]]
                }
                MixerSlots::ShortConv(_, slots) => vec![vec![slots.input.weight], vec![slots.output.weight]],
                MixerSlots::GatedDelta(_, slots) => vec![weights(&slots.inputs), vec![slots.output.weight]],
            };
            let mlp = match &layer.ffn {
                FfnSlots::Gated(_, mlp) => Some(mlp),
                FfnSlots::Experts(_, experts) => {
                    // All experts are calibrated by the inputs of all: some see few tokens of a text.
                    let mut share_input = vec![experts.router.weight];
                    share_input.extend(weights(experts.experts.gate_up.tensors()));
                    shared.extend([share_input, vec![experts.experts.down.weight]]);
                    experts.shared.as_ref().map(|(mlp, _)| mlp)
                }
            };
            if let Some(mlp) = mlp {
                shared.push(weights(mlp.gate_up.tensors()));
                shared.push(vec![mlp.down.weight]);
            }
            for group in shared {
                let n_cols = slots.list[group[0].0].shape.last().copied().unwrap_or(0);
                for (position, slot) in group.iter().enumerate() {
                    moments.of_slot.insert(*slot, (moments.inputs.len(), position == 0));
                }
                moments.inputs.push(InputMoments::new(n_cols, with_gram));
            }
        }
        moments
    }

    /// The moments of the inputs of the matrix named `tensor` in a model of `spec`; `None` for other tensors.
    pub fn of(&self, spec: &DecoderSpec, tensor: &str) -> Option<&InputMoments> {
        let slot = spec.tensors().iter().position(|slot| slot.name == tensor)?;
        self.of_slot.get(&SlotId(slot)).map(|(input, _)| &self.inputs[*input])
    }
}

impl Tap for LayerMoments {
    fn input(&mut self, slot: SlotId, rows: &[f32]) {
        if let Some(&(input, true)) = self.of_slot.get(&slot) {
            self.inputs[input].add(rows);
        }
    }
}
