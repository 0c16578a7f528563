//! A checkpoint seen as the GGUF file it would become: other names, a few values changed while they are read.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::ops::Range;

use nibble_kernels::decode::decode_row;

use super::architecture::Conversion;
use super::error::Error;
use super::names::{Change, Place};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::progress::{Observer, Warning};

/// The tensors of a checkpoint under GGUF's names.
///
/// Vectors are F32 whatever the checkpoint holds: they are small, and llama.cpp asks for it.
pub(super) struct CheckpointSource<S> {
    checkpoint: S,
    tensors: Vec<TensorMeta>,
    contents: Vec<Content>,
}

/// Where a tensor's values come from.
enum Content {
    /// The checkpoint's tensor at `index`, as it is.
    Kept { index: usize },
    /// The same, with the rows of each head reordered; a head has `head_rows` rows.
    Permuted { index: usize, head_rows: usize },
    /// Values as F32, made when the checkpoint was opened.
    Made(Vec<u8>),
}

impl<S: TensorSource> CheckpointSource<S> {
    /// Finds a place for every tensor; tells `observer` of those that have none.
    pub(super) fn new(
        checkpoint: S,
        conversion: &Conversion,
        architecture: &'static str,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let names = conversion.names();
        let mut source = Self { checkpoint, tensors: Vec::new(), contents: Vec::new() };
        let mut seen = HashSet::new();
        for index in 0..source.checkpoint.tensors().len() {
            let tensor = &source.checkpoint.tensors()[index];
            match names.place(&tensor.name) {
                Place::Outside => observer.warn(Warning::TensorIgnored { tensor: tensor.name.clone() }),
                Place::Unknown => {
                    return Err(Error::UnknownTensor { architecture, tensor: tensor.name.clone() });
                }
                Place::Tensor(name, _) if !seen.insert(name.clone()) => {
                    return Err(Error::TensorTwice { tensor: name });
                }
                Place::Tensor(name, change) => source.add(index, name, change, conversion.shape.head_dim)?,
            }
        }
        for (name, values) in &conversion.made {
            source.add_made((*name).to_owned(), values.iter().copied());
        }
        source.sort();
        Ok(source)
    }

    fn add(&mut self, index: usize, name: String, change: Change, head_dim: usize) -> Result<(), Error> {
        let tensor = &self.checkpoint.tensors()[index];
        if tensor.shape.len() == 1 {
            let mut values = vec![0.0; tensor.n_cols()];
            let bytes = self.checkpoint.read_rows(index, 0..tensor.n_rows());
            let bytes =
                bytes.map_err(|source| crate::backend::Error::Read { name: tensor.name.clone(), source })?;
            decode_row(tensor.dtype, &bytes, &mut values);
            drop(bytes);
            let added = if change == Change::AddOne { 1.0 } else { 0.0 };
            self.add_made(name, values.into_iter().map(|value| value + added));
            return Ok(());
        }
        let permuted = matches!(change, Change::PermuteQuery | Change::PermuteKey);
        // Rows that are not whole heads fail the check of shapes, which follows.
        let content = if permuted && tensor.n_rows().is_multiple_of(head_dim) {
            Content::Permuted { index, head_rows: head_dim }
        } else {
            Content::Kept { index }
        };
        self.tensors.push(TensorMeta { name, ..tensor.clone() });
        self.contents.push(content);
        Ok(())
    }

    fn add_made(&mut self, name: String, values: impl Iterator<Item = f32>) {
        let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
        self.tensors.push(TensorMeta { name, shape: vec![bytes.len() / 4], dtype: DType::F32 });
        self.contents.push(Content::Made(bytes));
    }

    /// In the order of use, so that a file written from this reads from front to back.
    fn sort(&mut self) {
        let tensors = std::mem::take(&mut self.tensors);
        let contents = std::mem::take(&mut self.contents);
        let mut both: Vec<_> = tensors.into_iter().zip(contents).collect();
        both.sort_by_cached_key(|(tensor, _)| order(&tensor.name));
        (self.tensors, self.contents) = both.into_iter().unzip();
    }
}

impl<S: TensorSource> TensorSource for CheckpointSource<S> {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        match &self.contents[index] {
            Content::Kept { index } => self.checkpoint.read_rows(*index, rows),
            // A vector is one row.
            Content::Made(bytes) => Ok(Cow::Borrowed(if rows.is_empty() { &[] } else { bytes.as_slice() })),
            Content::Permuted { index, head_rows } => {
                let heads = rows.start - rows.start % head_rows..rows.end.next_multiple_of(*head_rows);
                let whole = self.checkpoint.read_rows(*index, heads.clone())?;
                let row_bytes = whole.len() / heads.len().max(1);
                let mut permuted = Vec::with_capacity(rows.len() * row_bytes);
                for row in rows {
                    let from = (original_row(row, *head_rows) - heads.start) * row_bytes;
                    permuted.extend_from_slice(&whole[from..from + row_bytes]);
                }
                Ok(Cow::Owned(permuted))
            }
        }
    }

    fn release_rows(&self, index: usize, rows: Range<usize>) {
        match &self.contents[index] {
            Content::Made(_) => {}
            Content::Kept { index } => self.checkpoint.release_rows(*index, rows),
            Content::Permuted { index, head_rows } => {
                // Rows of a head that is only half read are still needed.
                let heads = rows.start.next_multiple_of(*head_rows)..rows.end - rows.end % head_rows;
                if !heads.is_empty() {
                    self.checkpoint.release_rows(*index, heads);
                }
            }
        }
    }
}

/// The checkpoint's row that becomes `row`: of a head's two halves, rows are taken in turn.
fn original_row(row: usize, head_rows: usize) -> usize {
    let within = row % head_rows;
    row - within + (within % 2) * (head_rows / 2) + within / 2
}

/// Embedding, rope, layers by number, and at last the output.
fn order(name: &str) -> (usize, String) {
    let layer_idx = name.strip_prefix("blk.").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
    let place = match name {
        "token_embd.weight" => 0,
        _ if name.starts_with("rope_") => 1,
        _ => layer_idx.map_or(usize::MAX, |layer_idx| layer_idx + 2),
    };
    (place, name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heads_halves_are_taken_in_turn() {
        let order: Vec<usize> = (0..12).map(|row| original_row(row, 6)).collect();
        assert_eq!(order, [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
    }
}
