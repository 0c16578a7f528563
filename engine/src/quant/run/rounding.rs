//! Rounding to number formats in a run: rows that share constants stay together, and matrices whose constants depend on all of
//! their weights are surveyed first.

use std::ops::Range;

use nibble_kernels::decode::decode_row;

use crate::base::{TensorMeta, TensorSource};
use crate::progress::Cancel;
use crate::quant::assignment::Assignment;
use crate::quant::error::Error;
use crate::quant::method::Needs;
use crate::quant::number_format::{Survey, WeightRows};
use crate::quant::number_formats::Format;
use crate::quant::statistics::{TensorStatistics, n_matrices};

/// Ranges of about `step` rows that cover a tensor. For a number format, each lies in one of the stacked matrices and holds
/// whole groups of rows that share constants.
pub(super) fn row_ranges(tensor: &TensorMeta, format: Option<Format>, step: usize) -> Vec<Range<usize>> {
    let n_rows = tensor.n_rows();
    let Some(format) = format else {
        return (0..n_rows).step_by(step).map(|first| first..n_rows.min(first + step)).collect();
    };
    let step = step.next_multiple_of(format.rows_together(tensor.n_cols()).max(1));
    let matrix_rows = (n_rows / n_matrices(tensor).max(1)).max(1);
    let of_matrix = |start: usize| {
        let end = n_rows.min(start + matrix_rows);
        (start..end).step_by(step).map(move |first| first..end.min(first + step))
    };
    (0..n_rows).step_by(matrix_rows).flat_map(of_matrix).collect()
}

/// Surveys of the stacked matrices of each tensor, in the order of the source; none of tensors that need none.
pub(super) struct Surveys(Vec<Vec<Survey>>);

impl Surveys {
    /// Reads the tensors whose number formats need it.
    ///
    /// # Errors
    /// [`Error::Read`] or [`Error::Cancelled`].
    pub(super) fn new(
        source: &dyn TensorSource,
        formats: impl Iterator<Item = Option<Format>>,
        step_weights: usize,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let mut surveys = Vec::new();
        for (index, (tensor, format)) in source.tensors().iter().zip(formats).enumerate() {
            let needed = format.filter(|format| format.needs_survey());
            let of_tensor = |format| survey(source, index, tensor, format, step_weights, cancel);
            surveys.push(needed.map(of_tensor).transpose()?.unwrap_or_default());
        }
        Ok(Self(surveys))
    }

    fn of(&self, tensor_idx: usize, matrix_idx: usize, weights: &[f32]) -> Survey {
        let known = self.0[tensor_idx].get(matrix_idx);
        known.copied().unwrap_or_else(|| Survey::of(weights))
    }
}

fn survey(
    source: &dyn TensorSource,
    index: usize,
    tensor: &TensorMeta,
    format: Format,
    step_weights: usize,
    cancel: &Cancel,
) -> Result<Vec<Survey>, Error> {
    let (mut surveys, mut weights) = (vec![Survey::default(); n_matrices(tensor)], Vec::new());
    let step = (step_weights / tensor.n_cols().max(1)).max(1);
    for rows in row_ranges(tensor, Some(format), step) {
        cancel.check()?;
        let failed = |source| Error::Read { tensor: tensor.name.clone(), source };
        let raw = source.read_rows(index, rows.clone()).map_err(failed)?;
        weights.resize(rows.len() * tensor.n_cols(), 0.0);
        decode_row(tensor.dtype, &raw, &mut weights);
        surveys[matrix_of(tensor, rows.start)].add(Survey::of(&weights));
        source.release_rows(index, rows);
    }
    Ok(surveys)
}

/// Index of the stacked matrix that holds a row.
fn matrix_of(tensor: &TensorMeta, row: usize) -> usize {
    row / (tensor.n_rows() / n_matrices(tensor).max(1)).max(1)
}

/// Rows of one matrix, rounded to the number format of their assignment.
pub(super) fn rounded(
    (tensor_idx, tensor): (usize, &TensorMeta),
    (assignment, format): (Assignment, Format),
    first_row: usize,
    weights: &[f32],
    statistics: Option<&TensorStatistics>,
    surveys: &Surveys,
) -> Vec<f32> {
    let matrix_idx = matrix_of(tensor, first_row);
    let statistics = statistics.filter(|_| assignment.method.needs() != Needs::Nothing);
    let importance = statistics.map(|known| known.mean_squares(matrix_idx, tensor.n_cols()));
    let rows = WeightRows {
        weights,
        n_cols: tensor.n_cols(),
        importance: importance.as_deref(),
        survey: surveys.of(tensor_idx, matrix_idx, weights),
    };
    let mut out = vec![0.0; weights.len()];
    assignment.method.round(format, &rows, &mut out);
    out
}
