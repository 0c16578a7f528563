//! A pass: tokens of one or several sequences that go through the weights together.

use std::any::Any;
use std::ops::Range;

use nibble_kernels::norm::{add, rms_norm, rms_norm_in_place};
use nibble_kernels::rows::for_each_row;
use nibble_kernels::{InputFormats, Level, Matrix, Pool};

use super::buffers::Buffers;
use super::sequence::CpuSequence;
use crate::backend::slots::LinearSlots;
use crate::backend::{Feed, Logits, Sequence, Tap};
use crate::progress::Cancel;

/// Tokens that go through the weights together.
pub(super) struct Pass<'p> {
    pub(super) pool: &'p Pool,
    pub(super) level: Level,
    pub(super) cancel: &'p Cancel,
    /// Tokens of all parts.
    pub(super) n_tokens: usize,
    /// Whether products take no tiles: for the bits that each token would get alone, or because a tap wants every input in f32.
    pub(super) apart: bool,
}

/// The feeds of a batch, all of whose sequences are this backend's.
pub(super) struct Batch<'b, 'f>(pub(super) &'b mut [Feed<'f>]);

/// What one sequence has in a pass.
pub(super) struct Part<'p> {
    pub(super) sequence: &'p mut CpuSequence,
    /// Its tokens in this pass.
    pub(super) tokens: &'p [u32],
    /// Its rows among those of the pass.
    pub(super) rows: Range<usize>,
    pub(super) logits: Logits,
    /// Whether these are its last tokens.
    pub(super) is_last: bool,
    pub(super) tap: Option<&'p mut dyn Tap>,
}

impl Part<'_> {
    /// Tokens that attention computes together: all, or 1 for the bits that each would get alone.
    pub(super) fn at_once(&self) -> usize {
        if self.logits == Logits::Each { 1 } else { self.rows.len() }
    }
}

impl Batch<'_, '_> {
    /// The sequences that take part in the current pass.
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
            let part = Part { sequence, tokens, rows, logits: feed.logits, is_last, tap };
            (!part.rows.is_empty()).then_some(part)
        })
    }
}

impl Pass<'_> {
    /// The formats in which these matrices want the input they share.
    pub(super) fn formats(&self, matrices: &[&Matrix]) -> InputFormats {
        let formats =
            matrices.iter().fold(InputFormats::NONE, |formats, matrix| formats.union(matrix.input_formats()));
        formats.for_batch(self.level, if self.apart { 1 } else { self.n_tokens })
    }

    /// Shows each tap its own of `rows`, the input of the matrices of `slots`.
    pub(super) fn tap(&self, batch: &mut Batch<'_, '_>, slots: &[LinearSlots], rows: &[f32]) {
        if !self.apart {
            return; // a tap puts its pass apart
        }
        let width = rows.len() / self.n_tokens;
        for part in batch.parts() {
            let Some(tap) = part.tap else { continue };
            for slot in slots {
                tap.input(slot.weight, &rows[part.rows.start * width..part.rows.end * width]);
            }
        }
    }

    /// Adds a bias to every row.
    pub(super) fn add_bias(&self, rows: &mut [f32], bias: &[f32]) {
        for_each_row(self.pool, (rows, bias.len()), (&mut [(); 0], 0), &|_, row, _| {
            add(self.level, row, bias);
        });
    }

    /// block = rms_norm(stream)
    pub(super) fn norm_stream(&self, buffers: &mut Buffers, weight: &[f32], eps: f32) {
        let width = weight.len();
        let stream = &mut buffers.stream[..self.n_tokens * width];
        let block = &mut buffers.block[..self.n_tokens * width];
        for_each_row(self.pool, (stream, width), (block, width), &|_, stream, block| {
            rms_norm(self.level, stream, weight, eps, block);
        });
    }

    /// stream += \[rms_norm\](block)
    pub(super) fn add_to_stream(
        &self,
        buffers: &mut Buffers,
        width: usize,
        post_norm: Option<&[f32]>,
        eps: f32,
    ) {
        let stream = &mut buffers.stream[..self.n_tokens * width];
        let block = &mut buffers.block[..self.n_tokens * width];
        for_each_row(self.pool, (stream, width), (block, width), &|_, stream, block| {
            if let Some(weight) = post_norm {
                rms_norm_in_place(self.level, block, weight, eps);
            }
            add(self.level, stream, block);
        });
    }
}

/// A sequence of this backend.
pub(super) fn own<'s>(sequence: &'s mut (dyn Sequence + 'static)) -> Option<&'s mut CpuSequence> {
    let sequence: &mut dyn Any = sequence;
    sequence.downcast_mut()
}
