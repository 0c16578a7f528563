//! The predicted losses of a model's tensors at every type, from text and one pass backward through the model.

use super::Error;
use super::calibration::Calibrating;
use crate::models::Model;
use crate::progress::{Cancel, Observer};
use crate::quant::budget::LossTable;
use crate::quant::sensitivity::{SensitivityOptions, measure};
use crate::quant::{Method, ModelFacts};

/// Tokens that sensitivities are measured on: inputs of all layers are in memory for these.
const TOKENS: usize = 4096;
/// Seed of the sampled labels.
const SEED: u64 = 20_261_129;
/// Largest memory of the products of each two input columns in bytes; above that, mean squares have to do.
const FULL_MOMENTS_BYTES: u64 = 1 << 30;

/// Predicts the losses of the tensors of `calibrating`'s model, encoded as `method` does.
///
/// # Errors
/// What opening and running the model comes to; an importance matrix is not a text to run it on.
pub(super) fn losses(
    calibrating: &Calibrating<'_>,
    method: &'static dyn Method,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<LossTable, Error> {
    let sequences = some(calibrating.sequences(observer, cancel)?);
    losses_on(calibrating.model, &sequences, method, observer, cancel)
}

/// Predicts the losses on these sequences of tokens.
///
/// # Errors
/// What running the model comes to.
pub(super) fn losses_on(
    model: &Model,
    sequences: &[Vec<u32>],
    method: &'static dyn Method,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<LossTable, Error> {
    let (spec, source) = (model.spec()?, model.source());
    let square = |shape: &[usize]| (shape.last().copied().unwrap_or(0) as u64).pow(2) * 4;
    let slots = spec.tensors();
    let matrices = slots.iter().filter(|slot| slot.layer.is_some() && slot.shape.len() == 2);
    let full_moments = matrices.map(|slot| square(&slot.shape)).sum::<u64>() <= FULL_MOMENTS_BYTES;
    let options = SensitivityOptions { full_moments, seed: SEED };
    let sensitivities = measure(source, &spec, &some(sequences.to_vec()), options, observer, cancel)?;
    let facts = ModelFacts::new(model.metadata(), Some(&spec));
    let table = LossTable::measure(source, &facts, &sensitivities, method, observer, cancel);
    Ok(table.map_err(super::quantize::Error::from)?)
}

/// The first sequences of at most [`TOKENS`] tokens together, and at least one.
fn some(mut sequences: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    let mut total = 0;
    let fits = sequences.iter().take_while(|sequence| {
        total += sequence.len();
        total <= TOKENS
    });
    let n = fits.count().max(1);
    sequences.truncate(n);
    sequences
}
