//! Reads the tensors of a source as candle tensors in f32.

use candle_core::{Device, Tensor};
use nibble_kernels::decode::decode_row;

use super::linear::Linear;
use crate::backend::slots::{LinearSlots, Projections};
use crate::backend::{Bound, Error, SlotId};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer, Progress};

/// Bytes that are read and decoded at a time.
const CHUNK_BYTES: usize = 16 << 20;

/// Decodes tensors by slot and reports progress in bytes of f32.
pub(super) struct Loader<'a> {
    pub(super) source: &'a dyn TensorSource,
    pub(super) bound: &'a Bound<'a>,
    pub(super) device: &'a Device,
    pub(super) observer: &'a dyn Observer,
    pub(super) cancel: &'a Cancel,
    done: u64,
    total: u64,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        source: &'a dyn TensorSource,
        bound: &'a Bound<'a>,
        device: &'a Device,
        observer: &'a dyn Observer,
        cancel: &'a Cancel,
    ) -> Self {
        let total = weights_bytes(bound);
        Self { source, bound, device, observer, cancel, done: 0, total }
    }

    /// Bytes read so far, counted as f32.
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    /// Reads a tensor in f32, with the shape of its slot.
    pub(super) fn tensor(&mut self, slot: SlotId) -> Result<Tensor, Error> {
        self.cancel.check()?;
        let (index, slot) = (self.bound.index(slot), &self.bound.slots()[slot.0]);
        let index = index.ok_or_else(|| Error::MissingTensor { name: slot.name.clone() })?;
        self.observer.progress(Progress::new(&slot.name, self.done, self.total));
        let values = read(self.source, index)?;
        self.done += 4 * values.len() as u64;
        Ok(Tensor::from_vec(values, slot.shape.clone(), self.device)?)
    }

    /// Reads an optional tensor of a layer.
    pub(super) fn optional(&mut self, slot: Option<SlotId>) -> Result<Option<Tensor>, Error> {
        slot.map(|slot| self.tensor(slot)).transpose()
    }

    /// Reads a matrix and its bias.
    pub(super) fn linear(&mut self, slots: LinearSlots) -> Result<Linear, Error> {
        Ok(Linear {
            weight: self.tensor(slots.weight)?,
            bias: self.optional(slots.bias)?,
            slot: slots.weight,
        })
    }

    /// Reads matrices that share an input, separate or fused as the file has them.
    pub(super) fn projections<const N: usize>(
        &mut self,
        slots: &Projections<N>,
    ) -> Result<Projections<N, Linear>, Error> {
        match slots {
            Projections::Fused(slots) => Ok(Projections::Fused(self.linear(*slots)?)),
            Projections::Separate(slots) => {
                let all = slots.iter().map(|slots| self.linear(*slots)).collect::<Result<Vec<_>, _>>()?;
                let all = all.try_into().ok().expect("one matrix was read for each of the N slots");
                Ok(Projections::Separate(all))
            }
        }
    }
}

/// Bytes of a model's tensors in f32.
pub(super) fn weights_bytes(bound: &Bound<'_>) -> u64 {
    bound.claimed().map(|(_, tensor)| 4 * tensor.n_elements() as u64).sum()
}

/// Reads all values of a tensor, a few rows at a time, so that the encoded bytes are never in memory as a whole.
fn read(source: &dyn TensorSource, index: usize) -> Result<Vec<f32>, Error> {
    let tensor = &source.tensors()[index];
    let (n_rows, n_cols) = (tensor.n_rows(), tensor.n_cols());
    let rows_at_once = (CHUNK_BYTES / (4 * n_cols).max(1)).max(1);
    let mut values = vec![0.0; n_rows * n_cols];
    for (chunk, values) in values.chunks_mut(rows_at_once * n_cols).enumerate() {
        let first = chunk * rows_at_once;
        let rows = first..first + values.len() / n_cols;
        let bytes = source
            .read_rows(index, rows.clone())
            .map_err(|source| Error::Read { name: tensor.name.clone(), source })?;
        decode_row(tensor.dtype, &bytes, values);
        source.release_rows(index, rows);
    }
    Ok(values)
}
