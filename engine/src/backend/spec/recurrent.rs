//! Specifications of mixers whose memory of all tokens before has one size, however many there were.

/// Short convolution: each channel mixes the last few tokens, between two gates.
///
/// ```text
/// b, c, x = f·shortconv.in_proj                     three parts of d_model
/// y[t]    = Σ_j conv[:, j] ⊙ (b ⊙ x)[t + 1 - kernel + j]
/// out     = (c ⊙ y)·shortconv.out_proj
/// ```
///
/// Source: LFM2 Technical Report (arXiv 2511.23404), section 2; llama.cpp `src/models/lfm2.cpp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortConvSpec {
    /// Number of tokens that the convolution sees, the token's own among them.
    pub kernel: usize,
}

/// Gated delta rule with a convolution before it and a gated norm behind it.
///
/// ```text
/// q, k, v = silu(conv(f·attn_qkv))                   conv over the last `kernel` tokens, ssm_conv1d
/// q, k    = x / √(Σx² + 1e-6) per head, q / √key_dim
/// β       = sigmoid(f·ssm_beta)                      one per value head
/// g       = exp(ssm_a · softplus(f·ssm_alpha + ssm_dt))
/// o       = the rule of [`nibble_kernels::delta`]
/// out     = (rms_norm(o, ssm_norm) ⊙ silu(f·attn_gate))·ssm_out
/// ```
///
/// Value head h uses key head h mod `n_key_heads`, as in llama.cpp's files; checkpoints have them in another order.
///
/// Source: Gated Delta Networks (arXiv 2412.06464); transformers `models/qwen3_5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatedDeltaSpec {
    /// Number of heads of queries and keys.
    pub n_key_heads: usize,
    /// Number of heads of values; a multiple of `n_key_heads`.
    pub n_value_heads: usize,
    /// Width of a query and of a key.
    pub key_dim: usize,
    /// Width of a value.
    pub value_dim: usize,
    /// Number of tokens that the convolution sees, the token's own among them.
    pub kernel: usize,
}

impl GatedDeltaSpec {
    /// Number of elements of one token's values.
    pub fn value_len(&self) -> usize {
        self.n_value_heads * self.value_dim
    }

    /// Number of channels of the convolution: one token's queries, keys and values.
    pub fn channels(&self) -> usize {
        2 * self.n_key_heads * self.key_dim + self.value_len()
    }
}
