//! Predicted losses of all types in all tensors of a model.

use nibble_kernels::decode::decode_row;
use nibble_kernels::{DType, Level, quantize};
use rayon::prelude::*;

use super::solve::{Choice, Chosen, choose};
use crate::base::{TensorMeta, TensorSource};
use crate::progress::{Cancel, Observer, Progress};
use crate::quant::assignment::{Assignment, QuantizePlan};
use crate::quant::error::Error;
use crate::quant::method::{Method, Needs};
use crate::quant::sensitivity::{MatrixSensitivity, Sensitivities};
use crate::quant::{ModelFacts, Precision};

/// Rows of a matrix whose error stands for all.
const MOST_ROWS: usize = 512;
/// Rows that are encoded at a time.
const SLAB_ROWS: usize = 32;

/// Types that are tried for each tensor: those that run fast and that other programs read.
const TRIED: &[DType] = &[
    DType::Q2_K,
    DType::Q3_K,
    DType::IQ4_XS,
    DType::IQ4_NL,
    DType::Q4_0,
    DType::Q4_K,
    DType::Q4_1,
    DType::Q5_0,
    DType::Q5_K,
    DType::Q5_1,
    DType::Q6_K,
    DType::Q8_0,
    DType::F16,
];

/// Predicted losses of a model's tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct LossTable {
    /// The tensors that have a choice.
    pub tensors: Vec<TensorLosses>,
    /// Bytes of all other tensors.
    pub fixed_bytes: u64,
}

/// Predicted losses of one tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorLosses {
    /// Name of the tensor.
    pub name: String,
    /// Index of the tensor in its source.
    pub index: usize,
    /// Types with size and predicted KL divergence per token, in nats; smaller first, each with less loss than those before.
    pub types: Vec<(DType, Choice)>,
}

impl LossTable {
    /// Predicts the losses of the tensors of `source` that take a precision, encoded as `method` encodes: with the inputs' mean
    /// squares as importance, unless it uses only the weights. Progress counts tensors.
    ///
    /// # Errors
    /// [`Error::Read`] or [`Error::Cancelled`].
    pub fn measure(
        source: &dyn TensorSource,
        facts: &ModelFacts,
        sensitivities: &Sensitivities,
        method: &'static dyn Method,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let mut table = Self { tensors: Vec::new(), fixed_bytes: 0 };
        let total = source.tensors().len() as u64;
        for (index, tensor) in source.tensors().iter().enumerate() {
            cancel.check()?;
            observer.progress(Progress::new(&tensor.name, index as u64, total));
            let known = sensitivities.get(&tensor.name).filter(|_| facts.roles.of(tensor).takes_precision);
            let Some(known) = known else {
                let kept = QuantizePlan::new(Precision::F16, std::slice::from_ref(tensor), &[None]);
                table.fixed_bytes += kept.tensor_bytes();
                continue;
            };
            let types = losses(source, index, known, method)?;
            table.tensors.push(TensorLosses { name: tensor.name.clone(), index, types });
        }
        Ok(table)
    }

    /// Smallest size of all tensors in bytes.
    pub fn least_bytes(&self) -> u64 {
        let least = |tensor: &TensorLosses| tensor.types.first().map_or(0, |(_, choice)| choice.bytes);
        self.fixed_bytes + self.tensors.iter().map(least).sum::<u64>()
    }

    /// The types with the least predicted loss in at most `bytes` bytes for all tensors; `None` if nothing fits.
    pub fn best(&self, bytes: u64) -> Option<(Chosen, Vec<DType>)> {
        let room = bytes.checked_sub(self.fixed_bytes)?;
        let items: Vec<Vec<Choice>> = self
            .tensors
            .iter()
            .map(|tensor| tensor.types.iter().map(|(_, choice)| *choice).collect())
            .collect();
        let mut chosen = choose(&items, room)?;
        chosen.bytes += self.fixed_bytes;
        let types = self
            .tensors
            .iter()
            .zip(&chosen.choices)
            .map(|(tensor, &choice)| tensor.types[choice].0)
            .collect();
        Some((chosen, types))
    }

    /// The plan that assigns `types` to the table's tensors, with `method`, and `added` to the tensors that follow the source's.
    pub fn plan(
        &self,
        precision: Precision,
        tensors: &[TensorMeta],
        (types, added): (&[DType], &[Assignment]),
        method: &'static dyn Method,
    ) -> QuantizePlan {
        let mut wanted = vec![None; tensors.len()];
        for (tensor, &dtype) in self.tensors.iter().zip(types) {
            wanted[tensor.index] = Some(Assignment { dtype, method, format: None });
        }
        for (wanted, added) in wanted.iter_mut().rev().zip(added.iter().rev()) {
            *wanted = Some(*added);
        }
        QuantizePlan::new(precision, tensors, &wanted)
    }

    /// Bytes and predicted loss of a plan for the same tensors; types that the table does not have count as the next larger.
    pub fn of_plan(&self, plan: &QuantizePlan) -> Choice {
        let loss = |tensor: &TensorLosses| {
            let bytes = plan.tensors()[tensor.index].n_bytes() as u64;
            let exact = plan.tensors()[tensor.index].dtype;
            let found = tensor.types.iter().find(|(dtype, _)| *dtype == exact);
            let larger = tensor.types.iter().find(|(_, choice)| choice.bytes >= bytes);
            found.or(larger).map_or(0.0, |(_, choice)| choice.loss)
        };
        Choice { bytes: plan.tensor_bytes(), loss: self.tensors.iter().map(loss).sum() }
    }
}

/// Sizes and losses of the types that fit the tensor's rows, of which none is larger and worse than another.
fn losses(
    source: &dyn TensorSource,
    index: usize,
    known: &MatrixSensitivity,
    method: &'static dyn Method,
) -> Result<Vec<(DType, Choice)>, Error> {
    let tensor = &source.tensors()[index];
    let (n_rows, n_cols) = (tensor.n_rows(), tensor.n_cols());
    let importance = known.diagonal();
    let importance = (method.needs() != Needs::Nothing && importance.len() == n_cols).then_some(importance);
    let step = n_rows.div_ceil(MOST_ROWS).max(1);
    let mut sampled: Vec<(usize, Vec<f32>)> = Vec::new();
    for first in (0..n_rows).step_by(step * SLAB_ROWS) {
        // A run of rows out of each stretch: rows of one head or of neighboring tokens are alike.
        let rows = first..n_rows.min(first + SLAB_ROWS);
        let failed = |source| Error::Read { tensor: tensor.name.clone(), source };
        let raw = source.read_rows(index, rows.clone()).map_err(failed)?;
        let mut weights = vec![0.0; rows.len() * n_cols];
        decode_row(tensor.dtype, &raw, &mut weights);
        sampled.push((first, weights));
    }
    let n_sampled: usize = sampled.iter().map(|(_, weights)| weights.len() / n_cols).sum();
    let share = n_rows as f64 / n_sampled.max(1) as f64;
    let fits = |dtype: &&DType| n_cols.is_multiple_of(dtype.block_len());
    let mut types: Vec<(DType, Choice)> = TRIED
        .par_iter()
        .filter(fits)
        .map(|&dtype| {
            let loss = |(first, weights): &(usize, Vec<f32>)| {
                let mut bytes = vec![0; dtype.row_bytes(n_cols).unwrap_or(0) * (weights.len() / n_cols)];
                quantize(Level::best(), dtype, weights, importance.as_deref(), &mut bytes);
                let mut decoded = vec![0.0; weights.len()];
                decode_row(dtype, &bytes, &mut decoded);
                known.predicted_kl(*first, weights, &decoded)
            };
            let bytes = TensorMeta { dtype, ..tensor.clone() }.n_bytes() as u64;
            (dtype, Choice { bytes, loss: share * sampled.iter().map(loss).sum::<f64>() })
        })
        .collect();
    types.sort_by(|(_, a), (_, b)| a.bytes.cmp(&b.bytes).then(a.loss.total_cmp(&b.loss)));
    let mut least = f64::INFINITY;
    types.retain(|(_, choice)| {
        let is_better = choice.loss < least;
        least = least.min(choice.loss);
        is_better
    });
    Ok(types)
}
