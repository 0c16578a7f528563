//! A model in rotated coordinates, computed from the original's rows as they are read.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use nibble_kernels::decode::decode_row;
use rayon::prelude::*;

use super::error::RotationError;
use super::hadamard::Hadamard;
use crate::backend::slots::{DecoderSlots, FfnSlots, LayerSlots, LinearSlots, MixerSlots, Projections};
use crate::backend::{DecoderSpec, SlotId};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::quant::error::Error;

/// Seed of the signs of the residual stream; the heads of values have the next.
const SEED: u64 = 1;

/// A source whose model computes what that of `inner` does, with the residual stream and the heads of values rotated and the
/// norms' weights moved into the matrices behind them.
///
/// Changed tensors are f32. Only the rows that are read are in memory, and the blocks of rows that they mix with.
pub(super) struct RotatedSource<'s> {
    inner: Box<dyn TensorSource + 's>,
    tensors: Vec<TensorMeta>,
    /// The change of each tensor; `None` for those that stay.
    changes: Vec<Option<Change>>,
    /// Index in `inner` of each tensor.
    origins: Vec<usize>,
}

/// What happens to a tensor; of a vector, the elements are columns.
#[derive(Clone, Default)]
struct Change {
    /// Whether all elements become 1: a norm whose weights the matrices behind it took.
    is_ones: bool,
    /// Factor of each column, before they are rotated.
    factors: Option<Arc<[f32]>>,
    /// How the columns are rotated.
    columns: Option<Part>,
    /// How the rows are rotated.
    rows: Option<Part>,
}

/// The rows or columns from `first` on, rotated.
#[derive(Clone)]
struct Part {
    first: usize,
    by: Arc<Hadamard>,
}

impl<'s> RotatedSource<'s> {
    /// The rotated model of `inner`, a decoder `spec` without norms behind its blocks.
    pub(super) fn new(inner: Box<dyn TensorSource + 's>, spec: &DecoderSpec) -> Result<Self, Error> {
        let tensors = inner.tensors().to_vec();
        let (changes, origins) = (vec![None; tensors.len()], (0..tensors.len()).collect());
        let mut rotated = Self { inner, tensors, changes, origins };
        let slots = spec.slots();
        let stream = Part { first: 0, by: Arc::new(Hadamard::new(spec.d_model, SEED)) };
        rotated.untie(&slots)?;
        let embedding = rotated.find_slot(&slots, slots.embedding)?;
        rotated.change(embedding, |change| change.columns = Some(stream.clone()));
        for layer in &slots.layers {
            rotated.layer(&slots, layer, &stream)?;
        }
        rotated.behind_norm(&slots, Some(slots.output_norm), &[slots.output], &stream)?;
        Ok(rotated)
    }

    /// Adds an output matrix with the embedding's rows if there is none.
    fn untie(&mut self, slots: &DecoderSlots<'_>) -> Result<(), Error> {
        let output = &slots.list[slots.output.0];
        if self.inner.find(&output.name).is_none() {
            let origin = self.find_slot(slots, slots.embedding)?;
            self.tensors.push(TensorMeta { name: output.name.clone(), ..self.tensors[origin].clone() });
            self.changes.push(None);
            self.origins.push(origin);
        }
        Ok(())
    }

    fn layer(
        &mut self,
        slots: &DecoderSlots<'_>,
        layer: &LayerSlots<'_>,
        stream: &Part,
    ) -> Result<(), Error> {
        let weights =
            |all: &[LinearSlots]| -> Vec<SlotId> { all.iter().map(|linear| linear.weight).collect() };
        let MixerSlots::Attention(attention, attention_slots) = &layer.mixer else {
            return Ok(()); // refused before
        };
        self.behind_norm(slots, layer.mixer_norm, &weights(attention_slots.qkv.tensors()), stream)?;
        let head = Part { first: 0, by: Arc::new(Hadamard::new(attention.head_dim, SEED + 1)) };
        let (values, first) = match attention_slots.qkv {
            Projections::Separate([_, _, value]) => (value, 0),
            Projections::Fused(all) => (all, attention.query_len() + attention.kv_len()),
        };
        self.outputs(slots, values, &Part { first, ..head.clone() })?;
        let output = self.find_slot(slots, attention_slots.output.weight)?;
        self.change(output, |change| change.columns = Some(head));
        self.outputs(slots, attention_slots.output, stream)?;
        match &layer.ffn {
            FfnSlots::Gated(_, mlp) => {
                self.behind_norm(slots, layer.ffn_norm, &weights(mlp.gate_up.tensors()), stream)?;
                self.outputs(slots, mlp.down, stream)
            }
            FfnSlots::Experts(..) => Ok(()), // refused before
        }
    }

    /// Moves the weights of a norm, if there is one, into the columns of the matrices behind it, and rotates these.
    fn behind_norm(
        &mut self,
        slots: &DecoderSlots<'_>,
        norm: Option<SlotId>,
        matrices: &[SlotId],
        stream: &Part,
    ) -> Result<(), Error> {
        let Some(norm) = norm else {
            for &slot in matrices {
                let matrix = self.find_slot(slots, slot)?;
                self.change(matrix, |change| change.columns = Some(stream.clone()));
            }
            return Ok(());
        };
        let norm = self.find_slot(slots, norm)?;
        let meta = self.tensors[norm].clone();
        let failed = |source| Error::Read { tensor: meta.name.clone(), source };
        let mut factors = vec![0.0; meta.n_cols()];
        decode_row(meta.dtype, &self.inner.read_rows(norm, 0..1).map_err(failed)?, &mut factors);
        let factors: Arc<[f32]> = factors.into();
        self.change(norm, |change| change.is_ones = true);
        for &slot in matrices {
            let matrix = self.find_slot(slots, slot)?;
            self.change(matrix, |change| {
                (change.factors, change.columns) = (Some(Arc::clone(&factors)), Some(stream.clone()));
            });
        }
        Ok(())
    }

    /// Rotates what a matrix with its bias computes.
    fn outputs(&mut self, slots: &DecoderSlots<'_>, linear: LinearSlots, part: &Part) -> Result<(), Error> {
        let weight = self.find_slot(slots, linear.weight)?;
        self.change(weight, |change| change.rows = Some(part.clone()));
        if let Some(bias) = linear.bias {
            let bias = self.find_slot(slots, bias)?;
            self.change(bias, |change| change.columns = Some(part.clone()));
        }
        Ok(())
    }

    /// Index of the tensor of a slot, whose shape is the slot's.
    fn find_slot(&self, slots: &DecoderSlots<'_>, slot: SlotId) -> Result<usize, RotationError> {
        let slot = &slots.list[slot.0];
        let fits = |tensor: &TensorMeta| tensor.name == slot.name && tensor.shape == slot.shape;
        let missing = || RotationError::Tensor { tensor: slot.name.clone() };
        self.tensors.iter().position(fits).ok_or_else(missing)
    }

    fn change(&mut self, index: usize, add: impl FnOnce(&mut Change)) {
        add(self.changes[index].get_or_insert_default());
        self.tensors[index].dtype = DType::F32;
    }

    /// The rows of the original that `rows` of a tensor are computed from.
    fn needed(change: &Change, rows: &Range<usize>) -> Range<usize> {
        change.rows.as_ref().map_or_else(|| rows.clone(), |part| part.by.whole_blocks(part.first, rows))
    }

    /// Rows `rows` of a changed tensor.
    fn changed(&self, index: usize, change: &Change, rows: &Range<usize>) -> io::Result<Vec<f32>> {
        let n_cols = self.tensors[index].n_cols();
        if change.is_ones {
            return Ok(vec![1.0; rows.len() * n_cols]);
        }
        let (needed, origin) = (Self::needed(change, rows), self.origins[index]);
        let mut weights = vec![0.0; needed.len() * n_cols];
        let raw = self.inner.read_rows(origin, needed.clone())?;
        decode_row(self.inner.tensors()[origin].dtype, &raw, &mut weights);
        weights.par_chunks_mut(n_cols).for_each(|row| {
            if let Some(factors) = &change.factors {
                for (weight, factor) in row.iter_mut().zip(factors.iter()) {
                    *weight *= factor;
                }
            }
            if let Some(part) = &change.columns {
                part.by.rotate(&mut row[part.first..]);
            }
        });
        if let Some(part) = &change.rows {
            let start = needed.start.max(part.first);
            if start < needed.end {
                let turned = &mut weights[(start - needed.start) * n_cols..];
                part.by.rotate_rows(start - part.first, turned, n_cols);
            }
        }
        let wanted = (rows.start - needed.start) * n_cols;
        Ok(weights[wanted..wanted + rows.len() * n_cols].to_vec())
    }
}

impl TensorSource for RotatedSource<'_> {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        match &self.changes[index] {
            None => self.inner.read_rows(self.origins[index], rows),
            Some(change) => {
                let weights = self.changed(index, change, &rows)?;
                Ok(Cow::Owned(weights.into_iter().flat_map(f32::to_le_bytes).collect()))
            }
        }
    }

    fn release_rows(&self, index: usize, rows: Range<usize>) {
        let needed =
            self.changes[index].as_ref().map_or_else(|| rows.clone(), |change| Self::needed(change, &rows));
        self.inner.release_rows(self.origins[index], needed);
    }
}
