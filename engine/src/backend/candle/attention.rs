//! Attention over a cache of keys and values, with windows and soft caps.

use candle_core::{D, DType, Device, Result, Tensor};

use crate::backend::DecoderSpec;

/// Keys and values of one layer, `[capacity, kv heads, head_dim]`, in f32.
pub(super) struct Cache {
    keys: Tensor,
    values: Tensor,
}

impl Cache {
    pub(super) fn new(spec: &DecoderSpec, capacity: usize, device: &Device) -> Result<Self> {
        let shape = (capacity, spec.n_kv_heads, spec.head_dim);
        Ok(Self {
            keys: Tensor::zeros(shape, DType::F32, device)?,
            values: Tensor::zeros(shape, DType::F32, device)?,
        })
    }

    /// Stores the keys and values of the positions from `first` on.
    pub(super) fn store(&self, first: usize, keys: &Tensor, values: &Tensor) -> Result<()> {
        self.keys.slice_set(&keys.contiguous()?, 0, first)?;
        self.values.slice_set(&values.contiguous()?, 0, first)
    }
}

/// What positions `first..first + n_tokens` may see: 0 or -∞, `[tokens, first + tokens]`.
pub(super) fn mask(first: usize, n_tokens: usize, window: Option<usize>, device: &Device) -> Result<Tensor> {
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

/// softmax(\[cap\](q·kᵀ·scale) + mask)·v of `queries`, `[tokens, heads, head_dim]`, over all positions the mask covers.
///
/// Returns `[tokens, heads · head_dim]`.
pub(super) fn attend(spec: &DecoderSpec, queries: &Tensor, cache: &Cache, mask: &Tensor) -> Result<Tensor> {
    let (n_tokens, n_seen) = mask.dims2()?;
    let (n_kv_heads, head_dim) = (spec.n_kv_heads, spec.head_dim);
    let group = spec.n_heads / n_kv_heads;
    // Heads that share keys are rows of one product: [kv heads, group · tokens, head_dim].
    let queries = queries
        .reshape((n_tokens, n_kv_heads, group, head_dim))?
        .permute((1, 2, 0, 3))?
        .reshape((n_kv_heads, group * n_tokens, head_dim))?;
    let keys = cache.keys.narrow(0, 0, n_seen)?.permute((1, 2, 0))?.contiguous()?;
    let values = cache.values.narrow(0, 0, n_seen)?.transpose(0, 1)?.contiguous()?;
    let mut scores = (queries.contiguous()?.matmul(&keys)? * f64::from(spec.attention_scale))?;
    if let Some(cap) = spec.attention_softcap {
        scores = softcap(&scores, cap)?;
    }
    let scores = scores.reshape((n_kv_heads, group, n_tokens, n_seen))?.broadcast_add(mask)?;
    let weights = softmax(&scores)?.reshape((n_kv_heads, group * n_tokens, n_seen))?;
    weights
        .matmul(&values)?
        .reshape((n_kv_heads, group, n_tokens, head_dim))?
        .permute((2, 0, 1, 3))?
        .reshape((n_tokens, spec.n_heads * head_dim))
}

/// cap·tanh(x/cap)
pub(super) fn softcap(x: &Tensor, cap: f32) -> Result<Tensor> {
    let cap = f64::from(cap);
    (x / cap)?.tanh()? * cap
}

fn softmax(scores: &Tensor) -> Result<Tensor> {
    let exp = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
    exp.broadcast_div(&exp.sum_keepdim(D::Minus1)?)
}
