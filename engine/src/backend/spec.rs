//! What a decoder computes, as data: the meeting point of architectures and backends.
//!
//! Tensor names are GGUF's, and so are their conventions: gemma's `1 +` is folded into norm weights, llama's query and key
//! rows are permuted for interleaved rotation. Layer `i` computes, with optional parts in brackets:
//!
//! ```text
//! a = rms_norm(x, blk.i.attn_norm)
//! q, k, v = a·attn_q [+ bias], a·attn_k [+ bias], a·attn_v [+ bias]      (or one fused attn_qkv)
//! [q, k = rms_norm per head (attn_q_norm, attn_k_norm)]
//! q, k = rope(q), rope(k)
//! o = softmax([cap](q·kᵀ · attention_scale) + causal and window mask)·v·attn_output
//! x = x + [rms_norm](o, post_attention_norm)
//! f = rms_norm(x, ffn_norm)
//! m = (activation(f·ffn_gate) ⊙ f·ffn_up)·ffn_down                       (or ffn_up = [gate; up] fused)
//! x = x + [rms_norm](m, post_ffw_norm)
//! ```
//!
//! before it `x = token_embd[token] · embedding_scale`, after the last layer
//! `logits = [cap](rms_norm(x, output_norm)·output)`, where `output` is `token_embd` if the file has none.

use nibble_kernels::Activation;

/// A decoder-only transformer.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "parts of a decoder, each there or not")]
pub struct DecoderSpec {
    /// GGUF's name of the architecture, such as `llama`.
    pub architecture: String,
    /// Tokens in the vocabulary: rows of `token_embd.weight`.
    pub vocab_size: usize,
    /// Longest context the model was made for.
    pub context_length: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Width of the gated MLP.
    pub d_ff: usize,
    /// Query heads.
    pub n_heads: usize,
    /// Key and value heads; divides `n_heads`.
    pub n_kv_heads: usize,
    /// Width of one head.
    pub head_dim: usize,
    /// One entry per layer.
    pub layers: Vec<LayerSpec>,
    /// Added to the mean square in every norm.
    pub norm_eps: f32,
    /// Factor on the embedding: 1, or √d_model for gemma.
    pub embedding_scale: f32,
    /// Factor on q·k, usually 1/√head_dim.
    pub attention_scale: f32,
    /// Attention scores become cap·tanh(score/cap).
    pub attention_softcap: Option<f32>,
    /// Logits become cap·tanh(logit/cap).
    pub final_softcap: Option<f32>,
    /// Activation of the gate.
    pub activation: Activation,
    /// Whether query, key and value have biases.
    pub qkv_bias: bool,
    /// Whether `attn_qkv` holds query, key and value in this order.
    pub fused_qkv: bool,
    /// Whether `ffn_up` holds gate and up in this order.
    pub fused_gate_up: bool,
    /// Whether queries and keys are normed per head.
    pub qk_norm: bool,
    /// Whether attention's and the MLP's outputs are normed before they are added.
    pub post_norms: bool,
}

/// What differs from layer to layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSpec {
    /// A token sees itself and the `window - 1` tokens before it; all of them if `None`.
    pub window: Option<usize>,
    /// Rotation of queries and keys.
    pub rope: Rope,
}

/// Rotary position embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Rope {
    /// Which elements form a pair.
    pub kind: RopeKind,
    /// Base of the frequencies.
    pub base: f32,
    /// Leading elements of a head that rotate; the rest stay.
    pub n_rotary: usize,
    /// Change of the frequencies.
    pub scaling: RopeScaling,
}

/// Which elements of a head form a rotating pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RopeKind {
    /// 2i with 2i+1, for weights whose rows llama.cpp permuted.
    Interleaved,
    /// i with i + n_rotary/2, as in GPT-NeoX and transformers.
    NeoX,
}

/// How frequencies differ from base^(-2i/n_rotary).
#[derive(Clone, Debug, PartialEq)]
pub enum RopeScaling {
    /// They do not.
    None,
    /// Divided by a factor.
    Linear {
        /// The factor.
        factor: f32,
    },
    /// Divided by the elements of `rope_freqs.weight` (llama3 scaling, worked out when the file was made).
    Factors,
    /// Divided by the elements of `rope_factors_short.weight`, or of `rope_factors_long.weight` for sequences whose
    /// capacity exceeds `original_context`; sines and cosines are multiplied by `attention_factor`.
    LongRope {
        /// Context the model was trained with at first.
        original_context: usize,
        /// Factor on sines and cosines.
        attention_factor: f32,
    },
}

impl DecoderSpec {
    /// Weights that every token is multiplied with: those of all layers, embedding and head left out.
    pub fn layer_weights(&self) -> u64 {
        let (query, kv) = (self.n_heads * self.head_dim, self.n_kv_heads * self.head_dim);
        let per_layer = self.d_model * (2 * query + 2 * kv + 3 * self.d_ff);
        (self.layers.len() * per_layer) as u64
    }
}

impl Rope {
    /// Angle per position of each pair: `[n_rotary / 2]`, in radians, computed in f64 and rounded once.
    ///
    /// `factors` are the divisors of the scalings that have them; shorter slices count as ones.
    pub fn frequencies(&self, factors: &[f32]) -> Vec<f32> {
        let linear = if let RopeScaling::Linear { factor } = self.scaling { f64::from(factor) } else { 1.0 };
        (0..self.n_rotary / 2)
            .map(|pair| {
                let plain = f64::from(self.base).powf(-2.0 * pair as f64 / self.n_rotary as f64);
                (plain / linear / factors.get(pair).map_or(1.0, |&factor| f64::from(factor))) as f32
            })
            .collect()
    }

    /// Name of the tensor that holds this rope's divisors in a sequence of `capacity` tokens, if it has one.
    pub fn factors_tensor(&self, capacity: usize) -> Option<&'static str> {
        match self.scaling {
            RopeScaling::None | RopeScaling::Linear { .. } => None,
            RopeScaling::Factors => Some("rope_freqs.weight"),
            RopeScaling::LongRope { original_context, .. } if capacity > original_context => {
                Some("rope_factors_long.weight")
            }
            RopeScaling::LongRope { .. } => Some("rope_factors_short.weight"),
        }
    }

    /// Factor on sines and cosines.
    pub fn magnitude(&self) -> f32 {
        if let RopeScaling::LongRope { attention_factor, .. } = self.scaling { attention_factor } else { 1.0 }
    }
}
