//! A pass: tokens of one or several sequences that are multiplied with the weights together.

use std::any::Any;
use std::ops::Range;

use nibble_kernels::norm::{add, rms_norm, rms_norm_in_place};
use nibble_kernels::rows::for_each_row;
use nibble_kernels::{InputFormats, InputPrecision, Level, Matrix, Pool};

use super::buffers::Buffers;
use super::sequence::CpuSequence;
use crate::backend::slots::LinearSlots;
use crate::backend::{ActivationMode, Feed, Logits, Sequence, SlotId, Tap};
use crate::progress::Cancel;

/// The tokens of a pass and how they are computed.
pub(super) struct Pass<'p> {
    pub(super) pool: &'p Pool,
    pub(super) level: Level,
    pub(super) cancel: &'p Cancel,
    /// Number of tokens of all parts.
    pub(super) n_tokens: usize,
    /// Whether products must not use AMX tiles: for results bit-identical to decoding token by token, or because a tap requests
    /// every input in f32.
    pub(super) exact: bool,
    /// How inputs of products are rounded.
    pub(super) activations: ActivationMode,
}

/// The feeds of a batch, all of whose sequences belong to this backend.
pub(super) struct Batch<'b, 'f>(pub(super) &'b mut [Feed<'f>]);

/// One sequence's part of a pass.
pub(super) struct Part<'p> {
    pub(super) sequence: &'p mut CpuSequence,
    /// The sequence's tokens in this pass.
    pub(super) tokens: &'p [u32],
    /// The sequence's rows among those of the pass.
    pub(super) rows: Range<usize>,
    pub(super) logits: Logits,
    /// Whether the part has the sequence's last tokens.
    pub(super) is_last: bool,
    pub(super) tap: Option<&'p mut dyn Tap>,
    /// The residual stream of the part's tokens, if it is given.
    pub(super) stream: Option<&'p mut [f32]>,
}

impl Part<'_> {
    /// Rows per kernel call: the whole part, or 1 when results must be bit-identical to decoding token by token.
    pub(super) fn rows_per_call(&self) -> usize {
        if self.logits == Logits::AllExact { 1 } else { self.rows.len() }
    }
}

impl Batch<'_, '_> {
    /// The parts of the current pass, one per sequence in it.
    pub(super) fn parts(&mut self) -> impl Iterator<Item = Part<'_>> {
        self.0.iter_mut().filter_map(|feed| {
            let sequence = own(&mut *feed.sequence)?;
            let (rows, done) = (sequence.rows.clone(), sequence.done);
            let tokens = &feed.tokens[done..done + rows.len()];
            let tap: Option<&mut dyn Tap> = match &mut feed.tap {
                Some(tap) => Some(&mut **tap),
                None => None,
            };
            let is_last = done + rows.len() == feed.tokens.len();
            let stream = feed.stream.as_deref_mut().map(|stream| {
                let width = stream.len() / feed.tokens.len();
                &mut stream[done * width..(done + rows.len()) * width]
            });
            let part = Part { sequence, tokens, rows, logits: feed.logits, is_last, tap, stream };
            (!part.rows.is_empty()).then_some(part)
        })
    }
}

impl Pass<'_> {
    /// The input formats that products with these matrices use in this pass, of the precision `standard` in the standard mode.
    pub(super) fn formats(&self, matrices: &[&Matrix], standard: InputPrecision) -> InputFormats {
        self.formats_of(matrices, standard, self.n_tokens)
    }

    /// The input formats as [`Pass::formats`], for `n_tokens` of the pass's tokens.
    pub(super) fn formats_of(
        &self,
        matrices: &[&Matrix],
        standard: InputPrecision,
        n_tokens: usize,
    ) -> InputFormats {
        let formats =
            matrices.iter().fold(InputFormats::NONE, |formats, matrix| formats.union(matrix.input_formats()));
        let precision = self.activations.precision(standard);
        if self.exact {
            return formats.with_precision(precision.of_single_tokens()).for_batch(self.level, 1);
        }
        formats.with_precision(precision).for_batch(self.level, n_tokens)
    }

    /// Passes to each tap its part of `rows`, the input of the matrices of `slots`.
    pub(super) fn tap(&self, batch: &mut Batch<'_, '_>, slots: &[LinearSlots], rows: &[f32]) {
        if !self.exact {
            return; // only exact passes have taps
        }
        let width = rows.len() / self.n_tokens;
        for part in batch.parts() {
            let Some(tap) = part.tap else { continue };
            for slot in slots {
                tap.input(slot.weight, &rows[part.rows.start * width..part.rows.end * width]);
            }
        }
    }

    /// Passes to each tap its part of `rows`, the input of the matrix of `slot` for some `tokens` of the pass, in their order.
    pub(super) fn tap_tokens(
        &self,
        batch: &mut Batch<'_, '_>,
        slot: SlotId,
        tokens: impl Iterator<Item = usize>,
        rows: &[f32],
    ) {
        let tokens: Vec<usize> = if self.exact { tokens.collect() } else { return };
        let width = rows.len() / tokens.len().max(1);
        for part in batch.parts() {
            let Some(tap) = part.tap else { continue };
            let place = |token: usize| tokens.partition_point(|&other| other < token);
            let own = place(part.rows.start)..place(part.rows.end);
            if !own.is_empty() {
                tap.input(slot, &rows[own.start * width..own.end * width]);
            }
        }
    }

    /// Adds a bias to every row.
    pub(super) fn add_bias(&self, rows: &mut [f32], bias: &[f32]) {
        for_each_row(self.pool, (rows, bias.len()), (&mut [(); 0], 0), &|_, row, _| {
            add(self.level, row, bias);
        });
    }

    /// Computes block = \[rms_norm\](stream), row by row.
    pub(super) fn norm_stream(&self, buffers: &mut Buffers, width: usize, weight: Option<&[f32]>, eps: f32) {
        let stream = &mut buffers.stream[..self.n_tokens * width];
        let block = &mut buffers.block[..self.n_tokens * width];
        for_each_row(self.pool, (stream, width), (block, width), &|_, stream, block| match weight {
            Some(weight) => rms_norm(self.level, stream, weight, eps, block),
            None => block.copy_from_slice(stream),
        });
    }

    /// Computes stream += \[rms_norm\](block) · scale, row by row.
    pub(super) fn add_to_stream(
        &self,
        buffers: &mut Buffers,
        width: usize,
        (post_norm, eps): (Option<&[f32]>, f32),
        scale: f32,
    ) {
        let stream = &mut buffers.stream[..self.n_tokens * width];
        let block = &mut buffers.block[..self.n_tokens * width];
        for_each_row(self.pool, (stream, width), (block, width), &|_, stream, block| {
            if let Some(weight) = post_norm {
                rms_norm_in_place(self.level, block, weight, eps);
            }
            if scale.to_bits() != 1.0_f32.to_bits() {
                for x in &mut *block {
                    *x *= scale;
                }
            }
            add(self.level, stream, block);
        });
    }
}

/// Downcasts a sequence to this backend's type.
pub(super) fn own<'s>(sequence: &'s mut (dyn Sequence + 'static)) -> Option<&'s mut CpuSequence> {
    let sequence: &mut dyn Any = sequence;
    sequence.downcast_mut()
}
