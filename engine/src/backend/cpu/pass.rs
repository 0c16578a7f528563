//! A pass: tokens of one or several sequences that go through the weights together.
//!
//! [`feed`] cuts what a batch of sequences is fed into passes and walks each through the layers. A sequence's tokens are cut where they
//! would be if it were fed alone, so that it gets the same bits. The pass works in the buffers of one of the sequences; those of
//! the others are not touched, and memory that is not touched is not there.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use nibble_kernels::norm::{add, rms_norm, rms_norm_in_place};
use nibble_kernels::rows::for_each_row;
use nibble_kernels::{Forms, Level, Matrix, Pool};

use super::buffers::Buffers;
use super::sequence::CpuSequence;
use super::weights::{Ffn, Mixer};
use super::{Model, ends};
use crate::backend::slots::LinearSlots;
use crate::backend::{Error, Feed, Logits, Sequence, Tap, decoder};
use crate::progress::Cancel;

/// Tokens that go through the weights together.
pub(super) struct Pass<'p> {
    pub(super) pool: &'p Pool,
    pub(super) level: Level,
    pub(super) cancel: &'p Cancel,
    /// Tokens of all parts.
    pub(super) n_tokens: usize,
    /// Whether products take no tiles: for the bits that each token would get alone, or because a tap wants every input in f32.
    apart: bool,
}

/// The feeds of a batch, all of whose sequences are this backend's.
pub(super) struct Batch<'b, 'f>(&'b mut [Feed<'f>]);

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
    /// The forms in which these matrices want the input they share.
    pub(super) fn forms(&self, matrices: &[&Matrix]) -> Forms {
        let forms = matrices.iter().fold(Forms::NONE, |forms, matrix| forms.and(matrix.forms()));
        forms.for_many(self.level, if self.apart { 1 } else { self.n_tokens })
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
    fn norm_stream(&self, buffers: &mut Buffers, weight: &[f32], eps: f32) {
        let width = weight.len();
        let stream = &mut buffers.stream[..self.n_tokens * width];
        let block = &mut buffers.block[..self.n_tokens * width];
        for_each_row(self.pool, (stream, width), (block, width), &|_, stream, block| {
            rms_norm(self.level, stream, weight, eps, block);
        });
    }

    /// stream += \[rms_norm\](block)
    fn add_to_stream(&self, buffers: &mut Buffers, width: usize, post_norm: Option<&[f32]>, eps: f32) {
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

/// Feeds a batch of sequences of `model`.
///
/// # Errors
/// As [`Decoder::feed`](crate::backend::Decoder::feed).
pub(super) fn feed(model: &Arc<Model>, feeds: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), Error> {
    let vocab = model.spec.vocab_size;
    let (mut lead, mut most) = (0, 0);
    for (index, feed) in feeds.iter_mut().enumerate() {
        decoder::check(feed.sequence, feed.tokens, vocab)?;
        let sequence = own(&mut *feed.sequence).filter(|sequence| Arc::ptr_eq(&sequence.model, model));
        let sequence = sequence.ok_or(Error::OtherSequence)?;
        if sequence.sizes.chunk > most {
            (lead, most) = (index, sequence.sizes.chunk);
        }
    }
    let mut batch = Batch(feeds);
    for feed in batch.0.iter_mut() {
        let n_tokens = feed.tokens.len();
        if let Some(sequence) = own(&mut *feed.sequence) {
            sequence.begin(n_tokens, feed.logits, vocab);
        }
    }
    let Some(sequence) = batch.0.get_mut(lead).and_then(|feed| own(&mut *feed.sequence)) else {
        return Ok(()); // an empty batch
    };
    let (mut buffers, rooms) = (sequence.take_buffers()?, [sequence.sizes.chunk, sequence.sizes.apart]);
    let result = run(model, &mut batch, &mut buffers, rooms, cancel);
    if let Some(sequence) = batch.0.get_mut(lead).and_then(|feed| own(&mut *feed.sequence)) {
        sequence.buffers = Some(buffers);
    }
    for feed in batch.0.iter_mut() {
        let Some(sequence) = own(&mut *feed.sequence) else { continue };
        if result.is_ok() {
            sequence.len += feed.tokens.len();
        } else {
            sequence.n_logits = 0;
        }
    }
    result
}

/// Takes the tokens of a batch through the model, pass by pass; `rooms` are the most tokens of a pass, and of one apart.
fn run(
    model: &Model,
    batch: &mut Batch<'_, '_>,
    buffers: &mut Buffers,
    rooms: [usize; 2],
    cancel: &Cancel,
) -> Result<(), Error> {
    let (width, eps) = (model.spec.d_model, model.spec.norm_eps);
    while let Some((n_tokens, apart)) = plan(batch, rooms) {
        cancel.check()?;
        let pass = Pass { pool: &model.pool, level: model.run.level, cancel, n_tokens, apart };
        ends::embed(model, &pass, batch, buffers);
        for (index, layer) in model.weights.layers.iter().enumerate() {
            pass.norm_stream(buffers, &layer.mixer_norm, eps);
            match &layer.mixer {
                Mixer::Attention(attention) => attention.forward(&pass, index, batch, buffers)?,
            }
            pass.add_to_stream(buffers, width, layer.mixer_post_norm.as_deref(), eps);
            pass.norm_stream(buffers, &layer.ffn_norm, eps);
            match &layer.ffn {
                Ffn::Gated(mlp) => mlp.forward(&pass, batch, buffers)?,
            }
            pass.add_to_stream(buffers, width, layer.ffn_post_norm.as_deref(), eps);
        }
        ends::write_logits(model, &pass, batch, buffers);
        for part in batch.parts() {
            part.sequence.done += part.rows.len();
        }
    }
    Ok(())
}

/// Gives rows of the next pass to sequences that have tokens left, and returns how many tokens it has and whether they are computed
/// apart; `None` when no tokens are left.
///
/// A sequence's tokens are cut at its own chunks, and a chunk goes into a pass as a whole: attention of one token is computed in
/// another order than that of several.
fn plan(batch: &mut Batch<'_, '_>, [most, most_apart]: [usize; 2]) -> Option<(usize, bool)> {
    let mut kind = None;
    let mut n_tokens = 0;
    for feed in batch.0.iter_mut() {
        let apart = feed.logits == Logits::Each || feed.tap.is_some();
        let left = feed.tokens.len();
        let Some(sequence) = own(&mut *feed.sequence) else { continue };
        let left = left - sequence.done;
        let (chunk, room) =
            if apart { (sequence.sizes.apart, most_apart) } else { (sequence.sizes.chunk, most) };
        let len = left.min(chunk);
        let fits = len > 0 && n_tokens + len <= room && kind.is_none_or(|kind| kind == apart);
        sequence.rows = if fits { n_tokens..n_tokens + len } else { 0..0 };
        if fits {
            (kind, n_tokens) = (Some(apart), n_tokens + len);
        }
    }
    kind.map(|apart| (n_tokens, apart))
}

/// A sequence of this backend.
fn own<'s>(sequence: &'s mut (dyn Sequence + 'static)) -> Option<&'s mut CpuSequence> {
    let sequence: &mut dyn Any = sequence;
    sequence.downcast_mut()
}
