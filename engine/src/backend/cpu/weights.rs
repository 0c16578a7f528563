//! A file's tensors as packed matrices and f32 vectors, with their shapes checked against the specification.
//!
//! Fused tensors come apart here: query, key and value are three matrices whatever the file holds, and so are gate and up, so
//! that the forward pass knows one form only. A tied head is the embedding itself: one copy serves both.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use nibble_kernels::decode::decode_row;
use nibble_kernels::{Forms, Matrix, MatrixShape, PackError, Pool, can_join};

use super::super::{DecoderSpec, Error, Rope};
use crate::base::{TensorMeta, TensorSource};
use crate::progress::{Cancel, Observer, Progress};

/// All weights of a model.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) embedding: Matrix,
    /// `None` where the embedding is the head.
    output: Option<Matrix>,
    pub(super) output_norm: Vec<f32>,
    pub(super) layers: Vec<LayerWeights>,
    /// Divisors of frequencies by tensor name.
    rope_factors: Vec<(&'static str, Vec<f32>)>,
}

/// Weights of one layer.
#[derive(Debug)]
pub(super) struct LayerWeights {
    pub(super) attention_norm: Vec<f32>,
    pub(super) query: Matrix,
    pub(super) key: Matrix,
    pub(super) value: Matrix,
    pub(super) qkv_biases: Option<[Vec<f32>; 3]>,
    /// Of queries and of keys.
    pub(super) head_norms: Option<[Vec<f32>; 2]>,
    pub(super) attention_output: Matrix,
    pub(super) post_attention_norm: Option<Vec<f32>>,
    pub(super) mlp_norm: Vec<f32>,
    pub(super) gate: Matrix,
    pub(super) up: Matrix,
    pub(super) down: Matrix,
    pub(super) post_mlp_norm: Option<Vec<f32>>,
}

impl Weights {
    pub(super) fn load(
        spec: &DecoderSpec,
        source: &dyn TensorSource,
        pool: &Pool,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let total = source.tensors().iter().map(|tensor| tensor.n_bytes() as u64).sum();
        let by_name =
            source.tensors().iter().enumerate().map(|(at, tensor)| (tensor.name.as_str(), at)).collect();
        let mut loader = Loader { source, by_name, pool, observer, cancel, done: 0, total };
        let embedding = loader.matrix("token_embd.weight", [spec.vocab_size, spec.d_model])?;
        let layers =
            (0..spec.layers.len()).map(|layer| loader.layer(spec, layer)).collect::<Result<_, _>>()?;
        let output_norm = loader.vector("output_norm.weight", spec.d_model)?;
        let has_output = loader.by_name.contains_key("output.weight");
        let output = has_output
            .then(|| loader.matrix("output.weight", [spec.vocab_size, spec.d_model]))
            .transpose()?;
        let rope_factors = loader.rope_factors(spec)?;
        Ok(Self { embedding, output, output_norm, layers, rope_factors })
    }

    /// What gives the logits.
    pub(super) fn head(&self) -> &Matrix {
        self.output.as_ref().unwrap_or(&self.embedding)
    }

    /// Divisors of a rope's frequencies in a sequence of `capacity` tokens.
    pub(super) fn rope_factors(&self, rope: &Rope, capacity: usize) -> &[f32] {
        let wanted = rope.factors_tensor(capacity);
        self.rope_factors.iter().find(|(name, _)| Some(*name) == wanted).map_or(&[], |(_, factors)| factors)
    }

    /// The forms in which products ask for their inputs.
    pub(super) fn forms(&self) -> Forms {
        let matrices = self.layers.iter().flat_map(LayerWeights::matrices).chain([self.head()]);
        matrices.fold(Forms::NONE, |forms, matrix| forms.and(matrix.forms()))
    }

    /// Whether gate and up of every layer are joined where there are tiles.
    pub(super) fn all_join(&self) -> bool {
        self.layers.iter().all(LayerWeights::joins)
    }

    pub(super) fn size_bytes(&self) -> u64 {
        let matrices: usize = [&self.embedding].into_iter().chain(&self.output).map(Matrix::bytes).sum();
        let vectors = self.output_norm.len()
            + self.rope_factors.iter().map(|(_, factors)| factors.len()).sum::<usize>();
        (matrices + 4 * vectors) as u64 + self.layers.iter().map(LayerWeights::size_bytes).sum::<u64>()
    }
}

impl LayerWeights {
    /// Whether gate and up can be joined into the input of the way down, in tiles.
    pub(super) fn joins(&self) -> bool {
        can_join(&self.gate, &self.up) && self.down.forms() == Forms::INTEGER
    }

    fn matrices(&self) -> [&Matrix; 7] {
        [&self.query, &self.key, &self.value, &self.attention_output, &self.gate, &self.up, &self.down]
    }

    fn size_bytes(&self) -> u64 {
        let vectors = [&self.attention_norm, &self.mlp_norm]
            .into_iter()
            .chain(self.qkv_biases.iter().flatten())
            .chain(self.head_norms.iter().flatten())
            .chain(&self.post_attention_norm)
            .chain(&self.post_mlp_norm);
        self.matrices().iter().map(|matrix| matrix.bytes() as u64).sum::<u64>()
            + vectors.map(|vector| 4 * vector.len() as u64).sum::<u64>()
    }
}

/// Reads tensors by name and keeps count.
struct Loader<'a> {
    source: &'a dyn TensorSource,
    by_name: HashMap<&'a str, usize>,
    pool: &'a Pool,
    observer: &'a dyn Observer,
    cancel: &'a Cancel,
    done: u64,
    total: u64,
}

impl<'a> Loader<'a> {
    fn layer(&mut self, spec: &DecoderSpec, layer: usize) -> Result<LayerWeights, Error> {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let (d_model, head_dim) = (spec.d_model, spec.head_dim);
        let [query, key, value] = self.query_key_value(spec, layer)?;
        let [gate, up] = self.gate_and_up(spec, layer)?;
        let head_norms = if spec.qk_norm {
            let query = self.vector(&name("attn_q_norm.weight"), head_dim)?;
            Some([query, self.vector(&name("attn_k_norm.weight"), head_dim)?])
        } else {
            None
        };
        let mut post_norm = |part| spec.post_norms.then(|| self.vector(&name(part), d_model)).transpose();
        Ok(LayerWeights {
            post_attention_norm: post_norm("post_attention_norm.weight")?,
            post_mlp_norm: post_norm("post_ffw_norm.weight")?,
            attention_norm: self.vector(&name("attn_norm.weight"), d_model)?,
            query,
            key,
            value,
            qkv_biases: self.qkv_biases(spec, layer)?,
            head_norms,
            attention_output: self.matrix(&name("attn_output.weight"), [d_model, spec.n_heads * head_dim])?,
            mlp_norm: self.vector(&name("ffn_norm.weight"), d_model)?,
            gate,
            up,
            down: self.matrix(&name("ffn_down.weight"), [d_model, spec.d_ff])?,
        })
    }

    fn query_key_value(&mut self, spec: &DecoderSpec, layer: usize) -> Result<[Matrix; 3], Error> {
        let (q, kv, cols) = (spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim, spec.d_model);
        if spec.fused_qkv {
            let tensor = self.find(&format!("blk.{layer}.attn_qkv.weight"), &[q + 2 * kv, cols])?;
            return Ok([
                self.rows(tensor, 0..q)?,
                self.rows(tensor, q..q + kv)?,
                self.rows(tensor, q + kv..q + 2 * kv)?,
            ]);
        }
        let mut one =
            |letter: char, rows| self.matrix(&format!("blk.{layer}.attn_{letter}.weight"), [rows, cols]);
        Ok([one('q', q)?, one('k', kv)?, one('v', kv)?])
    }

    fn qkv_biases(&mut self, spec: &DecoderSpec, layer: usize) -> Result<Option<[Vec<f32>; 3]>, Error> {
        if !spec.qkv_bias {
            return Ok(None);
        }
        let (q, kv) = (spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim);
        if spec.fused_qkv {
            let all = self.vector(&format!("blk.{layer}.attn_qkv.bias"), q + 2 * kv)?;
            return Ok(Some([all[..q].to_vec(), all[q..q + kv].to_vec(), all[q + kv..].to_vec()]));
        }
        let mut one = |letter: char, len| self.vector(&format!("blk.{layer}.attn_{letter}.bias"), len);
        Ok(Some([one('q', q)?, one('k', kv)?, one('v', kv)?]))
    }

    fn gate_and_up(&mut self, spec: &DecoderSpec, layer: usize) -> Result<[Matrix; 2], Error> {
        let (rows, cols) = (spec.d_ff, spec.d_model);
        let up = format!("blk.{layer}.ffn_up.weight");
        if spec.fused_gate_up {
            let tensor = self.find(&up, &[2 * rows, cols])?;
            return Ok([self.rows(tensor, 0..rows)?, self.rows(tensor, rows..2 * rows)?]);
        }
        Ok([
            self.matrix(&format!("blk.{layer}.ffn_gate.weight"), [rows, cols])?,
            self.matrix(&up, [rows, cols])?,
        ])
    }

    /// The divisors any layer's rope may ask for, short or long context.
    fn rope_factors(&mut self, spec: &DecoderSpec) -> Result<Vec<(&'static str, Vec<f32>)>, Error> {
        let mut factors: Vec<(&'static str, Vec<f32>)> = Vec::new();
        for rope in spec.layers.iter().map(|layer| &layer.rope) {
            for name in [0, usize::MAX].into_iter().filter_map(|capacity| rope.factors_tensor(capacity)) {
                if !factors.iter().any(|(known, _)| *known == name) {
                    factors.push((name, self.vector(name, rope.n_rotary / 2)?));
                }
            }
        }
        Ok(factors)
    }

    fn find(&self, name: &str, expected: &[usize]) -> Result<usize, Error> {
        let missing = || Error::MissingTensor { name: name.to_owned() };
        let tensor = *self.by_name.get(name).ok_or_else(missing)?;
        let found = &self.source.tensors()[tensor].shape;
        if found != expected {
            return Err(Error::WrongShape {
                name: name.to_owned(),
                found: found.clone(),
                expected: expected.to_vec(),
            });
        }
        Ok(tensor)
    }

    fn meta(&self, tensor: usize) -> &'a TensorMeta {
        &self.source.tensors()[tensor]
    }

    fn matrix(&mut self, name: &str, shape: [usize; 2]) -> Result<Matrix, Error> {
        let tensor = self.find(name, &shape)?;
        self.rows(tensor, 0..shape[0])
    }

    /// Packs rows of a tensor, letting go of the source's as they are packed.
    fn rows(&mut self, tensor: usize, rows: Range<usize>) -> Result<Matrix, Error> {
        self.cancel.check()?;
        let meta = self.meta(tensor);
        let (source, cancel) = (self.source, self.cancel);
        let shape = MatrixShape { dtype: meta.dtype, n_rows: rows.len(), n_cols: meta.n_cols() };
        let stretches = Stretches::new(rows.len(), meta.n_bytes() / meta.n_rows().max(1));
        let packed = Matrix::pack(self.pool, shape, &|part, sink| {
            cancel.check()?;
            let of_tensor = |part: Range<usize>| rows.start + part.start..rows.start + part.end;
            let read = source.read_rows(tensor, of_tensor(part.clone()));
            sink(&read.map_err(|source| Error::Read { name: meta.name.clone(), source })?);
            if let Some(done) = stretches.finish(part) {
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

    /// Decodes a tensor of one dimension.
    fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>, Error> {
        self.cancel.check()?;
        let tensor = self.find(name, &[len])?;
        let meta = self.meta(tensor);
        let raw = self.source.read_rows(tensor, 0..1);
        let raw = raw.map_err(|source| Error::Read { name: meta.name.clone(), source })?;
        let mut values = vec![0.0; len];
        decode_row(meta.dtype, &raw, &mut values);
        self.source.release_rows(tensor, 0..1);
        self.advance(meta, 1);
        Ok(values)
    }

    fn advance(&mut self, meta: &TensorMeta, n_rows: usize) {
        self.done += (meta.n_bytes() / meta.n_rows().max(1) * n_rows) as u64;
        self.observer.progress(Progress { item: meta.name.clone(), done: self.done, total: self.total });
    }
}

/// Rows in stretches of some megabytes, which are let go of as a whole: every letting go interrupts all other threads.
struct Stretches {
    n_rows: usize,
    /// Rows of a stretch.
    len: usize,
    /// Rows that are done, by stretch.
    done: Vec<AtomicUsize>,
}

impl Stretches {
    /// Bytes of a stretch, about.
    const BYTES: usize = 16 << 20;
    /// Stretches begin at multiples of this many rows, so that no part that is packed at once lies in two.
    const STEP: usize = 1024;

    fn new(n_rows: usize, row_bytes: usize) -> Self {
        let len = (Self::BYTES / row_bytes.max(1)).next_multiple_of(Self::STEP);
        let done = (0..n_rows.div_ceil(len)).map(|_| AtomicUsize::new(0)).collect();
        Self { n_rows, len, done }
    }

    /// Notes that some rows are done; all rows of their stretch if they were its last.
    fn finish(&self, rows: Range<usize>) -> Option<Range<usize>> {
        let stretch = rows.start / self.len;
        let all = stretch * self.len..self.n_rows.min((stretch + 1) * self.len);
        let before = self.done[stretch].fetch_add(rows.len(), Ordering::Relaxed);
        (before + rows.len() == all.len()).then_some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_done_with_its_last_part() {
        let stretches = Stretches::new(2500, 16 << 10);
        assert_eq!(stretches.finish(1024..1088), None);
        for first in (0..1024).step_by(64).rev() {
            let done = stretches.finish(first..first + 64);
            assert_eq!(done, (first == 0).then_some(0..1024));
        }
        assert_eq!(stretches.finish(2048..2500), Some(2048..2500));
    }
}
