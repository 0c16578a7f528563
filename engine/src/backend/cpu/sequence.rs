//! A sequence on the CPU: the state of its layers, its buffers and its logits.

use std::ops::Range;
use std::sync::Arc;

use nibble_kernels::attention::{AttentionScratch, KvCacheType};
use nibble_kernels::rope::RopeTable;

use super::buffers::Buffers;
use super::checkpoints::Checkpoints;
use super::memory::{buffer_formats, state_bytes};
use super::model::Model;
use super::sharing::{Heads, distinct_heads, distinct_ropes, rope_table};
use super::sizes::Sizes;
use super::state::LayerState;
use crate::backend::snapshot::SnapshotOrigin;
use crate::backend::{Error, Logits};

/// A sequence of [`super::CpuDecoder`].
pub(super) struct CpuSequence {
    pub(super) model: Arc<Model>,
    pub(super) len: usize,
    pub(super) capacity: usize,
    pub(super) sizes: Sizes,
    /// State of each layer.
    pub(super) states: Vec<LayerState>,
    /// Copies of recurrent states at earlier positions.
    pub(super) checkpoints: Checkpoints,
    /// Table of each distinct RoPE.
    pub(super) ropes: Vec<RopeTable>,
    /// Attention buffers for each distinct combination of heads.
    pub(super) attention: Vec<AttentionScratch>,
    /// Buffers of passes; `None` while a pass is running.
    pub(super) buffers: Option<Box<Buffers>>,
    pub(super) logits: Vec<f32>,
    /// Number of logits that the last feed requested.
    pub(super) n_logits: usize,
    /// Number of tokens of the current feed that passes have computed.
    pub(super) done: usize,
    /// Rows of the next tokens in the current pass.
    pub(super) rows: Range<usize>,
}

impl CpuSequence {
    pub(super) fn new(model: Arc<Model>, capacity: usize) -> Result<Self, Error> {
        let capacity = capacity.max(1);
        let (spec, run) = (&model.spec, &model.run);
        let sizes = Sizes::of(spec, run, capacity, model.weights.all_fuse());
        let failed = Error::out_of_memory("the KV cache", state_bytes(spec, run, capacity));
        let mut states = Vec::with_capacity(spec.layers.len());
        for layer in &spec.layers {
            let state = LayerState::new(&layer.mixer, spec.d_model, run.cache, capacity);
            states.push(state.ok_or_else(&failed)?);
        }
        let ropes = distinct_ropes(spec).into_iter().map(|rope| {
            let factors = rope.map_or(&[][..], |rope| model.weights.rope_factors(rope, capacity));
            rope_table(rope, factors, sizes.chunk)
        });
        let (weights, threads) = (model.weights.input_formats(), model.pool.n_threads());
        let heads = distinct_heads(spec);
        let mut attention = Vec::with_capacity(heads.len());
        for Heads { n_heads, kv } in heads {
            let bytes = AttentionScratch::size_bytes(run.level, weights, n_heads, kv, capacity, threads);
            let scratch = AttentionScratch::new(run.level, weights, n_heads, kv, capacity, threads);
            attention.push(scratch.ok_or_else(Error::out_of_memory("the attention buffers", bytes))?);
        }
        Ok(Self {
            len: 0,
            capacity,
            sizes,
            states,
            checkpoints: Checkpoints::default(),
            ropes: ropes.collect(),
            attention,
            buffers: Some(new_buffers(&model, &sizes)?),
            logits: vec![0.0; spec.vocab_size],
            n_logits: 0,
            done: 0,
            rows: 0..0,
            model,
        })
    }

    /// Prepares a feed of `n_tokens` tokens; `with_copy` states whether it may have to go back to where it begins.
    pub(super) fn begin(&mut self, n_tokens: usize, logits: Logits, vocab: usize, with_copy: bool) {
        let n_rows = match logits {
            Logits::None => 0,
            Logits::Last => n_tokens.min(1),
            Logits::All | Logits::AllExact => n_tokens,
        };
        self.n_logits = n_rows * vocab;
        if self.logits.len() < self.n_logits {
            self.logits.resize(self.n_logits, 0.0); // allocates only for a larger number of rows than before
        }
        (self.done, self.rows) = (0, 0..0);
        if with_copy && self.model.spec.is_recurrent() {
            let states = self.states.iter().filter_map(LayerState::recurrent);
            self.checkpoints.take(self.len, states);
        }
    }

    /// Removes the tokens from position `len` on, or from an earlier one if recurrent states know none so late.
    pub(super) fn go_back(&mut self, len: usize) {
        self.len = if self.model.spec.is_recurrent() {
            let states = self.states.iter_mut().filter_map(LayerState::recurrent_mut);
            self.checkpoints.go_back(len, states)
        } else {
            // Entries of a KV cache beyond `len` are overwritten before they are read.
            len
        };
    }

    /// Takes the buffers out for a pass.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when the buffers were lost to a panicking pass and allocating others fails.
    pub(super) fn take_buffers(&mut self) -> Result<Box<Buffers>, Error> {
        match self.buffers.take() {
            Some(buffers) => Ok(buffers),
            None => new_buffers(&self.model, &self.sizes),
        }
    }

    /// Position of the first token in the current pass.
    pub(super) fn first_position(&self) -> usize {
        self.len + self.done
    }

    /// Origin that a snapshot of this sequence records.
    pub(super) fn origin(&self) -> SnapshotOrigin {
        let format = match self.model.run.cache {
            KvCacheType::F16 => "cpu f16",
            KvCacheType::Int8 => "cpu int8",
        };
        SnapshotOrigin { format, rope_tensors: self.model.spec.rope_tensors(self.capacity) }
    }
}

fn new_buffers(model: &Model, sizes: &Sizes) -> Result<Box<Buffers>, Error> {
    let formats = buffer_formats(model.weights.input_formats(), &model.run, sizes);
    Buffers::new(sizes, formats).map(Box::new)
}
