//! A checkpoint seen as the GGUF file it would become: renamed tensors, joined parts, and transformed values, while they are
//! read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use nibble_kernels::decode::decode_row;

use super::architecture::Conversion;
use super::error::Error;
use super::names::{Destination, Join, Names, Part, Transform};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::progress::{Observer, Warning};

/// The tensors of a checkpoint under GGUF's names.
///
/// Vectors are F32 whatever the checkpoint's type: they are small, and llama.cpp requires it.
pub(super) struct ConvertedSource {
    checkpoint: Box<dyn TensorSource>,
    tensors: Vec<TensorMeta>,
    contents: Vec<Content>,
}

/// Source of a tensor's values.
enum Content {
    /// Rows of checkpoint tensors, one after another. If `head_rows` is given, the rows of each head of that many rows are
    /// reordered.
    Rows { segments: Vec<Segment>, head_rows: Option<usize> },
    /// F32 values, computed when the checkpoint was opened.
    Made(Vec<u8>),
}

/// A checkpoint tensor's part of a joined tensor's rows.
struct Segment {
    /// Index of the checkpoint tensor.
    index: usize,
    /// Range of its rows in the joined tensor.
    rows: Range<usize>,
}

/// A GGUF tensor whose parts are being collected.
struct Collected {
    transform: Transform,
    join: Join,
    n_parts: usize,
    /// Index of each part's checkpoint tensor, by position.
    parts: BTreeMap<usize, usize>,
}

impl ConvertedSource {
    /// Maps every tensor to its destination; warns `observer` of ignored ones.
    ///
    /// # Errors
    /// [`Error::UnknownTensor`], [`Error::ForeignNames`], [`Error::TensorTwice`], [`Error::MissingPart`], [`Error::PartShape`], or the errors of reading
    /// a vector.
    pub(super) fn new(
        checkpoint: Box<dyn TensorSource>,
        conversion: &Conversion,
        architecture: &'static str,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let names = conversion.names();
        let (mut collected, mut ignored) = (BTreeMap::new(), Vec::new());
        for (index, tensor) in checkpoint.tensors().iter().enumerate() {
            match names.place(&tensor.name) {
                Destination::Outside => ignored.push(tensor.name.clone()),
                Destination::Unknown => {
                    return Err(Error::UnknownTensor { architecture, tensor: tensor.name.clone() });
                }
                Destination::Tensor(part) => collect(&mut collected, part, index)?,
            }
        }
        if let (true, Some(tensor)) = (collected.is_empty(), ignored.first()) {
            return Err(Error::ForeignNames { architecture, tensor: tensor.clone() });
        }
        for tensor in ignored {
            observer.warn(Warning::TensorIgnored { tensor });
        }
        let mut source = Self { checkpoint, tensors: Vec::new(), contents: Vec::new() };
        for (name, collected) in collected {
            source.add(name, &collected, &names, conversion.shape.head_dim)?;
        }
        for (name, values) in &conversion.made {
            source.add_made((*name).to_owned(), values.iter().copied());
        }
        source.sort();
        Ok(source)
    }

    fn add(&mut self, name: String, from: &Collected, names: &Names, head_dim: usize) -> Result<(), Error> {
        let parts = self.parts_in_order(&name, from, names)?;
        let shape = self.joined_shape(&name, from.join, &parts)?;
        if shape.len() == 1 {
            return self.add_vector(name, from.transform, &parts, head_dim);
        }
        let all = self.checkpoint.tensors();
        let mut segments = Vec::with_capacity(parts.len());
        let mut n_rows = 0;
        for &index in &parts {
            let rows = n_rows..n_rows + all[index].n_rows();
            n_rows = rows.end;
            segments.push(Segment { index, rows });
        }
        // F32 can represent parts of different types.
        let first = all[parts[0]].dtype;
        let same = parts.iter().all(|&index| all[index].dtype == first);
        let dtype = if same { first } else { DType::F32 };
        let permuted = matches!(from.transform, Transform::PermuteQuery | Transform::PermuteKey);
        // Rows that are not whole heads fail the following check of shapes.
        let head_rows = (permuted && n_rows.is_multiple_of(head_dim)).then_some(head_dim);
        self.tensors.push(TensorMeta { name, shape, dtype });
        self.contents.push(Content::Rows { segments, head_rows });
        Ok(())
    }

    /// Indices of the checkpoint tensors that make up the tensor `name`.
    fn parts_in_order(&self, name: &str, from: &Collected, names: &Names) -> Result<Vec<usize>, Error> {
        // The number of parts present may be less than the configuration requires.
        match (0..from.n_parts).find(|position| !from.parts.contains_key(position)) {
            None => Ok(from.parts.values().copied().collect()),
            Some(missing) => {
                let present = from.parts.values().next().map(|&index| &self.checkpoint.tensors()[index].name);
                let part = present.map(|present| names.sibling(present, missing)).unwrap_or_default();
                Err(Error::MissingPart { tensor: name.to_owned(), part })
            }
        }
    }

    fn joined_shape(&self, name: &str, join: Join, parts: &[usize]) -> Result<Vec<usize>, Error> {
        let all = self.checkpoint.tensors();
        let first = &all[parts[0]].shape;
        let fits = |shape: &[usize]| match join {
            Join::Stack => shape == first,
            // The outermost lengths add up, the others must be equal.
            Join::Rows => shape.len() == first.len() && shape.get(1..) == first.get(1..),
        };
        if let Some(&wrong) = parts.iter().find(|&&index| !fits(&all[index].shape)) {
            let part = &all[wrong];
            return Err(Error::PartShape {
                tensor: name.to_owned(),
                part: part.name.clone(),
                found: part.shape.clone(),
                expected: first.clone(),
            });
        }
        Ok(match join {
            Join::Stack => std::iter::once(parts.len()).chain(first.iter().copied()).collect(),
            Join::Rows if parts.len() == 1 => first.clone(),
            Join::Rows => {
                let outermost =
                    parts.iter().map(|&index| all[index].shape.first().copied().unwrap_or(1)).sum();
                std::iter::once(outermost).chain(first.iter().skip(1).copied()).collect()
            }
        })
    }

    fn add_vector(
        &mut self,
        name: String,
        transform: Transform,
        parts: &[usize],
        head_dim: usize,
    ) -> Result<(), Error> {
        let mut values = Vec::new();
        for &index in parts {
            let tensor = &self.checkpoint.tensors()[index];
            let start = values.len();
            values.resize(start + tensor.n_cols(), 0.0);
            let bytes = self.checkpoint.read_rows(index, 0..tensor.n_rows());
            let bytes =
                bytes.map_err(|source| crate::backend::Error::Read { name: tensor.name.clone(), source })?;
            decode_row(tensor.dtype, &bytes, &mut values[start..]);
        }
        let n_values = values.len();
        match transform {
            Transform::AddOne => self.add_made(name, values.into_iter().map(|value| value + 1.0)),
            // A bias goes with the rows of its matrix.
            Transform::PermuteQuery | Transform::PermuteKey if n_values.is_multiple_of(head_dim) => {
                self.add_made(name, (0..n_values).map(|row| values[original_row(row, head_dim)]));
            }
            _ => self.add_made(name, values.into_iter()),
        }
        Ok(())
    }

    fn add_made(&mut self, name: String, values: impl Iterator<Item = f32>) {
        let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
        self.tensors.push(TensorMeta { name, shape: vec![bytes.len() / 4], dtype: DType::F32 });
        self.contents.push(Content::Made(bytes));
    }

    /// Sorts the tensors in the order of use, so that a file written from this is read from front to back.
    fn sort(&mut self) {
        let tensors = std::mem::take(&mut self.tensors);
        let contents = std::mem::take(&mut self.contents);
        let mut both: Vec<_> = tensors.into_iter().zip(contents).collect();
        both.sort_by_cached_key(|(tensor, _)| order(&tensor.name));
        (self.tensors, self.contents) = both.into_iter().unzip();
    }

    /// The bytes of rows of a joined tensor of `dtype`, borrowed if they lie in one part.
    fn joined_rows(
        &self,
        segments: &[Segment],
        dtype: DType,
        rows: Range<usize>,
    ) -> io::Result<Cow<'_, [u8]>> {
        if rows.start > rows.end || segments.last().is_none_or(|last| rows.end > last.rows.end) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut joined = Vec::new();
        for (index, own) in overlaps(segments, &rows) {
            let meta = &self.checkpoint.tensors()[index];
            let whole = own.len() == rows.len();
            let bytes = self.checkpoint.read_rows(index, own)?;
            match (meta.dtype == dtype, whole) {
                (true, true) => return Ok(bytes),
                (true, false) => joined.extend_from_slice(&bytes),
                (false, _) => {
                    let mut values = vec![0.0; bytes.len() / meta.dtype.block_bytes()];
                    decode_row(meta.dtype, &bytes, &mut values);
                    joined.extend(values.into_iter().flat_map(f32::to_le_bytes));
                }
            }
        }
        Ok(Cow::Owned(joined))
    }
}

impl TensorSource for ConvertedSource {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        let dtype = self.tensors[index].dtype;
        match &self.contents[index] {
            // A vector is a single row.
            Content::Made(bytes) => Ok(Cow::Borrowed(if rows.is_empty() { &[] } else { bytes.as_slice() })),
            Content::Rows { segments, head_rows: None } => self.joined_rows(segments, dtype, rows),
            Content::Rows { segments, head_rows: Some(head_rows) } => {
                let heads = rows.start - rows.start % head_rows..rows.end.next_multiple_of(*head_rows);
                let whole = self.joined_rows(segments, dtype, heads.clone())?;
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
        let Content::Rows { segments, head_rows } = &self.contents[index] else { return };
        // Rows of a partially read head are still needed.
        let heads = head_rows.map_or(rows.clone(), |head_rows| {
            rows.start.next_multiple_of(head_rows)..rows.end - rows.end % head_rows
        });
        if heads.is_empty() {
            return;
        }
        for (index, own) in overlaps(segments, &heads) {
            self.checkpoint.release_rows(index, own);
        }
    }
}

fn collect(collected: &mut BTreeMap<String, Collected>, part: Part, index: usize) -> Result<(), Error> {
    let Part { tensor, transform, join, index: position, n_parts } = part;
    let entry = collected.entry(tensor.clone());
    let entry = entry.or_insert(Collected { transform, join, n_parts, parts: BTreeMap::new() });
    match entry.parts.insert(position, index) {
        None => Ok(()),
        Some(_) => Err(Error::TensorTwice { tensor }),
    }
}

/// The checkpoint tensors that provide `rows`, with the range of their own rows.
fn overlaps<'a>(
    segments: &'a [Segment],
    rows: &Range<usize>,
) -> impl Iterator<Item = (usize, Range<usize>)> + use<'a> {
    let (start, end) = (rows.start, rows.end);
    let first = segments.partition_point(|segment| segment.rows.end <= start);
    segments[first..].iter().take_while(move |segment| segment.rows.start < end).map(move |segment| {
        let own = segment.rows.start.max(start)..segment.rows.end.min(end);
        (segment.index, own.start - segment.rows.start..own.end - segment.rows.start)
    })
}

/// The checkpoint's row that becomes `row`: the rows of a head's two halves are interleaved.
fn original_row(row: usize, head_rows: usize) -> usize {
    let within = row % head_rows;
    row - within + (within % 2) * (head_rows / 2) + within / 2
}

/// Sort key of a tensor: embedding, RoPE, layers by number, and output last.
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
mod tests;
