//! What running a model told of its activations, per tensor and as plain data: what calibrated methods look at.
//!
//! A linear layer computes `y = W·x`. Of all `x` that a tensor was multiplied with, the sum of squares per input column is
//! kept: divided by the number of rows, that is the diagonal of the second-moment matrix `E[x·xᵀ]`.

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

/// Statistics of the rows that one tensor was multiplied with. All numbers are finite and none is negative.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorStatistics {
    /// Rows seen by each of the matrices that the tensor stacks, as experts are stacked, or one number for all of them.
    rows_seen: Vec<f32>,
    /// `[matrices, cols]`: the sum of squares of each input column.
    squares: Vec<f32>,
}

/// Statistics contradict themselves, or the model they should be of.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StatisticsError {
    /// A number is negative, infinite or not a number.
    #[error("the statistics of {tensor:?} hold {value} at position {position}; no sum of squares is that")]
    Number {
        /// The tensor.
        tensor: String,
        /// Position among its sums of squares, or among its numbers of rows.
        position: usize,
        /// What was found.
        value: f32,
    },
    /// There are other numbers of sums and of rows than matrices of one width have.
    #[error(
        "the statistics of {tensor:?} hold {squares} sums of squares for {matrices} matrices, which share them in no way"
    )]
    Uneven {
        /// The tensor.
        tensor: String,
        /// Sums of squares.
        squares: usize,
        /// Numbers of rows seen.
        matrices: usize,
    },
    /// There are two statistics of one tensor.
    #[error("the statistics of {tensor:?} are there twice")]
    Twice {
        /// The tensor.
        tensor: String,
    },
    /// The tensor has other input columns than its statistics.
    #[error(
        "the statistics of {tensor:?} are of {found} input columns, but the model's tensor has {expected}; \
         they were made with another model"
    )]
    OtherShape {
        /// The tensor.
        tensor: String,
        /// Sums of squares.
        found: usize,
        /// Input columns of all matrices of the tensor.
        expected: usize,
    },
    /// There are statistics, but of none of the tensors that need them.
    #[error(
        "of the {found} tensors with statistics, none is one of the {needed} that need them; they were made with another model"
    )]
    OtherModel {
        /// Tensors that have statistics.
        found: usize,
        /// Tensors of the model that need statistics.
        needed: usize,
    },
}

impl ActivationStatistics {
    /// Number of tensors that something is known of.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether nothing is known of any tensor.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// Names of tensors and what is known of them, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &TensorStatistics)> {
        self.tensors.iter().map(|(name, known)| (name.as_str(), known))
    }

    /// What is known of the tensor of this name.
    pub fn get(&self, tensor: &str) -> Option<&TensorStatistics> {
        self.tensors.get(tensor)
    }

    /// Adds what was seen of a tensor: rows per stacked matrix, or in all, and the sums of squares, `[matrices, cols]`.
    ///
    /// # Errors
    /// [`StatisticsError::Number`], [`StatisticsError::Uneven`], [`StatisticsError::Twice`].
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

    /// Whether these are statistics of the model whose tensors `needed` are to be encoded with them; gives the number of
    /// those of which nothing is known.
    ///
    /// # Errors
    /// [`StatisticsError::OtherShape`], [`StatisticsError::OtherModel`].
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
    /// Number of sums of squares: input columns of all matrices.
    pub fn n_values(&self) -> usize {
        self.squares.len()
    }

    /// Mean square of each of the `n_cols` input columns of one of the stacked matrices; ones if it saw no rows, as an expert
    /// that was never chosen.
    ///
    /// # Panics
    /// When there is no such matrix, or no such number of columns; [`ActivationStatistics::check`] excludes both.
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

/// Matrices that a tensor stacks: the product of all its dimensions but the two innermost.
pub(super) fn n_matrices(tensor: &TensorMeta) -> usize {
    tensor.shape.iter().rev().skip(2).product()
}
