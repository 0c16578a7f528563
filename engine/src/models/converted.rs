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
use super::row_order::RowOrder;
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
    /// Rows of checkpoint tensors, one after another, or in the given order.
    Rows { segments: Vec<Segment>, rows: Option<RowOrder>, columns: Option<RowOrder> },
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
        let (mut collected, mut halves, mut ignored) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (index, tensor) in checkpoint.tensors().iter().enumerate() {
            match names.place(&tensor.name) {
                Destination::Outside => ignored.push(tensor.name.clone()),
                Destination::Unknown => {
                    return Err(Error::UnknownTensor { architecture, tensor: tensor.name.clone() });
                }
                Destination::Tensor(part) => collect(&mut collected, part, index)?,
                Destination::Halves(names) => halves.push((names, index)),
            }
        }
        if let (true, Some(tensor)) = (collected.is_empty() && halves.is_empty(), ignored.first()) {
            return Err(Error::ForeignNames { architecture, tensor: tensor.clone() });
        }
        for tensor in ignored {
            observer.warn(Warning::TensorIgnored { tensor });
        }
        let mut source = Self { checkpoint, tensors: Vec::new(), contents: Vec::new() };
        for (name, collected) in collected {
            source.add(name, &collected, &names, conversion)?;
        }
        for (names, index) in halves {
            source.add_halves(names, index)?;
        }
        for (name, values) in &conversion.made {
            source.add_made((*name).to_owned(), values.iter().copied());
        }
        source.sort();
        Ok(source)
    }

    fn add(
        &mut self,
        name: String,
        from: &Collected,
        names: &Names,
        conversion: &Conversion,
    ) -> Result<(), Error> {
        let parts = self.parts_in_order(&name, from, names)?;
        let shape = self.joined_shape(&name, from.join, &parts)?;
        let order = from.transform.row_order(conversion.shape.head_dim, conversion.value_heads);
        if shape.len() == 1 || from.transform.is_table() {
            return self.add_values(name, (from.transform, order), &parts, shape);
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
        // Rows that are not whole heads fail the following check of shapes.
        let rows = order.filter(|order| order.fits(n_rows));
        let n_cols = shape.last().copied().unwrap_or(1);
        let columns = from.transform.column_order(conversion.value_heads);
        let columns = columns.filter(|order| order.fits(n_cols) && dtype.is_float());
        self.tensors.push(TensorMeta { name, shape, dtype });
        self.contents.push(Content::Rows { segments, rows, columns });
        Ok(())
    }

    /// Adds two tensors, of the first and of the second half of the rows of each matrix of a stack.
    fn add_halves(&mut self, names: [String; 2], index: usize) -> Result<(), Error> {
        let tensor = self.checkpoint.tensors()[index].clone();
        let mut shape = tensor.shape.clone();
        let n_rows = shape.get(1).copied().unwrap_or(0) / 2;
        if shape.len() != 3 || !shape[1].is_multiple_of(2) {
            let [first, _] = names;
            let expected = vec![shape.first().copied().unwrap_or(1), 2 * n_rows.max(1), tensor.n_cols()];
            return Err(Error::PartShape { tensor: first, part: tensor.name, found: shape, expected });
        }
        shape[1] = n_rows;
        for (half, name) in names.into_iter().enumerate() {
            if self.tensors.iter().any(|known| known.name == name) {
                return Err(Error::TensorTwice { tensor: name });
            }
            let segments = vec![Segment { index, rows: 0..tensor.n_rows() }];
            let rows = Some(RowOrder::Half { n_rows, half });
            self.tensors.push(TensorMeta { name, shape: shape.clone(), dtype: tensor.dtype });
            self.contents.push(Content::Rows { segments, rows, columns: None });
        }
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

    /// Adds a small tensor as F32 values.
    fn add_values(
        &mut self,
        name: String,
        (transform, order): (Transform, Option<RowOrder>),
        parts: &[usize],
        mut shape: Vec<usize>,
    ) -> Result<(), Error> {
        let mut values = Vec::new();
        for &index in parts {
            let tensor = &self.checkpoint.tensors()[index];
            let start = values.len();
            values.resize(start + tensor.n_elements(), 0.0);
            let bytes = self.checkpoint.read_rows(index, 0..tensor.n_rows());
            let bytes =
                bytes.map_err(|source| crate::backend::Error::Read { name: tensor.name.clone(), source })?;
            decode_row(tensor.dtype, &bytes, &mut values[start..]);
        }
        if transform.is_table() {
            shape.retain(|&length| length != 1);
        }
        match transform {
            Transform::AddOne => values.iter_mut().for_each(|value| *value += 1.0),
            Transform::NegativeExp => values.iter_mut().for_each(|value| *value = -value.exp()),
            _ => {}
        }
        // A bias goes with the rows of its matrix.
        let width = if shape.len() > 1 { shape.last().copied().unwrap_or(1) } else { 1 };
        let n_rows = values.len() / width.max(1);
        if let Some(order) = order.filter(|order| order.fits(n_rows)) {
            let row = |row: usize| &values[order.original(row) * width..][..width];
            values = (0..n_rows).flat_map(row).copied().collect();
        }
        self.push_values(name, shape, values.into_iter());
        Ok(())
    }

    fn add_made(&mut self, name: String, values: impl Iterator<Item = f32>) {
        let values: Vec<f32> = values.collect();
        self.push_values(name, vec![values.len()], values.into_iter());
    }

    fn push_values(&mut self, name: String, shape: Vec<usize>, values: impl Iterator<Item = f32>) {
        let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
        self.tensors.push(TensorMeta { name, shape, dtype: DType::F32 });
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

    /// Rows of a joined tensor whose heads' halves are interleaved.
    fn interleaved(
        &self,
        segments: &[Segment],
        dtype: DType,
        rows: Range<usize>,
        head_rows: usize,
    ) -> io::Result<Vec<u8>> {
        let heads = rows.start - rows.start % head_rows..rows.end.next_multiple_of(head_rows);
        let whole = self.joined_rows(segments, dtype, heads.clone())?;
        let row_bytes = whole.len() / heads.len().max(1);
        let order = RowOrder::Interleaved { head_rows };
        let mut permuted = Vec::with_capacity(rows.len() * row_bytes);
        for row in rows {
            let from = (order.original(row) - heads.start) * row_bytes;
            permuted.extend_from_slice(&whole[from..from + row_bytes]);
        }
        Ok(permuted)
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
            Content::Made(bytes) => {
                let of_row = 4 * self.tensors[index].n_cols();
                let wanted = bytes.get(rows.start * of_row..rows.end * of_row);
                wanted.map(Cow::Borrowed).ok_or_else(|| io::ErrorKind::InvalidInput.into())
            }
            Content::Rows { segments, rows: order, columns } => {
                let read = match *order {
                    None => self.joined_rows(segments, dtype, rows)?,
                    Some(RowOrder::Interleaved { head_rows }) => {
                        Cow::Owned(self.interleaved(segments, dtype, rows, head_rows)?)
                    }
                    Some(order) => {
                        let mut all = Vec::new();
                        for run in runs(order, rows) {
                            all.extend_from_slice(&self.joined_rows(segments, dtype, run)?);
                        }
                        Cow::Owned(all)
                    }
                };
                Ok(match columns {
                    Some(order) => {
                        Cow::Owned(reorder_columns(&read, *order, self.tensors[index].n_cols(), dtype))
                    }
                    None => read,
                })
            }
        }
    }

    fn release_rows(&self, index: usize, rows: Range<usize>) {
        let Content::Rows { segments, rows: order, .. } = &self.contents[index] else { return };
        let release = |run: &Range<usize>| {
            for (index, own) in overlaps(segments, run).filter(|_| !run.is_empty()) {
                self.checkpoint.release_rows(index, own);
            }
        };
        match *order {
            None => release(&rows),
            // Rows of a partially read head are still needed.
            Some(RowOrder::Interleaved { head_rows }) => {
                release(&(rows.start.next_multiple_of(head_rows)..rows.end - rows.end % head_rows));
            }
            Some(order) => runs(order, rows).iter().for_each(release),
        }
    }
}

/// The checkpoint's rows that are `rows` in GGUF, as ranges of rows that follow each other.
fn runs(order: RowOrder, rows: Range<usize>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for row in rows.map(|row| order.original(row)) {
        match runs.last_mut() {
            Some(last) if last.end == row => last.end += 1,
            _ => runs.push(row..row + 1),
        }
    }
    runs
}

/// Rows of floats whose columns are in `order`.
fn reorder_columns(bytes: &[u8], order: RowOrder, n_cols: usize, dtype: DType) -> Vec<u8> {
    let size = dtype.block_bytes();
    let mut reordered = Vec::with_capacity(bytes.len());
    for row in bytes.chunks_exact(n_cols * size) {
        for column in 0..n_cols {
            reordered.extend_from_slice(&row[order.original(column) * size..][..size]);
        }
    }
    reordered
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
