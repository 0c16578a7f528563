//! Reads a decoder's tensors as packed matrices and f32 vectors.
//!
//! Fused tensors are split: query, key and value are three matrices whatever the file holds, and so are gate and up, so that
//! the forward pass has only one case.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use nibble_kernels::decode::decode_row;
use nibble_kernels::{Matrix, MatrixShape, PackError, Pool};

use crate::backend::slots::{LinearSlots, Projections};
use crate::backend::{Bound, Error, SlotId};
use crate::base::{TensorMeta, TensorSource};
use crate::progress::{Cancel, Observer, Progress};

/// Reads tensors by slot, packs them, and reports progress in bytes of the file.
pub(super) struct Loader<'a> {
    pub(super) source: &'a dyn TensorSource,
    pub(super) bound: &'a Bound<'a>,
    pub(super) pool: &'a Pool,
    pub(super) observer: &'a dyn Observer,
    pub(super) cancel: &'a Cancel,
    done: u64,
    total: u64,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        source: &'a dyn TensorSource,
        bound: &'a Bound<'a>,
        pool: &'a Pool,
        observer: &'a dyn Observer,
        cancel: &'a Cancel,
    ) -> Self {
        let total = bound.claimed().map(|(_, tensor)| tensor.n_bytes() as u64).sum();
        Self { source, bound, pool, observer, cancel, done: 0, total }
    }

    /// Packs a tensor of two dimensions; `None` for an optional slot without a tensor.
    pub(super) fn optional_matrix(&mut self, slot: SlotId) -> Result<Option<Matrix>, Error> {
        self.bound.tensor(slot).map(|meta| self.rows(slot, 0..meta.n_rows())).transpose()
    }

    /// Packs a tensor of two dimensions.
    pub(super) fn matrix(&mut self, slot: SlotId) -> Result<Matrix, Error> {
        let n_rows = self.find(slot)?.1.n_rows();
        self.rows(slot, 0..n_rows)
    }

    /// Packs the same `rows` of each of the `n` matrices of a stack.
    pub(super) fn stack(&mut self, slot: SlotId, n: usize, rows: Range<usize>) -> Result<Vec<Matrix>, Error> {
        let n_rows = self.find(slot)?.1.n_rows() / n.max(1);
        let of = |index: usize| index * n_rows + rows.start..index * n_rows + rows.end;
        (0..n).map(|index| self.rows(slot, of(index))).collect()
    }

    /// Decodes the same `columns` of each of the `n` rows of a table, whose slot may have no tensor.
    pub(super) fn table(
        &mut self,
        slot: Option<SlotId>,
        n: usize,
        columns: Range<usize>,
    ) -> Result<Vec<Option<Vec<f32>>>, Error> {
        let Some(slot) = slot else { return Ok(vec![None; n]) };
        self.cancel.check()?;
        let (tensor, meta) = self.find(slot)?;
        let raw = self.source.read_rows(tensor, 0..n);
        let raw = raw.map_err(|source| Error::Read { name: meta.name.clone(), source })?;
        let mut values = vec![0.0; meta.n_elements()];
        decode_row(meta.dtype, &raw, &mut values);
        self.source.release_rows(tensor, 0..n);
        self.advance(meta, n);
        let rows = values.chunks_exact(meta.n_cols().max(1));
        Ok(rows.map(|row| Some(row[columns.clone()].to_vec())).collect())
    }

    /// Decodes a small matrix of `n_cols` columns, column after column.
    pub(super) fn transposed(&mut self, slot: SlotId, n_cols: usize) -> Result<Vec<f32>, Error> {
        let n_rows = self.find(slot)?.1.n_rows();
        let rows = self.table(Some(slot), n_rows, 0..n_cols)?;
        let column = |column: usize| rows.iter().flatten().map(move |row| row[column]);
        Ok((0..n_cols).flat_map(column).collect())
    }

    /// Decodes a tensor of one dimension.
    pub(super) fn vector(&mut self, slot: SlotId) -> Result<Vec<f32>, Error> {
        self.cancel.check()?;
        let (tensor, meta) = self.find(slot)?;
        let raw = self.source.read_rows(tensor, 0..1);
        let raw = raw.map_err(|source| Error::Read { name: meta.name.clone(), source })?;
        let mut values = vec![0.0; meta.n_cols()];
        decode_row(meta.dtype, &raw, &mut values);
        self.source.release_rows(tensor, 0..1);
        self.advance(meta, 1);
        Ok(values)
    }

    /// Decodes an optional tensor of one dimension.
    pub(super) fn optional_vector(&mut self, slot: Option<SlotId>) -> Result<Option<Vec<f32>>, Error> {
        slot.map(|slot| self.vector(slot)).transpose()
    }

    /// Packs the matrices of `n_rows` rows each that share an input.
    pub(super) fn projections<const N: usize>(
        &mut self,
        slots: &Projections<N>,
        n_rows: [usize; N],
    ) -> Result<[Matrix; N], Error> {
        let mut first = 0;
        let mut matrices = Vec::with_capacity(N);
        for (index, n_rows) in n_rows.into_iter().enumerate() {
            matrices.push(match slots {
                Projections::Separate(all) => self.matrix(all[index].weight)?,
                Projections::Fused(one) => self.rows(one.weight, first..first + n_rows)?,
            });
            first += n_rows;
        }
        Ok(matrices.try_into().expect("one matrix was pushed for each of the N numbers of rows"))
    }

    /// Decodes the biases of matrices of `n_rows` rows each; `None` for matrices without bias.
    pub(super) fn biases<const N: usize>(
        &mut self,
        slots: &Projections<N>,
        n_rows: [usize; N],
    ) -> Result<[Option<Vec<f32>>; N], Error> {
        let mut biases = [const { None }; N];
        match slots {
            Projections::Separate(all) => {
                for (bias, slots) in biases.iter_mut().zip(all) {
                    *bias = self.optional_vector(slots.bias)?;
                }
            }
            Projections::Fused(LinearSlots { bias: Some(slot), .. }) => {
                let whole = self.vector(*slot)?;
                let mut rest = whole.as_slice();
                for (bias, n_rows) in biases.iter_mut().zip(n_rows) {
                    let (own, after) = rest.split_at(n_rows);
                    (*bias, rest) = (Some(own.to_vec()), after);
                }
            }
            Projections::Fused(_) => {}
        }
        Ok(biases)
    }

    fn find(&self, slot: SlotId) -> Result<(usize, &'a TensorMeta), Error> {
        let found = self.bound.index(slot).zip(self.bound.tensor(slot));
        found.ok_or_else(|| Error::MissingTensor { name: self.bound.slots()[slot.0].name.clone() })
    }

    /// Packs rows of a tensor and releases the source's pages behind it.
    fn rows(&mut self, slot: SlotId, rows: Range<usize>) -> Result<Matrix, Error> {
        self.cancel.check()?;
        let (tensor, meta) = self.find(slot)?;
        let (source, cancel) = (self.source, self.cancel);
        let shape = MatrixShape { dtype: meta.dtype, n_rows: rows.len(), n_cols: meta.n_cols() };
        let windows = ReleaseWindows::new(rows.len(), meta.n_bytes() / meta.n_rows().max(1));
        let packed = Matrix::pack(self.pool, shape, &|part, sink| {
            cancel.check()?;
            let of_tensor = |part: Range<usize>| rows.start + part.start..rows.start + part.end;
            let read = source.read_rows(tensor, of_tensor(part.clone()));
            sink(&read.map_err(|source| Error::Read { name: meta.name.clone(), source })?);
            if let Some(done) = windows.finish(part) {
                source.release_rows(tensor, of_tensor(done));
            }
            Ok(())
        });
        let matrix = packed.map_err(|error| match error {
            PackError::OutOfMemory { bytes } => Error::OutOfMemory { what: "weights", bytes: bytes as u64 },
            PackError::BadShape(shape) => Error::WrongShape {
                name: meta.name.clone(),
                found: meta.shape.clone(),
                expected: vec![shape.n_rows, shape.n_cols.next_multiple_of(shape.dtype.block_len())],
            },
            PackError::Read(error) => error,
        })?;
        self.advance(meta, rows.len());
        Ok(matrix)
    }

    fn advance(&mut self, meta: &TensorMeta, n_rows: usize) {
        self.done += (meta.n_bytes() / meta.n_rows().max(1) * n_rows) as u64;
        self.observer.progress(Progress::new(&meta.name, self.done, self.total));
    }
}

/// Page release in windows of rows, of about 16 MiB each, because every `madvise(MADV_DONTNEED)` costs a TLB shootdown on all threads.
struct ReleaseWindows {
    n_rows: usize,
    /// Number of rows of a window.
    len: usize,
    /// Number of packed rows, by window.
    done: Vec<AtomicUsize>,
}

impl ReleaseWindows {
    /// Approximate size of a window in bytes.
    const BYTES: usize = 16 << 20;
    /// Windows begin at multiples of this many rows, so that no packed part crosses two windows.
    const STEP: usize = 1024;

    fn new(n_rows: usize, row_bytes: usize) -> Self {
        let len = (Self::BYTES / row_bytes.max(1)).next_multiple_of(Self::STEP);
        let done = (0..n_rows.div_ceil(len)).map(|_| AtomicUsize::new(0)).collect();
        Self { n_rows, len, done }
    }

    /// Records packed rows; returns the rows of their window if they complete it.
    fn finish(&self, rows: Range<usize>) -> Option<Range<usize>> {
        let window = rows.start / self.len;
        let all = window * self.len..self.n_rows.min((window + 1) * self.len);
        let before = self.done[window].fetch_add(rows.len(), Ordering::Relaxed);
        (before + rows.len() == all.len()).then_some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_released_with_its_last_part() {
        let windows = ReleaseWindows::new(2500, 16 << 10);
        assert_eq!(windows.finish(1024..1088), None);
        for first in (0..1024).step_by(64).rev() {
            let done = windows.finish(first..first + 64);
            assert_eq!(done, (first == 0).then_some(0..1024));
        }
        assert_eq!(windows.finish(2048..2500), Some(2048..2500));
    }
}
