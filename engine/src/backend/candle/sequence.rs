//! A sequence on candle tensors: the forward pass of [`spec`](crate::backend::spec), line by line.

use std::sync::Arc;

use candle_core::{IndexOp, Result as CandleResult, Tensor};

use super::Shared;
use super::attention::ChunkContext;
use super::linear::{optional_norm, rms_norm, softcap};
use super::rope::Rotary;
use super::state::{LayerState, Recurrent};
use super::weights::{Ffn, Layer, Mixer};
use crate::backend::snapshot::SnapshotOrigin;
use crate::backend::{self, Error, Logits, Sequence, Snapshot, Tap, decoder};
use crate::progress::Cancel;

/// Tokens that are computed together; bounds the memory of attention scores.
pub(super) const CHUNK_TOKENS: usize = 128;

/// A sequence with its KV cache in f32.
pub(super) struct CandleSequence {
    pub(super) shared: Arc<Shared>,
    /// State of each layer.
    states: Vec<LayerState>,
    /// RoPE of each layer; `None` for layers without positions.
    rotations: Vec<Option<Rotary>>,
    capacity: usize,
    pub(super) len: usize,
    logits: Vec<f32>,
}

impl CandleSequence {
    pub(super) fn new(shared: Arc<Shared>, capacity: usize) -> Result<Self, Error> {
        let spec = &shared.spec;
        let new_state = |mixer| LayerState::new(mixer, spec.d_model, capacity, &shared.device);
        let states = spec.layers.iter().map(|layer| new_state(&layer.mixer)).collect::<CandleResult<_>>()?;
        let rotations = spec.layers.iter().map(|layer| {
            let backend::Mixer::Attention(attention) = &layer.mixer else { return None };
            let rope = attention.rope.as_ref()?;
            Some(Rotary::new(rope, shared.weights.rope_factors(rope, capacity)))
        });
        Ok(Self { states, rotations: rotations.collect(), capacity, len: 0, logits: Vec::new(), shared })
    }

    /// Feeds checked tokens; after an error the state is that before them.
    pub(super) fn feed_checked(
        &mut self,
        tokens: &[u32],
        logits: Logits,
        (mut tap, mut stream): (Option<&mut dyn Tap>, Option<&mut [f32]>),
        cancel: &Cancel,
    ) -> Result<(), Error> {
        self.logits.clear();
        let before: Vec<_> = self.states.iter().map(|state| state.recurrent().cloned()).collect();
        let result = self.feed_chunks(tokens, logits, (&mut tap, &mut stream), cancel);
        if result.is_err() {
            for (state, before) in self.states.iter_mut().zip(before) {
                if let Some(before) = before {
                    *state = LayerState::Recurrent(before);
                }
            }
        }
        result
    }

    fn feed_chunks(
        &mut self,
        tokens: &[u32],
        logits: Logits,
        (tap, stream): (&mut Option<&mut dyn Tap>, &mut Option<&mut [f32]>),
        cancel: &Cancel,
    ) -> Result<(), Error> {
        let chunk_tokens = if logits == Logits::AllExact { 1 } else { CHUNK_TOKENS };
        let n_chunks = tokens.len().div_ceil(chunk_tokens);
        for (chunk_idx, chunk) in tokens.chunks(chunk_tokens).enumerate() {
            let last = chunk_idx + 1 == n_chunks;
            let wanted = if logits == Logits::Last && !last { Logits::None } else { logits };
            let width = self.shared.spec.d_model;
            let chunk_stream = stream
                .as_deref_mut()
                .map(|stream| &mut stream[chunk_idx * chunk_tokens * width..][..chunk.len() * width]);
            if let Some(rows) = self.run(chunk, wanted, (&mut *tap, chunk_stream), cancel)? {
                self.logits.extend(rows.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        Ok(())
    }

    /// Resets the length after a failed feed: entries beyond it are overwritten by the next feed.
    pub(super) fn abandon(&mut self, len: usize) {
        self.len = len;
        self.logits.clear();
    }

    /// Computes one chunk and returns the requested logits, `[rows, vocab]`.
    fn run(
        &mut self,
        tokens: &[u32],
        wanted: Logits,
        (tap, stream): (&mut Option<&mut dyn Tap>, Option<&mut [f32]>),
        cancel: &Cancel,
    ) -> Result<Option<Tensor>, Error> {
        let shared = Arc::clone(&self.shared);
        let Shared { spec, weights, device } = &*shared;
        let mut x = if let Some(stream) = &stream {
            Tensor::from_slice(stream, (tokens.len(), spec.d_model), device)?
        } else {
            let tokens = Tensor::new(tokens, device)?;
            (weights.token_embd.embedding(&tokens)? * f64::from(spec.embedding_scale))?
        };
        for (index, layer) in weights.layers.iter().enumerate() {
            cancel.check()?;
            x = self.layer(index, layer, &x, tap)?;
        }
        if let Some(stream) = stream {
            stream.copy_from_slice(&x.flatten_all()?.to_vec1::<f32>()?);
        }
        let n_tokens = x.dim(0)?;
        let rows = match wanted {
            Logits::None => None,
            Logits::Last => Some(x.i(n_tokens - 1..)?),
            Logits::All | Logits::AllExact => Some(x),
        };
        let logits = rows.map(|rows| {
            let logits = weights.output.apply(&rms_norm(&rows, &weights.output_norm, spec.norm_eps)?, tap)?;
            let logits = (logits * f64::from(spec.logit_scale))?;
            match spec.final_softcap {
                Some(cap) => softcap(&logits, cap),
                None => Ok(logits),
            }
        });
        self.len += n_tokens;
        Ok(logits.transpose()?)
    }

    fn layer(
        &mut self,
        index: usize,
        layer: &Layer,
        x: &Tensor,
        tap: &mut Option<&mut dyn Tap>,
    ) -> CandleResult<Tensor> {
        let norm_eps = self.shared.spec.norm_eps;
        let scale = f64::from(self.shared.spec.layers[index].residual_scale);
        let normed = optional_norm(x, layer.mixer_norm.as_ref(), norm_eps)?;
        let mixed = match &layer.mixer {
            Mixer::Attention(attention) => {
                let LayerState::Kv(cache) = &self.states[index] else {
                    return Err(other_state());
                };
                let place = ChunkContext {
                    first: self.len,
                    cache,
                    rotation: self.rotations[index].as_ref(),
                    norm_eps,
                };
                attention.forward(&normed, &place, tap)?
            }
            Mixer::ShortConv(conv) => conv.forward(&normed, self.recurrent(index)?, tap)?,
            Mixer::GatedDelta(delta) => delta.forward(&normed, self.recurrent(index)?, norm_eps, tap)?,
        };
        let x = (x + (optional_norm(&mixed, layer.mixer_post_norm.as_ref(), norm_eps)? * scale)?)?;
        let normed = optional_norm(&x, layer.ffn_norm.as_ref(), norm_eps)?;
        let worked = match &layer.ffn {
            Ffn::Gated(mlp) => mlp.forward(&normed, tap)?,
            Ffn::Experts(experts) => experts.forward(&normed, tap)?,
        };
        x + (optional_norm(&worked, layer.ffn_post_norm.as_ref(), norm_eps)? * scale)?
    }

    /// State of a recurrent layer.
    fn recurrent(&mut self, index: usize) -> CandleResult<&mut Recurrent> {
        match &mut self.states[index] {
            LayerState::Recurrent(state) => Ok(state),
            LayerState::Kv(_) => Err(other_state()),
        }
    }

    fn origin(&self) -> SnapshotOrigin {
        SnapshotOrigin { format: "candle f32", rope_tensors: self.shared.spec.rope_tensors(self.capacity) }
    }
}

impl Sequence for CandleSequence {
    fn len(&self) -> usize {
        self.len
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn truncate(&mut self, len: usize) -> usize {
        if len < self.len {
            // Zeros can always be made: they are allocated as the state is.
            let kept = self.states.iter_mut().map(|state| state.truncate(len).unwrap_or(0)).min();
            self.len = kept.unwrap_or(len);
        }
        self.len
    }

    fn snapshot(&self) -> Result<Snapshot, Error> {
        let layers = self.states.iter().map(|state| state.snapshot(self.len)).collect::<CandleResult<_>>()?;
        Ok(Snapshot { len: self.len, origin: self.origin(), layers })
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        let len = snapshot.len();
        let layers = snapshot.layers_for(&self.origin(), self.states.len(), self.capacity)?;
        if !self.states.iter().zip(layers).all(|(state, layer)| state.accepts(len, layer)) {
            return Err(snapshot.other());
        }
        for (state, layer) in self.states.iter_mut().zip(layers) {
            state.restore(len, layer)?;
        }
        self.len = len;
        Ok(())
    }

    fn logits(&self) -> &[f32] {
        &self.logits
    }

    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], Error> {
        decoder::check(self, tokens, self.shared.spec.vocab_size)?;
        let before = self.len;
        if let Err(error) = self.feed_checked(tokens, logits, (None, None), cancel) {
            self.abandon(before);
            return Err(error);
        }
        Ok(&self.logits)
    }
}

/// The error for a layer whose state is of another kind than its mixer, which does not happen: both come from one description.
fn other_state() -> candle_core::Error {
    candle_core::Error::Msg("the state of a layer is of another kind".to_owned())
}
