//! Reads a layer, or the ends of a decoder, from a source into f32.

use nibble_kernels::decode::decode_row;

use super::attention::Attention;
use super::ends::{Embedding, Head};
use super::gated::Gated;
use super::layer::{FfnBlock, GradientLayer, MixerBlock};
use super::linear::Linear;
use super::rope::Rotary;
use crate::backend::slots::{AttentionSlots, DecoderSlots, FfnSlots, LinearSlots, MixerSlots, Projections};
use crate::backend::{AttentionSpec, Bound, DecoderSpec, Error, SlotId, bind};
use crate::base::TensorSource;

/// Bytes of rows that are read and decoded at a time.
const CHUNK_BYTES: usize = 16 << 20;

/// A decoder whose layers are read one at a time, in f32.
pub struct GradientModel<'a> {
    spec: &'a DecoderSpec,
    source: &'a dyn TensorSource,
    slots: DecoderSlots<'a>,
    bound: Bound<'a>,
    /// Longest sequence, in tokens.
    max_tokens: usize,
}

impl<'a> GradientModel<'a> {
    /// The decoder `spec` with the tensors of `source`, for sequences of at most `max_tokens` tokens.
    ///
    /// # Errors
    /// [`Error::MissingTensor`] or [`Error::WrongShape`].
    pub fn new(
        spec: &'a DecoderSpec,
        source: &'a dyn TensorSource,
        max_tokens: usize,
    ) -> Result<Self, Error> {
        Ok(Self { spec, source, slots: spec.slots(), bound: bind(spec, source.tensors())?, max_tokens })
    }

    /// The specification of the decoder.
    pub fn spec(&self) -> &'a DecoderSpec {
        self.spec
    }

    /// The tensors of the decoder, in the source.
    pub fn bound(&self) -> &Bound<'a> {
        &self.bound
    }

    /// Slot of the embedding.
    pub fn embedding_slot(&self) -> SlotId {
        self.slots.embedding
    }

    /// Reads the layer `index`.
    ///
    /// # Errors
    /// [`Error::Read`] when the source fails, [`Error::NoGradient`] for blocks without gradients.
    ///
    /// # Panics
    /// When the decoder has no such layer.
    pub fn layer(&self, index: usize) -> Result<GradientLayer, Error> {
        let slots = &self.slots.layers[index];
        let no_gradient = |block| Error::NoGradient { layer: index, block };
        let (attention, attention_slots) = match &slots.mixer {
            MixerSlots::Attention(attention, _) if attention.gated => {
                return Err(no_gradient("attention with a gate"));
            }
            MixerSlots::Attention(attention, slots) => (attention, slots),
            MixerSlots::ShortConv(..) => return Err(no_gradient("a short convolution")),
            MixerSlots::GatedDelta(..) => return Err(no_gradient("a gated delta rule")),
        };
        let FfnSlots::Gated(mlp, mlp_slots) = &slots.ffn else {
            return Err(no_gradient("a mixture of experts"));
        };
        Ok(GradientLayer {
            d_model: self.spec.d_model,
            mixer_norm: self.optional(slots.mixer_norm)?,
            mixer: MixerBlock::Attention(self.attention(attention, attention_slots)?),
            mixer_post_norm: self.optional(slots.mixer_post_norm)?,
            ffn_norm: self.optional(slots.ffn_norm)?,
            ffn: FfnBlock::Gated(Gated {
                spec: (*mlp).clone(),
                gate_up: self.projections(&mlp_slots.gate_up)?,
                down: self.linear(mlp_slots.down)?,
            }),
            ffn_post_norm: self.optional(slots.ffn_post_norm)?,
            norm_eps: self.spec.norm_eps,
            residual_scale: self.spec.layers[index].residual_scale,
        })
    }

    /// Reads the rows of the embedding that `tokens` use.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::UnknownToken`] for a token outside of the vocabulary.
    pub fn embedding(&self, tokens: &[u32]) -> Result<Embedding, Error> {
        let vocab = self.spec.vocab_size;
        if let Some(&token) = tokens.iter().find(|&&token| token as usize >= vocab) {
            return Err(Error::UnknownToken { token, vocab });
        }
        let mut used = tokens.to_vec();
        used.sort_unstable();
        used.dedup();
        let mut rows = vec![0.0; used.len() * self.spec.d_model];
        let index = self.index(self.slots.embedding)?;
        for (row, &token) in rows.chunks_exact_mut(self.spec.d_model).zip(&used) {
            self.read(index, token as usize..token as usize + 1, row)?;
        }
        for x in &mut rows {
            *x *= self.spec.embedding_scale;
        }
        Ok(Embedding { slot: self.slots.embedding, tokens: used, rows, d_model: self.spec.d_model })
    }

    /// Reads the output norm and the output matrix, which is the embedding's where the source has none.
    ///
    /// # Errors
    /// [`Error::Read`] when the source fails.
    pub fn head(&self) -> Result<Head, Error> {
        let has_own = self.bound.index(self.slots.output).is_some();
        let slot = if has_own { self.slots.output } else { self.slots.embedding };
        Ok(Head {
            norm: self.values(self.slots.output_norm)?,
            norm_eps: self.spec.norm_eps,
            matrix: self.linear(LinearSlots { weight: slot, bias: None })?,
            logit_scale: self.spec.logit_scale,
            softcap: self.spec.final_softcap,
        })
    }

    fn attention(&self, spec: &AttentionSpec, slots: &AttentionSlots) -> Result<Attention, Error> {
        let rotation = match &spec.rope {
            None => None,
            Some(rope) => {
                let name = rope.factors_tensor(self.max_tokens);
                let slot = self.slots.rope_factors.iter().find(|(known, _)| Some(*known) == name);
                let factors = slot.map(|(_, slot)| self.values(*slot)).transpose()?.unwrap_or_default();
                Some(Rotary::new(rope, &factors, self.max_tokens))
            }
        };
        let head_norms = match slots.head_norms {
            Some([query, key]) => Some([self.values(query)?, self.values(key)?]),
            None => None,
        };
        Ok(Attention {
            spec: spec.clone(),
            qkv: self.projections(&slots.qkv)?,
            head_norms,
            output: self.linear(slots.output)?,
            rotation,
            norm_eps: self.spec.norm_eps,
        })
    }

    fn projections<const N: usize>(&self, slots: &Projections<N>) -> Result<Projections<N, Linear>, Error> {
        match slots {
            Projections::Fused(slots) => Ok(Projections::Fused(self.linear(*slots)?)),
            Projections::Separate(slots) => {
                let all = slots.iter().map(|slots| self.linear(*slots)).collect::<Result<Vec<_>, _>>()?;
                let all = all.try_into().expect("one matrix was read for each of the N slots");
                Ok(Projections::Separate(all))
            }
        }
    }

    fn linear(&self, slots: LinearSlots) -> Result<Linear, Error> {
        let n_in = self.bound.slots()[slots.weight.0].shape[1];
        let (weight, bias) = (self.values(slots.weight)?, self.optional(slots.bias)?);
        Ok(Linear { slot: slots.weight, n_in, weight, bias })
    }

    fn optional(&self, slot: Option<SlotId>) -> Result<Option<Vec<f32>>, Error> {
        slot.map(|slot| self.values(slot)).transpose()
    }

    fn index(&self, slot: SlotId) -> Result<usize, Error> {
        let missing = || Error::MissingTensor { name: self.bound.slots()[slot.0].name.clone() };
        self.bound.index(slot).ok_or_else(missing)
    }

    /// All values of a tensor, read a few rows at a time.
    fn values(&self, slot: SlotId) -> Result<Vec<f32>, Error> {
        let index = self.index(slot)?;
        let tensor = &self.source.tensors()[index];
        let (n_rows, n_cols) = (tensor.n_rows(), tensor.n_cols());
        let rows_at_once = (CHUNK_BYTES / (4 * n_cols).max(1)).max(1);
        let mut values = vec![0.0; n_rows * n_cols];
        for (chunk, values) in values.chunks_mut((rows_at_once * n_cols).max(1)).enumerate() {
            let first = chunk * rows_at_once;
            let rows = first..first + values.len() / n_cols;
            self.read(index, rows, values)?;
        }
        Ok(values)
    }

    fn read(&self, index: usize, rows: std::ops::Range<usize>, values: &mut [f32]) -> Result<(), Error> {
        let tensor = &self.source.tensors()[index];
        let bytes = self.source.read_rows(index, rows.clone());
        let bytes = bytes.map_err(|source| Error::Read { name: tensor.name.clone(), source })?;
        decode_row(tensor.dtype, &bytes, values);
        self.source.release_rows(index, rows);
        Ok(())
    }
}
