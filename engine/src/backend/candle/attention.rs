//! Attention over a KV cache on candle tensors, with sliding windows and soft caps.

use candle_core::{Device, Result, Tensor};

use super::linear::{Linear, rms_norm, sigmoid, softcap, softmax};
use super::loader::Loader;
use super::rope::Rotary;
use super::state::Cache;
use crate::backend::slots::{AttentionSlots, Projections};
use crate::backend::{AttentionSpec, Error, Tap};

/// The tensors of an attention block.
pub(super) struct Attention {
    pub(super) spec: AttentionSpec,
    /// Query, key and value projections, separate or fused.
    qkv: Projections<3, Linear>,
    /// Norm weights of queries and of keys, of each head or of all together.
    head_norms: Option<[Tensor; 2]>,
    output: Linear,
}

/// Position and context of a chunk of tokens in attention.
pub(super) struct ChunkContext<'a> {
    /// Position of the first token.
    pub(super) first: usize,
    pub(super) cache: &'a Cache,
    /// RoPE of queries and keys, if the block has one.
    pub(super) rotation: Option<&'a Rotary>,
    pub(super) norm_eps: f32,
}

impl Attention {
    pub(super) fn load(
        spec: &AttentionSpec,
        slots: &AttentionSlots,
        loader: &mut Loader<'_>,
    ) -> std::result::Result<Self, Error> {
        let qkv = loader.projections(&slots.qkv)?;
        let head_norms = match slots.head_norms {
            Some([query, key]) => Some([loader.tensor(query)?, loader.tensor(key)?]),
            None => None,
        };
        Ok(Self { spec: spec.clone(), qkv, head_norms, output: loader.linear(slots.output)? })
    }

    /// The block's output for `x`, `[tokens, d_model]`, storing keys and values in the cache.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        place: &ChunkContext<'_>,
        tap: &mut Option<&mut dyn Tap>,
    ) -> Result<Tensor> {
        let n_tokens = x.dim(0)?;
        let ([mut queries, mut keys, values], gate) = self.project(x, tap)?;
        if let Some([query_norm, key_norm]) = &self.head_norms {
            queries = self.norm(&queries, query_norm, place.norm_eps)?;
            keys = self.norm(&keys, key_norm, place.norm_eps)?;
        }
        if let Some(rotation) = place.rotation {
            let angles = rotation.angles(place.first, n_tokens, x.device())?;
            (queries, keys) = (rotation.apply(&queries, &angles)?, rotation.apply(&keys, &angles)?);
        }
        if let Some(scale) = self.spec.query_scale {
            let factors: Vec<f32> =
                (place.first..place.first + n_tokens).map(|position| scale.at(position)).collect();
            let factors = Tensor::from_vec(factors, (n_tokens, 1, 1), x.device())?;
            queries = queries.broadcast_mul(&factors)?;
        }
        place.cache.store(place.first, &keys, &values)?;
        let mask = mask(place.first, n_tokens, self.spec.window, x.device())?;
        let attended = self.attend(&queries, place.cache, &mask)?;
        let attended = match gate {
            Some(gate) => (attended * sigmoid(&gate)?)?,
            None => attended,
        };
        self.output.apply(&attended, tap)
    }

    /// Norms heads, `[tokens, heads, head_dim]`, each by itself or all of a token together.
    fn norm(&self, heads: &Tensor, weight: &Tensor, eps: f32) -> Result<Tensor> {
        if self.spec.qk_norm_whole {
            return rms_norm(&heads.flatten_from(1)?, weight, eps)?.reshape(heads.shape());
        }
        rms_norm(heads, weight, eps)
    }

    /// Projects the normed input to query, key and value, each `[tokens, heads, head_dim]`, and to the gate of the output,
    /// `[tokens, heads · head_dim]`, if there is one.
    fn project(&self, x: &Tensor, tap: &mut Option<&mut dyn Tap>) -> Result<([Tensor; 3], Option<Tensor>)> {
        let AttentionSpec { n_heads, n_kv_heads, head_dim, .. } = self.spec;
        let n_tokens = x.dim(0)?;
        let parts = self.qkv.tensors().iter().map(|part| part.apply(x, tap)).collect::<Result<Vec<_>>>()?;
        let all = Tensor::cat(&parts, 1)?;
        let (n_query, n_kv) = (self.spec.query_rows(), self.spec.kv_len());
        let heads = |start: usize, n_heads: usize| {
            all.narrow(1, start, n_heads * head_dim)?.reshape((n_tokens, n_heads, head_dim))
        };
        let (keys, values) = (heads(n_query, n_kv_heads)?, heads(n_query + n_kv, n_kv_heads)?);
        if !self.spec.gated {
            return Ok(([heads(0, n_heads)?, keys, values], None));
        }
        let both = all.narrow(1, 0, n_query)?.reshape((n_tokens, n_heads, 2 * head_dim))?;
        let gate = both.narrow(2, head_dim, head_dim)?.reshape((n_tokens, n_heads * head_dim))?;
        Ok(([both.narrow(2, 0, head_dim)?, keys, values], Some(gate)))
    }

    /// Computes softmax(\[cap\](q·kᵀ·scale) + mask)·v of `queries`, `[tokens, heads, head_dim]`, over all positions of the
    /// mask.
    ///
    /// Returns `[tokens, heads · head_dim]`.
    fn attend(&self, queries: &Tensor, cache: &Cache, mask: &Tensor) -> Result<Tensor> {
        let (n_tokens, n_seen) = mask.dims2()?;
        let AttentionSpec { n_heads, n_kv_heads, head_dim, .. } = self.spec;
        let group = n_heads / n_kv_heads;
        // Heads that share keys are rows of one product: [kv heads, group · tokens, head_dim].
        let queries = queries
            .reshape((n_tokens, n_kv_heads, group, head_dim))?
            .permute((1, 2, 0, 3))?
            .reshape((n_kv_heads, group * n_tokens, head_dim))?;
        let keys = cache.keys.narrow(0, 0, n_seen)?.permute((1, 2, 0))?.contiguous()?;
        let values = cache.values.narrow(0, 0, n_seen)?.transpose(0, 1)?.contiguous()?;
        let mut scores = (queries.contiguous()?.matmul(&keys)? * f64::from(self.spec.scale))?;
        if let Some(cap) = self.spec.softcap {
            scores = softcap(&scores, cap)?;
        }
        let scores = scores.reshape((n_kv_heads, group, n_tokens, n_seen))?.broadcast_add(mask)?;
        let weights = softmax(&scores)?.reshape((n_kv_heads, group * n_tokens, n_seen))?;
        weights
            .matmul(&values)?
            .reshape((n_kv_heads, group, n_tokens, head_dim))?
            .permute((2, 0, 1, 3))?
            .reshape((n_tokens, n_heads * head_dim))
    }
}

/// Attention mask of positions `first..first + n_tokens`: 0 where visible, else -∞, `[tokens, first + tokens]`.
fn mask(first: usize, n_tokens: usize, window: Option<usize>, device: &Device) -> Result<Tensor> {
    let n_seen = first + n_tokens;
    let window = window.unwrap_or(usize::MAX);
    let allowed = |query: usize, key: usize| key <= query && query - key < window;
    let mask: Vec<f32> = (first..n_seen)
        .flat_map(|query| {
            (0..n_seen).map(move |key| if allowed(query, key) { 0.0 } else { f32::NEG_INFINITY })
        })
        .collect();
    Tensor::from_vec(mask, (n_tokens, n_seen), device)
}
