//! A model's weights as candle tensors in f32.

use std::collections::HashMap;

use candle_core::{Device, Tensor};
use nibble_kernels::decode::decode_row;

use crate::backend::{Bound, DecoderSpec, Error, SlotId};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer, Progress};

/// Bytes read and decoded in one go.
const CHUNK_BYTES: usize = 16 << 20;

/// All tensors of a model.
pub(super) struct Weights {
    pub(super) token_embd: Tensor,
    pub(super) output: Tensor,
    pub(super) output_norm: Tensor,
    pub(super) layers: Vec<LayerWeights>,
    /// `rope_freqs`, `rope_factors_long`, `rope_factors_short`: divisors of frequencies, kept on the host.
    pub(super) rope_factors: HashMap<&'static str, Vec<f32>>,
}

/// The tensors of one layer; matrices are `[out, in]` as in the file.
pub(super) struct LayerWeights {
    pub(super) attn_norm: Tensor,
    /// Query, key and value, with biases if the architecture has them; one matrix if fused.
    pub(super) qkv: Vec<(Tensor, Option<Tensor>)>,
    pub(super) qk_norm: Option<(Tensor, Tensor)>,
    pub(super) attn_output: Tensor,
    pub(super) post_attention_norm: Option<Tensor>,
    pub(super) ffn_norm: Tensor,
    /// Absent if `ffn_up` holds it too.
    pub(super) ffn_gate: Option<Tensor>,
    pub(super) ffn_up: Tensor,
    pub(super) ffn_down: Tensor,
    pub(super) post_ffw_norm: Option<Tensor>,
}

impl Weights {
    pub(super) fn load(
        spec: &DecoderSpec,
        bound: &Bound<'_>,
        source: &dyn TensorSource,
        device: &Device,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let mut loaded = HashMap::new();
        let n_elements = |shape: &[usize]| shape.iter().product::<usize>() as u64;
        let total = bound.slots().iter().map(|slot| 4 * n_elements(&slot.shape)).sum();
        let mut done = 0;
        for (index, slot) in bound.slots().iter().enumerate() {
            cancel.check()?;
            observer.progress(Progress { item: slot.name.clone(), done, total });
            done += 4 * n_elements(&slot.shape);
            if let Some(index) = bound.index(SlotId(index)) {
                let values = read(source, index)?;
                loaded.insert(slot.name.clone(), Tensor::from_vec(values, slot.shape.clone(), device)?);
            }
        }
        let mut taken = Taken(loaded);
        let token_embd = taken.take("token_embd.weight".to_owned())?;
        let mut rope_factors = HashMap::new();
        for name in ["rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"] {
            if let Ok(factors) = taken.take(name.to_owned()) {
                rope_factors.insert(name, factors.to_vec1()?);
            }
        }
        Ok(Self {
            output: taken.take("output.weight".to_owned()).unwrap_or_else(|_| token_embd.clone()),
            output_norm: taken.take("output_norm.weight".to_owned())?,
            layers: (0..spec.layers.len())
                .map(|layer_idx| taken.layer(spec, layer_idx))
                .collect::<Result<_, _>>()?,
            token_embd,
            rope_factors,
        })
    }

    pub(super) fn n_bytes(&self) -> u64 {
        let tied = self.output.id() == self.token_embd.id();
        let outer = [Some(&self.token_embd), (!tied).then_some(&self.output), Some(&self.output_norm)];
        let layers = self.layers.iter().flat_map(LayerWeights::tensors);
        outer.into_iter().flatten().chain(layers).map(|tensor| 4 * tensor.elem_count() as u64).sum()
    }
}

impl LayerWeights {
    fn tensors(&self) -> impl Iterator<Item = &Tensor> {
        let always = [&self.attn_norm, &self.attn_output, &self.ffn_norm, &self.ffn_up, &self.ffn_down];
        let sometimes = [&self.post_attention_norm, &self.ffn_gate, &self.post_ffw_norm];
        let norms = self.qk_norm.iter().flat_map(|(q, k)| [q, k]);
        let qkv = self.qkv.iter().flat_map(|(weight, bias)| std::iter::once(weight).chain(bias));
        always.into_iter().chain(sometimes.into_iter().flatten()).chain(norms).chain(qkv)
    }
}

/// Loaded tensors, each taken once.
struct Taken(HashMap<String, Tensor>);

impl Taken {
    fn take(&mut self, name: String) -> Result<Tensor, Error> {
        self.0.remove(&name).ok_or(Error::MissingTensor { name })
    }

    fn layer(&mut self, spec: &DecoderSpec, layer_idx: usize) -> Result<LayerWeights, Error> {
        let mut take = |name: &str| self.take(format!("blk.{layer_idx}.{name}"));
        let fused: &[_] = &[("attn_qkv.weight", "attn_qkv.bias")];
        let apart: &[_] = &[
            ("attn_q.weight", "attn_q.bias"),
            ("attn_k.weight", "attn_k.bias"),
            ("attn_v.weight", "attn_v.bias"),
        ];
        let mut qkv = Vec::new();
        for &(weight, bias) in if spec.fused_qkv { fused } else { apart } {
            qkv.push((take(weight)?, if spec.qkv_bias { Some(take(bias)?) } else { None }));
        }
        let mut when = |wanted: bool, name: &str| if wanted { take(name).map(Some) } else { Ok(None) };
        let q_norm = when(spec.qk_norm, "attn_q_norm.weight")?;
        let k_norm = when(spec.qk_norm, "attn_k_norm.weight")?;
        let post_attention_norm = when(spec.post_norms, "post_attention_norm.weight")?;
        let post_ffw_norm = when(spec.post_norms, "post_ffw_norm.weight")?;
        let ffn_gate = when(!spec.fused_gate_up, "ffn_gate.weight")?;
        Ok(LayerWeights {
            attn_norm: take("attn_norm.weight")?,
            qkv,
            qk_norm: q_norm.zip(k_norm),
            attn_output: take("attn_output.weight")?,
            post_attention_norm,
            ffn_norm: take("ffn_norm.weight")?,
            ffn_gate,
            ffn_up: take("ffn_up.weight")?,
            ffn_down: take("ffn_down.weight")?,
            post_ffw_norm,
        })
    }
}

/// All values of a tensor, a few rows at a time so that the encoded bytes are never held whole.
fn read(source: &dyn TensorSource, index: usize) -> Result<Vec<f32>, Error> {
    let tensor = &source.tensors()[index];
    let (n_rows, n_cols) = (tensor.n_rows(), tensor.n_cols());
    let rows_at_once = (CHUNK_BYTES / (4 * n_cols).max(1)).max(1);
    let mut values = vec![0.0; n_rows * n_cols];
    for (chunk, values) in values.chunks_mut(rows_at_once * n_cols).enumerate() {
        let first = chunk * rows_at_once;
        let rows = first..first + values.len() / n_cols;
        let bytes = source
            .read_rows(index, rows.clone())
            .map_err(|source| Error::Read { name: tensor.name.clone(), source })?;
        decode_row(tensor.dtype, &bytes, values);
        source.release_rows(index, rows);
    }
    Ok(values)
}
