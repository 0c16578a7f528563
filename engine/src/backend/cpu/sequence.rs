//! One running text on the processor: its cache, its buffers, and the way of tokens through the layers.

use std::sync::Arc;

use nibble_kernels::attention::{AttentionScratch, KvCache};
use nibble_kernels::norm::rms_norm;
use nibble_kernels::rope::RopeTable;
use nibble_kernels::rows::for_each_row;
use nibble_kernels::softcap::softcap;
use nibble_kernels::zeroed::Zeroed;
use nibble_kernels::{Activations, Product, matmul};

use super::memory::{Sizes, distinct_ropes, pairing};
use super::{CpuOptions, Model};
use crate::backend::{Error, Logits, Sequence};
use crate::progress::Cancel;

/// A sequence of [`super::CpuDecoder`].
pub(super) struct CpuSequence {
    model: Arc<Model>,
    len: usize,
    capacity: usize,
    /// One per layer.
    caches: Vec<KvCache>,
    /// One per distinct rotation.
    ropes: Vec<RopeTable>,
    /// Which rotation each layer has.
    rope_of_layer: Vec<usize>,
    buffers: Buffers,
    logits: Vec<f32>,
}

/// What a chunk of tokens is worked on in; rows of tokens each.
pub(super) struct Buffers {
    /// The residual stream.
    pub(super) stream: Zeroed<f32>,
    /// What a block adds to the stream, or the stream normed.
    pub(super) block: Zeroed<f32>,
    pub(super) queries: Zeroed<f32>,
    pub(super) keys: Zeroed<f32>,
    pub(super) values: Zeroed<f32>,
    pub(super) attended: Zeroed<f32>,
    pub(super) gate: Zeroed<f32>,
    pub(super) up: Zeroed<f32>,
    /// The input of products, quantized.
    pub(super) input: Activations,
    /// Gate and up joined: the input of the way down, quantized.
    pub(super) gated: Activations,
    pub(super) attention: AttentionScratch,
}

impl CpuSequence {
    pub(super) fn new(model: Arc<Model>, capacity: usize) -> Result<Self, Error> {
        let capacity = capacity.max(1);
        let spec = &model.spec;
        let options = CpuOptions { threads: model.pool.n_threads(), level: model.level, cache: model.cache };
        let sizes = Sizes::of(spec, options, capacity, model.weights.all_join());
        let out_of_memory = || Error::OutOfMemory {
            what: "keys and values",
            bytes: sizes.cache_bytes() * spec.layers.len() as u64,
        };
        let new_cache = || KvCache::new(sizes.cache, sizes.kv, capacity).ok_or_else(out_of_memory);
        let caches = spec.layers.iter().map(|_| new_cache()).collect::<Result<_, _>>()?;
        let (distinct, rope_of_layer) = distinct_ropes(spec);
        let ropes = distinct
            .into_iter()
            .map(|rope| {
                let frequencies = rope.frequencies(model.weights.rope_factors(rope, capacity));
                RopeTable::new(pairing(rope), frequencies, rope.magnitude(), sizes.chunk)
            })
            .collect();
        let weights = model.weights.forms();
        let forms = weights.and(weights.for_many(model.level, sizes.chunk));
        let memory = |len: usize| Zeroed::new(len).ok_or_else(out_of_memory);
        let rows = |len: usize| memory(sizes.chunk * len);
        let buffers = Buffers {
            stream: rows(spec.d_model)?,
            block: rows(spec.d_model)?,
            queries: rows(sizes.query_len)?,
            keys: rows(sizes.kv_len)?,
            values: rows(sizes.kv_len)?,
            attended: rows(sizes.query_len)?,
            gate: memory(sizes.apart * spec.d_ff)?,
            up: memory(sizes.apart * spec.d_ff)?,
            input: Activations::new(forms, sizes.chunk, sizes.input_len).ok_or_else(out_of_memory)?,
            gated: Activations::new(forms, sizes.chunk, spec.d_ff).ok_or_else(out_of_memory)?,
            attention: AttentionScratch::new(
                model.level,
                weights,
                spec.n_heads,
                sizes.kv,
                capacity,
                sizes.threads,
            )
            .ok_or_else(out_of_memory)?,
        };
        let logits = vec![0.0; spec.vocab_size];
        Ok(Self { len: 0, capacity, caches, ropes, rope_of_layer, buffers, logits, model })
    }

    /// Runs a chunk of tokens, the first of which stands at position `first` and `at_once` of which are computed together; leaves
    /// the stream after the last layer.
    fn run_chunk(
        &mut self,
        tokens: &[u32],
        first: usize,
        at_once: usize,
        cancel: &Cancel,
    ) -> Result<(), Error> {
        let model = &*self.model;
        let (spec, level) = (&model.spec, model.level);
        for rope in &mut self.ropes {
            rope.fill(first, tokens.len());
        }
        let stream = &mut self.buffers.stream[..tokens.len() * spec.d_model];
        let mut scratch = [(); 0];
        for_each_row(&model.pool, (stream, spec.d_model), (&mut scratch, 0), &|row, stream, _| {
            model.weights.embedding.row_f32(tokens[row] as usize, stream);
            if spec.embedding_scale.to_bits() != 1.0_f32.to_bits() {
                for x in stream {
                    *x *= spec.embedding_scale;
                }
            }
        });
        for layer in 0..spec.layers.len() {
            let rope = &self.ropes[self.rope_of_layer[layer]];
            let n_tokens = tokens.len();
            let step =
                super::layer::LayerStep { model, layer, rope, first, n_tokens, at_once, level, cancel };
            step.run(&mut self.buffers, &mut self.caches[layer])?;
        }
        Ok(())
    }

    /// Logits of rows `rows` of the chunk, `at_once` together, written from row `to` of the logits on.
    fn write_logits(&mut self, rows: std::ops::Range<usize>, to: usize, at_once: usize) {
        let model = &*self.model;
        let (spec, level, pool) = (&model.spec, model.level, &model.pool);
        let buffers = &mut self.buffers;
        let stream = &mut buffers.stream[rows.start * spec.d_model..rows.end * spec.d_model];
        let normed = &mut buffers.block[..rows.len() * spec.d_model];
        for_each_row(pool, (stream, spec.d_model), (normed, spec.d_model), &|_, stream, normed| {
            rms_norm(level, stream, &model.weights.output_norm, spec.norm_eps, normed);
        });
        let head = model.weights.head();
        let forms = head.forms().for_many(level, at_once);
        buffers.input.quantize(level, pool, &buffers.block[..rows.len() * spec.d_model], rows.len(), forms);
        let out = &mut self.logits[to * spec.vocab_size..][..rows.len() * spec.vocab_size];
        matmul(level, pool, &mut [Product { matrix: head, out }], &buffers.input);
        if let Some(cap) = spec.final_softcap {
            out.chunks_mut(spec.vocab_size).for_each(|row| softcap(level, cap, row));
        }
    }

    fn check(&self, tokens: &[u32]) -> Result<(), Error> {
        let asked = self.len + tokens.len();
        if asked > self.capacity {
            return Err(Error::ContextFull { asked, capacity: self.capacity });
        }
        let vocab = self.model.spec.vocab_size;
        match tokens.iter().find(|&&token| token as usize >= vocab) {
            Some(&token) => Err(Error::UnknownToken { token, vocab }),
            None => Ok(()),
        }
    }
}

impl Sequence for CpuSequence {
    fn len(&self) -> usize {
        self.len
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], Error> {
        self.check(tokens)?;
        let vocab = self.model.spec.vocab_size;
        let n_rows = match logits {
            Logits::None => 0,
            Logits::Last => tokens.len().min(1),
            Logits::All | Logits::Each => tokens.len(),
        };
        if self.logits.len() < n_rows * vocab {
            self.logits.resize(n_rows * vocab, 0.0); // once for each larger number of rows
        }
        let alone = logits == Logits::Each;
        let chunk_len = if alone {
            self.buffers.gate.len() / self.model.spec.d_ff
        } else {
            self.buffers.stream.len() / self.model.spec.d_model
        };
        let mut done = 0;
        for chunk in tokens.chunks(chunk_len) {
            cancel.check()?;
            let at_once = if alone { 1 } else { chunk.len() };
            self.run_chunk(chunk, self.len + done, at_once, cancel)?;
            match logits {
                Logits::All | Logits::Each => self.write_logits(0..chunk.len(), done, at_once),
                Logits::Last if done + chunk.len() == tokens.len() => {
                    self.write_logits(chunk.len() - 1..chunk.len(), 0, 1);
                }
                Logits::Last | Logits::None => {}
            }
            done += chunk.len();
        }
        self.len += tokens.len();
        Ok(&self.logits[..n_rows * vocab])
    }
}
