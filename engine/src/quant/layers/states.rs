//! The hidden states of calibration tokens between two layers.

use std::io;

use nibble_kernels::Level;
use nibble_kernels::decode::decode_row;
use nibble_kernels::norm::rms_norm;

use super::moments::InputMoments;
use crate::backend::{Decoder, DecoderSpec, Error, Feed, Logits, Tap};
use crate::base::TensorSource;
use crate::progress::Cancel;
use crate::quant::{self, ActivationStatistics};

/// The residual stream of several token sequences, f32 `[tokens, d_model]`, as it enters a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct HiddenStates {
    d_model: usize,
    /// Number of tokens of each sequence.
    lengths: Vec<usize>,
    stream: Vec<f32>,
}

impl HiddenStates {
    /// The embeddings of `sequences`, as they enter the first layer.
    ///
    /// # Errors
    /// When reading the embedding fails, or it has no row for a token.
    pub fn embed(
        spec: &DecoderSpec,
        source: &dyn TensorSource,
        sequences: &[Vec<u32>],
    ) -> Result<Self, io::Error> {
        let index =
            source.find("token_embd.weight").ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let table = &source.tensors()[index];
        let n_tokens: usize = sequences.iter().map(Vec::len).sum();
        let mut stream = vec![0.0; n_tokens * spec.d_model];
        for (token, row) in sequences.iter().flatten().zip(stream.chunks_exact_mut(spec.d_model)) {
            let at = *token as usize;
            if at >= table.n_rows() {
                return Err(io::Error::from(io::ErrorKind::InvalidInput));
            }
            decode_row(table.dtype, &source.read_rows(index, at..at + 1)?, row);
            for x in row {
                *x *= spec.embedding_scale;
            }
        }
        Ok(Self { d_model: spec.d_model, lengths: sequences.iter().map(Vec::len).collect(), stream })
    }

    /// Number of tokens of all sequences.
    pub fn n_tokens(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// Number of tokens of each sequence.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// The states of all sequences, one after the other: `[tokens, d_model]`.
    pub fn stream(&self) -> &[f32] {
        &self.stream
    }

    /// Runs the states through the layers of `decoder`, in place; `tap` sees the inputs of all matrices.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] or [`Error::Cancelled`].
    pub fn advance(
        &mut self,
        decoder: &dyn Decoder,
        mut tap: Option<&mut dyn Tap>,
        cancel: &Cancel,
    ) -> Result<(), Error> {
        let longest = self.lengths.iter().copied().max().unwrap_or(0);
        // The tokens only count: their embeddings are given.
        let tokens = vec![0; longest];
        let mut sequence = decoder.sequence(longest)?;
        let mut rest = &mut self.stream[..];
        for &length in &self.lengths {
            let (stream, others) = rest.split_at_mut(length * self.d_model);
            rest = others;
            sequence.truncate(0);
            let feed = Feed::new(&mut *sequence, &tokens[..length], Logits::None);
            let tap: Option<&mut dyn Tap> = match &mut tap {
                Some(tap) => Some(&mut **tap),
                None => None,
            };
            decoder.feed(&mut [Feed { stream: Some(stream), tap, ..feed }], cancel)?;
        }
        Ok(())
    }

    /// Adds the statistics of the output matrix's inputs, where these states leave the last layer: of the embedding's, where that
    /// is the output.
    ///
    /// # Errors
    /// [`quant::Error::Read`] when reading the norm before it fails.
    pub(in crate::quant) fn add_output(
        &self,
        spec: &DecoderSpec,
        source: &dyn TensorSource,
        statistics: &mut ActivationStatistics,
    ) -> Result<(), quant::Error> {
        let norm = format!("{}.weight", spec.output_norm);
        let failed = |source| quant::Error::Read { tensor: norm.clone(), source };
        let missing = || quant::Error::NoMoments { tensor: norm.clone() };
        let index = source.find(&norm).ok_or_else(missing)?;
        let table = &source.tensors()[index];
        let mut weight = vec![0.0; spec.d_model];
        decode_row(table.dtype, &source.read_rows(index, 0..table.n_rows()).map_err(failed)?, &mut weight);
        let mut moments = InputMoments::new(spec.d_model, false);
        let mut normed = vec![0.0; spec.d_model];
        for row in self.stream.chunks_exact(spec.d_model) {
            rms_norm(Level::best(), row, &weight, spec.norm_eps, &mut normed);
            moments.add(&normed);
        }
        let head = ["output.weight", "token_embd.weight"];
        if let Some(head) = head.into_iter().find(|head| source.find(head).is_some()) {
            statistics.add(head, vec![moments.n_rows as f32], moments.sums())?;
        }
        Ok(())
    }
}
