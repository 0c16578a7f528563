//! One running text: the forward pass of [`spec`](crate::backend::spec), line by line.

use std::sync::Arc;

use candle_core::{D, Device, IndexOp, Result as CandleResult, Tensor};

use super::Shared;
use super::attention::{Cache, attend, mask, softcap};
use super::rope::Rotation;
use super::weights::LayerWeights;
use crate::backend::{Activation, DecoderSpec, Error, Logits, Sequence};
use crate::progress::Cancel;

/// Tokens that run through the layers together; bounds the memory of attention scores.
const CHUNK_TOKENS: usize = 128;

/// A sequence with keys and values in f32.
pub(super) struct CandleSequence {
    shared: Arc<Shared>,
    caches: Vec<Cache>,
    rotations: Vec<Rotation>,
    capacity: usize,
    len: usize,
    logits: Vec<f32>,
}

impl CandleSequence {
    pub(super) fn new(shared: Arc<Shared>, capacity: usize) -> Result<Self, Error> {
        let spec = &shared.spec;
        let factors =
            |name: Option<&'static str>| name.and_then(|name| shared.weights.rope_factors.get(name));
        let caches = (0..spec.layers.len())
            .map(|_| Cache::new(spec, capacity, &shared.device))
            .collect::<CandleResult<_>>()?;
        let rotations = spec
            .layers
            .iter()
            .map(|layer| {
                let factors = factors(layer.rope.factors_tensor(capacity));
                Rotation::new(&layer.rope, factors.map_or(&[], Vec::as_slice))
            })
            .collect();
        Ok(Self { caches, rotations, capacity, len: 0, logits: Vec::new(), shared })
    }

    /// Runs one chunk and returns the wanted logits, `[rows, vocab]`.
    fn run(&mut self, tokens: &[u32], wanted: Logits, cancel: &Cancel) -> Result<Option<Tensor>, Error> {
        let Shared { spec, weights, device } = &*self.shared;
        let tokens = Tensor::new(tokens, device)?;
        let mut x = (weights.token_embd.embedding(&tokens)? * f64::from(spec.embedding_scale))?;
        for layer_idx in 0..weights.layers.len() {
            cancel.check()?;
            x = self.layer(layer_idx, &x, device)?;
        }
        let n_tokens = x.dim(0)?;
        self.len += n_tokens;
        let rows = match wanted {
            Logits::None => return Ok(None),
            Logits::Last => x.i(n_tokens - 1..)?,
            Logits::All | Logits::Each => x,
        };
        let logits = linear(&rms_norm(&rows, &weights.output_norm, spec.norm_eps)?, &weights.output)?;
        Ok(Some(match spec.final_softcap {
            Some(cap) => softcap(&logits, cap)?,
            None => logits,
        }))
    }

    fn layer(&self, layer_idx: usize, x: &Tensor, device: &Device) -> CandleResult<Tensor> {
        let spec = &self.shared.spec;
        let weights = &self.shared.weights.layers[layer_idx];
        let (first, n_tokens) = (self.len, x.dim(0)?);

        let normed = rms_norm(x, &weights.attn_norm, spec.norm_eps)?;
        let (mut q, mut k, v) = project(spec, weights, &normed)?;
        if let Some((q_norm, k_norm)) = &weights.qk_norm {
            q = rms_norm(&q, q_norm, spec.norm_eps)?;
            k = rms_norm(&k, k_norm, spec.norm_eps)?;
        }
        let rotation = &self.rotations[layer_idx];
        let angles = rotation.angles(first, n_tokens, device)?;
        let (q, k) = (rotation.apply(&q, &angles)?, rotation.apply(&k, &angles)?);
        let cache = &self.caches[layer_idx];
        cache.store(first, &k, &v)?;
        let mask = mask(first, n_tokens, spec.layers[layer_idx].window, device)?;
        let attended = linear(&attend(spec, &q, cache, &mask)?, &weights.attn_output)?;
        let x = (x + post_norm(&attended, weights.post_attention_norm.as_ref(), spec.norm_eps)?)?;

        let normed = rms_norm(&x, &weights.ffn_norm, spec.norm_eps)?;
        let mlp = gated_mlp(spec, weights, &normed)?;
        x + post_norm(&mlp, weights.post_ffw_norm.as_ref(), spec.norm_eps)?
    }
}

impl Sequence for CandleSequence {
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
        let before = self.len;
        let asked = before + tokens.len();
        if asked > self.capacity {
            return Err(Error::ContextFull { asked, capacity: self.capacity });
        }
        let vocab = self.shared.spec.vocab_size;
        if let Some(&token) = tokens.iter().find(|&&token| token as usize >= vocab) {
            return Err(Error::UnknownToken { token, vocab });
        }
        self.logits.clear();
        let chunk_tokens = if logits == Logits::Each { 1 } else { CHUNK_TOKENS };
        let n_chunks = tokens.len().div_ceil(chunk_tokens);
        for (chunk_idx, chunk) in tokens.chunks(chunk_tokens).enumerate() {
            let last = chunk_idx + 1 == n_chunks;
            let wanted = if logits == Logits::Last && !last { Logits::None } else { logits };
            let rows = self
                .run(chunk, wanted, cancel)
                .and_then(|rows| rows.map(|rows| Ok(rows.flatten_all()?.to_vec1::<f32>()?)).transpose());
            match rows {
                Ok(rows) => self.logits.extend(rows.unwrap_or_default()),
                Err(error) => {
                    // What was stored beyond is overwritten by the next call.
                    self.len = before;
                    return Err(error);
                }
            }
        }
        Ok(&self.logits)
    }
}

/// Query, key and value of the normed input, each `[tokens, heads, head_dim]`.
fn project(spec: &DecoderSpec, weights: &LayerWeights, x: &Tensor) -> CandleResult<(Tensor, Tensor, Tensor)> {
    let n_tokens = x.dim(0)?;
    let mut parts = Vec::new();
    for (weight, bias) in &weights.qkv {
        let part = linear(x, weight)?;
        parts.push(match bias {
            Some(bias) => part.broadcast_add(bias)?,
            None => part,
        });
    }
    let all = Tensor::cat(&parts, 1)?;
    let (n_query, n_kv) = (spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim);
    let heads = |start: usize, n_heads: usize| {
        all.narrow(1, start, n_heads * spec.head_dim)?.reshape((n_tokens, n_heads, spec.head_dim))
    };
    Ok((heads(0, spec.n_heads)?, heads(n_query, spec.n_kv_heads)?, heads(n_query + n_kv, spec.n_kv_heads)?))
}

/// (activation(x·gate) ⊙ x·up)·down
fn gated_mlp(spec: &DecoderSpec, weights: &LayerWeights, x: &Tensor) -> CandleResult<Tensor> {
    let up = linear(x, &weights.ffn_up)?;
    let (gate, up) = match &weights.ffn_gate {
        Some(gate) => (linear(x, gate)?, up),
        None => (up.narrow(1, 0, spec.d_ff)?, up.narrow(1, spec.d_ff, spec.d_ff)?),
    };
    let gate = match spec.activation {
        Activation::Silu => gate.silu()?,
        Activation::GeluTanh => gate.gelu()?,
    };
    linear(&(gate * up)?, &weights.ffn_down)
}

/// x·Wᵀ for a matrix stored `[out, in]`.
fn linear(x: &Tensor, weight: &Tensor) -> CandleResult<Tensor> {
    x.matmul(&weight.t()?)
}

/// x / √(mean(x²) + eps) · weight, over the last dimension.
fn rms_norm(x: &Tensor, weight: &Tensor, eps: f32) -> CandleResult<Tensor> {
    let mean_square = x.sqr()?.mean_keepdim(D::Minus1)?;
    x.broadcast_div(&(mean_square + f64::from(eps))?.sqrt()?)?.broadcast_mul(weight)
}

fn post_norm(x: &Tensor, weight: Option<&Tensor>, eps: f32) -> CandleResult<Tensor> {
    weight.map_or(Ok(x.clone()), |weight| rms_norm(x, weight, eps))
}
