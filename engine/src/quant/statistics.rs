//! Statistics of a model's activations, per tensor and as plain data, for calibrated methods.
//!
//! A linear layer computes `y = W·x`. Over all inputs `x` of a tensor, the sum of squares per input column is stored: divided
//! by the number of rows, it is the diagonal of the second-moment matrix `E[x·xᵀ]`.

pub mod imatrix;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::base::TensorMeta;

/// Statistics of the inputs of a model's tensors, by the tensors' names in GGUF.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivationStatistics {
    tensors: BTreeMap<String, TensorStatistics>,
}

/// Statistics of one tensor's inputs. All numbers are finite and none is negative.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorStatistics {
    /// Number of input rows of each of the matrices that the tensor stacks, as for experts, or one number for all.
    rows_seen: Vec<f32>,
    /// Sum of squares of each input column, `[matrices, cols]`.
    squares: Vec<f32>,
}

/// Statistics that are contradictory, or belong to another model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StatisticsError {
    /// A number is negative, infinite or NaN.
    #[error(
        "the statistics of {tensor:?} hold {value} at position {position}, which is not a sum of squares"
    )]
    Number {
        /// Name of the tensor.
        tensor: String,
        /// Index among its sums of squares, or among its row counts.
        position: usize,
        /// The invalid number.
        value: f32,
    },
    /// The numbers of sums and of row counts do not match matrices of one width.
    #[error(
        "the statistics of {tensor:?} hold {squares} sums of squares for {matrices} matrices, which is not a multiple"
    )]
    Uneven {
        /// Name of the tensor.
        tensor: String,
        /// Number of sums of squares.
        squares: usize,
        /// Number of row counts.
        matrices: usize,
    },
    /// A tensor has two statistics.
    #[error("the statistics of {tensor:?} occur twice")]
    Twice {
        /// Name of the tensor.
        tensor: String,
    },
    /// The tensor has another number of input columns than its statistics.
    #[error(
        "the statistics of {tensor:?} are of {found} input columns, but the model's tensor has {expected}; \
         they were made with another model"
    )]
    OtherShape {
        /// Name of the tensor.
        tensor: String,
        /// Number of sums of squares.
        found: usize,
        /// Number of input columns of all matrices of the tensor.
        expected: usize,
    },
    /// None of the tensors that need statistics has them.
    #[error(
        "of the {found} tensors with statistics, none is one of the {needed} that need them; they were made with another model"
    )]
    OtherModel {
        /// Number of tensors with statistics.
        found: usize,
        /// Number of the model's tensors that need statistics.
        needed: usize,
    },
}

impl ActivationStatistics {
    /// Number of tensors with statistics.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether no tensor has statistics.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// Names and statistics of all tensors, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &TensorStatistics)> {
        self.tensors.iter().map(|(name, known)| (name.as_str(), known))
    }

    /// The statistics of the tensor of this name.
    pub fn get(&self, tensor: &str) -> Option<&TensorStatistics> {
        self.tensors.get(tensor)
    }

    /// Adds the statistics of a tensor: row counts per stacked matrix, or one in total, and the sums of squares, `[matrices,
    /// cols]`.
    ///
    /// # Errors
    /// [`StatisticsError::Number`], [`StatisticsError::Uneven`] or [`StatisticsError::Twice`].
    pub fn add(
        &mut self,
        tensor: &str,
        rows_seen: Vec<f32>,
        squares: Vec<f32>,
    ) -> Result<(), StatisticsError> {
        let name = || tensor.to_owned();
        for numbers in [&rows_seen, &squares] {
            let wrong = numbers.iter().position(|number| !number.is_finite() || *number < 0.0);
            if let Some(position) = wrong {
                return Err(StatisticsError::Number { tensor: name(), position, value: numbers[position] });
            }
        }
        if squares.is_empty() || rows_seen.is_empty() || !squares.len().is_multiple_of(rows_seen.len()) {
            let (squares, matrices) = (squares.len(), rows_seen.len());
            return Err(StatisticsError::Uneven { tensor: name(), squares, matrices });
        }
        if self.tensors.insert(name(), TensorStatistics { rows_seen, squares }).is_some() {
            return Err(StatisticsError::Twice { tensor: name() });
        }
        Ok(())
    }

    /// Checks that these statistics belong to the model whose tensors `needed` are encoded with them; returns how many of those
    /// have none.
    ///
    /// # Errors
    /// [`StatisticsError::OtherShape`] or [`StatisticsError::OtherModel`].
    pub fn check<'a>(&self, needed: impl Iterator<Item = &'a TensorMeta>) -> Result<usize, StatisticsError> {
        let (mut n_needed, mut n_known) = (0, 0);
        for tensor in needed {
            n_needed += 1;
            let Some(known) = self.get(&tensor.name) else { continue };
            n_known += 1;
            let expected = n_matrices(tensor) * tensor.n_cols();
            if known.squares.len() != expected || ![1, n_matrices(tensor)].contains(&known.rows_seen.len()) {
                let (tensor, found) = (tensor.name.clone(), known.squares.len());
                return Err(StatisticsError::OtherShape { tensor, found, expected });
            }
        }
        if n_needed > 0 && n_known == 0 {
            return Err(StatisticsError::OtherModel { found: self.len(), needed: n_needed });
        }
        Ok(n_needed - n_known)
    }
}

impl TensorStatistics {
    /// Statistics of `n` stacked matrices with the same inputs: the number of their rows, and the sums of squares of their columns.
    pub(super) fn of_matrices(n: usize, n_rows: f32, squares: &[f32]) -> Self {
        Self { rows_seen: vec![n_rows; n], squares: squares.repeat(n) }
    }

    /// All numbers: row counts, then sums of squares.
    pub fn numbers(&self) -> impl Iterator<Item = f32> {
        self.rows_seen.iter().chain(&self.squares).copied()
    }

    /// Number of sums of squares: input columns of all matrices.
    pub fn n_values(&self) -> usize {
        self.squares.len()
    }

    /// Mean square of each of the `n_cols` input columns of one of the stacked matrices, divided in f32; ones if it had no
    /// input rows, as an expert that was never chosen.
    ///
    /// # Panics
    /// When the matrix or the number of columns does not exist; [`ActivationStatistics::check`] excludes both.
    pub fn mean_squares(&self, matrix_idx: usize, n_cols: usize) -> Vec<f32> {
        let squares = &self.squares[matrix_idx * n_cols..][..n_cols];
        let rows_seen = if let [all] = self.rows_seen[..] { all } else { self.rows_seen[matrix_idx] };
        if rows_seen > 0.0 {
            squares.iter().map(|sum| (sum / rows_seen).min(f32::MAX)).collect()
        } else {
            vec![1.0; n_cols]
        }
    }
}

/// Number of matrices that a tensor stacks: the product of all its dimensions but the two innermost.
pub(in crate::quant) fn n_matrices(tensor: &TensorMeta) -> usize {
    tensor.shape.iter().rev().skip(2).product()
}
