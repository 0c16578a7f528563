//! Whether a checkpoint that calls its output matrix tied brings another one.
//!
//! `tie_word_embeddings` says that the embedding is the output matrix too. Some checkpoints say so and hold an `lm_head` that
//! differs; transformers 5 and llama.cpp then compute with it.

use nibble_kernels::decode::decode_row;

use super::error::Error;
use super::names::{Destination, Names};
use crate::base::{TensorMeta, TensorSource};

/// Rows that are compared at once.
const ROWS: usize = 256;

/// Whether the tensors of `source` have an output matrix whose values are not those of the embedding.
///
/// # Errors
/// [`Error::Tensor`] when reading them fails.
pub(super) fn has_own_output(source: &dyn TensorSource, names: Names) -> Result<bool, Error> {
    let names = Names { tied: false, ..names };
    let find = |wanted: &str| {
        let is_wanted = |tensor: &TensorMeta| match names.place(&tensor.name) {
            Destination::Tensor(part) => part.tensor == wanted,
            Destination::Halves(_) | Destination::Outside | Destination::Unknown => false,
        };
        source.tensors().iter().position(is_wanted)
    };
    let (Some(embedding), Some(output)) = (find("token_embd.weight"), find("output.weight")) else {
        return Ok(false);
    };
    let (first, second) = (&source.tensors()[embedding], &source.tensors()[output]);
    if first.shape != second.shape {
        return Ok(true);
    }
    for start in (0..first.n_rows()).step_by(ROWS) {
        let rows = start..(start + ROWS).min(first.n_rows());
        let read = |index: usize| {
            let name = || source.tensors()[index].name.clone();
            let bytes = source.read_rows(index, rows.clone());
            bytes.map_err(|source| crate::backend::Error::Read { name: name(), source })
        };
        let (one, other) = (read(embedding)?, read(output)?);
        let is_same = if first.dtype == second.dtype {
            one == other
        } else {
            values(first, &one, rows.len()) == values(second, &other, rows.len())
        };
        if !is_same {
            return Ok(true);
        }
    }
    Ok(false)
}

fn values(tensor: &TensorMeta, bytes: &[u8], n_rows: usize) -> Vec<f32> {
    let mut values = vec![0.0; tensor.n_cols() * n_rows];
    decode_row(tensor.dtype, bytes, &mut values);
    values
}
