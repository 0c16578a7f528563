//! Feeding of one sequence, or of several as a batch.
//!
//! [`feed()`] divides the tokens of a batch into passes and runs each through the layers. A sequence's tokens are divided as if
//! it were fed alone, so that it gets the same bits. A pass uses the buffers of one of its sequences; the buffers of the others
//! are not touched, and untouched memory is not resident.

use std::sync::{Arc, LazyLock};

use super::buffers::Buffers;
use super::ends;
use super::model::Model;
use super::pass::{Batch, Pass, own};
use super::sequence::CpuSequence;
use super::state::LayerState;
use super::weights::{Ffn, Mixer};
use crate::backend::{Error, Feed, Logits, RunOptions, Sequence, Snapshot, decoder};
use crate::progress::Cancel;

/// A cancel that nobody sets.
static UNSTOPPABLE: LazyLock<Cancel> = LazyLock::new(Cancel::new);

/// Feeds a batch of sequences of `model`.
///
/// # Errors
/// The errors of [`Decoder::feed`](crate::backend::Decoder::feed).
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
    let several = batch.0.iter().any(|feed| feed.tokens.len() > 1);
    for feed in batch.0.iter_mut() {
        let n_tokens = feed.tokens.len();
        if let Some(sequence) = own(&mut *feed.sequence) {
            sequence.begin(n_tokens, feed.logits, vocab, several);
        }
    }
    let Some(sequence) = batch.0.get_mut(lead).and_then(|feed| own(&mut *feed.sequence)) else {
        return Ok(()); // an empty batch
    };
    let (mut buffers, max_tokens) =
        (sequence.take_buffers()?, [sequence.sizes.chunk, sequence.sizes.unfused_chunk]);
    let result = run(model, &mut batch, &mut buffers, max_tokens, cancel);
    if let Some(sequence) = batch.0.get_mut(lead).and_then(|feed| own(&mut *feed.sequence)) {
        sequence.buffers = Some(buffers);
    }
    for feed in batch.0.iter_mut() {
        let Some(sequence) = own(&mut *feed.sequence) else { continue };
        if result.is_ok() {
            sequence.len += feed.tokens.len();
        } else {
            sequence.n_logits = 0;
            if several {
                // Recurrent states may have moved on; they were copied before.
                let before = sequence.len;
                sequence.go_back(before);
            }
        }
    }
    result
}

/// Runs the tokens of a batch through the model, pass by pass (chunked prefill); `max_tokens` are the largest numbers of tokens of an
/// ordinary pass and of an exact (bit-identical) pass.
fn run(
    model: &Model,
    batch: &mut Batch<'_, '_>,
    buffers: &mut Buffers,
    max_tokens: [usize; 2],
    cancel: &Cancel,
) -> Result<(), Error> {
    let (width, eps) = (model.spec.d_model, model.spec.norm_eps);
    // A recurrent state that moved on cannot go back without a copy, which single tokens are not worth: they are computed to the
    // end of their only pass.
    let can_stop = !model.spec.is_recurrent() || batch.0.iter().any(|feed| feed.tokens.len() > 1);
    while let Some((n_tokens, exact)) = plan(batch, max_tokens) {
        cancel.check()?;
        let RunOptions { level, activations, .. } = model.run;
        let cancel = if can_stop { cancel } else { &UNSTOPPABLE };
        let pass = Pass { pool: &model.pool, level, cancel, n_tokens, exact, activations };
        ends::embed(model, &pass, batch, buffers);
        for (index, layer) in model.weights.layers.iter().enumerate() {
            let scale = model.spec.layers[index].residual_scale;
            pass.norm_stream(buffers, width, layer.mixer_norm.as_deref(), eps);
            match &layer.mixer {
                Mixer::Attention(attention) => attention.forward(&pass, index, batch, buffers)?,
                Mixer::ShortConv(conv) => conv.forward(&pass, index, batch, buffers)?,
                Mixer::GatedDelta(delta) => delta.forward(&pass, index, batch, buffers)?,
            }
            pass.add_to_stream(buffers, width, (layer.mixer_post_norm.as_deref(), eps), scale);
            pass.norm_stream(buffers, width, layer.ffn_norm.as_deref(), eps);
            match &layer.ffn {
                Ffn::Gated(mlp) => mlp.forward(&pass, batch, buffers)?,
                Ffn::Experts(experts) => experts.forward(&pass, batch, buffers)?,
            }
            pass.add_to_stream(buffers, width, (layer.ffn_post_norm.as_deref(), eps), scale);
        }
        ends::return_stream(model, batch, buffers);
        ends::write_logits(model, &pass, batch, buffers);
        for part in batch.parts() {
            part.sequence.done += part.rows.len();
        }
    }
    Ok(())
}

/// Assigns rows of the next pass to sequences that have tokens left, and returns the number of tokens and whether the pass is
/// exact; `None` when no tokens are left.
///
/// A sequence's tokens are divided at its own chunks, and a chunk goes into a pass as a whole: attention of one token is
/// computed in another order than that of several.
fn plan(batch: &mut Batch<'_, '_>, [most, most_exact]: [usize; 2]) -> Option<(usize, bool)> {
    let mut kind = None;
    let mut n_tokens = 0;
    for feed in batch.0.iter_mut() {
        let exact = feed.logits == Logits::AllExact || feed.tap.is_some();
        let left = feed.tokens.len();
        let Some(sequence) = own(&mut *feed.sequence) else { continue };
        let left = left - sequence.done;
        let (chunk, room) =
            if exact { (sequence.sizes.unfused_chunk, most_exact) } else { (sequence.sizes.chunk, most) };
        let len = left.min(chunk);
        let fits = len > 0 && n_tokens + len <= room && kind.is_none_or(|kind| kind == exact);
        sequence.rows = if fits { n_tokens..n_tokens + len } else { 0..0 };
        if fits {
            (kind, n_tokens) = (Some(exact), n_tokens + len);
        }
    }
    kind.map(|exact| (n_tokens, exact))
}

impl Sequence for CpuSequence {
    fn len(&self) -> usize {
        self.len
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn truncate(&mut self, len: usize) -> usize {
        if len < self.len {
            self.go_back(len);
        }
        self.len
    }

    fn snapshot(&self) -> Result<Snapshot, Error> {
        let bytes = self.states.iter().map(|state| state.snapshot_bytes(self.len)).sum();
        let failed = Error::out_of_memory("a copy of the KV cache", bytes);
        let copy = |state: &LayerState| state.snapshot(self.len).ok_or_else(&failed);
        let layers = self.states.iter().map(copy).collect::<Result<_, _>>()?;
        Ok(Snapshot { len: self.len, origin: self.origin(), layers })
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        let (len, layers) =
            (snapshot.len(), snapshot.layers_for(&self.origin(), self.states.len(), self.capacity)?);
        let pairs = self.states.iter().zip(layers);
        if !pairs.into_iter().all(|(state, layer)| state.accepts(len, layer)) {
            return Err(snapshot.other());
        }
        for (state, layer) in self.states.iter_mut().zip(layers) {
            if !state.restore(len, layer) {
                return Err(snapshot.other());
            }
        }
        self.len = len;
        self.checkpoints.forget_after(0);
        Ok(())
    }

    fn logits(&self) -> &[f32] {
        &self.logits[..self.n_logits]
    }

    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], Error> {
        let model = Arc::clone(&self.model);
        feed(&model, &mut [Feed::new(self, tokens, logits)], cancel)?;
        Ok(self.logits())
    }
}
