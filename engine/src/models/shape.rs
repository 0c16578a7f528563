//! Counts and widths of a decoder, read from `config.json` or GGUF metadata and checked.

use super::error::Error;
use super::fields::Fields;
use super::keys::{Keys, KeysToWrite};
use crate::backend::spec::OUTPUT_NORM;
use crate::backend::{
    Activation, AttentionBiases, AttentionSpec, DecoderSpec, LayerSpec, MlpBiases, MlpSpec, Rope,
};

/// Upper bound on the number of layers; each layer costs memory before its tensors are found.
const MOST_LAYERS: usize = 1024;

/// Counts and widths of a decoder.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) vocab_size: usize,
    pub(super) context_length: usize,
    pub(super) d_model: usize,
    pub(super) d_ff: usize,
    pub(super) n_layers: usize,
    pub(super) n_heads: usize,
    pub(super) n_kv_heads: usize,
    pub(super) head_dim: usize,
    pub(super) norm_eps: f32,
}

/// Default values of transformers for absent fields of `config.json`; each architecture has its own.
pub(super) struct Defaults {
    pub(super) vocab_size: usize,
    pub(super) context_length: usize,
    pub(super) d_model: usize,
    pub(super) d_ff: usize,
    pub(super) n_layers: usize,
    pub(super) n_heads: usize,
    /// Number of key and value heads; the number of query heads if `None`.
    pub(super) n_kv_heads: Option<usize>,
    /// Width of a head; `d_model / n_heads` if `None`.
    pub(super) head_dim: Option<usize>,
    pub(super) norm_eps: f32,
}

impl Shape {
    /// Reads the shape from `config.json`.
    pub(super) fn from_config(config: &Fields, defaults: &Defaults) -> Result<Self, Error> {
        let d_model = config.count("hidden_size", defaults.d_model)?;
        let n_heads = config.count("num_attention_heads", defaults.n_heads)?;
        let head_dim = match config.optional_count("head_dim")?.or(defaults.head_dim) {
            Some(head_dim) => head_dim,
            None if d_model.is_multiple_of(n_heads) => d_model / n_heads,
            None => return Err(config.invalid("hidden_size", "a multiple of num_attention_heads")),
        };
        // Before 2024, a missing count meant one key head per query head, whatever the class assumes today.
        let n_kv_heads = match config.optional_count("num_key_value_heads")? {
            Some(count) => count,
            None => defaults.n_kv_heads.unwrap_or(n_heads),
        };
        let shape = Self {
            vocab_size: config.count("vocab_size", defaults.vocab_size)?,
            context_length: config.count("max_position_embeddings", defaults.context_length)?,
            d_model,
            d_ff: config.count("intermediate_size", defaults.d_ff)?,
            n_layers: config.count("num_hidden_layers", defaults.n_layers)?,
            n_heads,
            n_kv_heads,
            head_dim,
            norm_eps: config.number("rms_norm_eps", defaults.norm_eps)?,
        };
        let names = ["num_hidden_layers", "num_key_value_heads", "head_dim"];
        shape.check(names, |name, rule| config.invalid(name, rule))?;
        Ok(shape)
    }

    /// Reads the shape from GGUF metadata; the vocabulary's size is the number of rows of the embedding.
    pub(super) fn from_gguf(keys: &Keys) -> Result<Self, Error> {
        let n_kv_heads = keys.optional_count("attention.head_count_kv")?;
        let n_kv_heads = n_kv_heads.map_or_else(|| keys.count("attention.head_count"), Ok)?;
        Self::from_gguf_with(keys, n_kv_heads)
    }

    /// Reads the shape as [`Shape::from_gguf`] does, but for the number of key and value heads.
    pub(super) fn from_gguf_with(keys: &Keys, n_kv_heads: usize) -> Result<Self, Error> {
        let d_model = keys.count("embedding_length")?;
        let n_heads = keys.count("attention.head_count")?;
        let head_dim = match keys.optional_count("attention.key_length")? {
            Some(head_dim) => head_dim,
            None if d_model.is_multiple_of(n_heads) => d_model / n_heads,
            None => return Err(keys.invalid("embedding_length", "a multiple of attention.head_count")),
        };
        let shape = Self {
            vocab_size: keys.rows("token_embd.weight")?,
            context_length: keys.count("context_length")?,
            d_model,
            // Models with experts in every layer may state these alone.
            d_ff: match keys.optional_count("expert_feed_forward_length")? {
                Some(d_ff) => keys.optional_count("feed_forward_length")?.unwrap_or(d_ff),
                None => keys.count("feed_forward_length")?,
            },
            n_layers: keys.count("block_count")?,
            n_heads,
            n_kv_heads,
            head_dim,
            norm_eps: keys.number("attention.layer_norm_rms_epsilon")?,
        };
        let names = ["block_count", "attention.head_count_kv", "attention.key_length"];
        shape.check(names, |name, rule| keys.invalid(name, rule))?;
        if keys.optional_count("attention.value_length")?.is_some_and(|length| length != shape.head_dim) {
            return Err(keys.invalid("attention.value_length", "the same as attention.key_length"));
        }
        Ok(shape)
    }

    /// Writes the shape as GGUF metadata.
    pub(super) fn write(&self, keys: &mut KeysToWrite) {
        keys.count("vocab_size", self.vocab_size);
        keys.count("context_length", self.context_length);
        keys.count("embedding_length", self.d_model);
        keys.count("block_count", self.n_layers);
        keys.count("feed_forward_length", self.d_ff);
        keys.count("attention.head_count", self.n_heads);
        keys.count("attention.head_count_kv", self.n_kv_heads);
        keys.count("attention.key_length", self.head_dim);
        keys.count("attention.value_length", self.head_dim);
        keys.number("attention.layer_norm_rms_epsilon", self.norm_eps);
    }

    /// Plain attention of this shape, with biases and fusion according to the file's tensors; architectures adjust the rest.
    pub(super) fn attention(&self, keys: &Keys, rope: Rope) -> Result<AttentionSpec, Error> {
        let plain_scale = (1.0 / (self.head_dim as f64).sqrt()) as f32;
        Ok(AttentionSpec {
            n_heads: self.n_heads,
            n_kv_heads: self.n_kv_heads,
            head_dim: self.head_dim,
            rope: Some(rope),
            window: None,
            scale: keys.optional_number("attention.scale")?.unwrap_or(plain_scale),
            softcap: None,
            fused_qkv: keys.has("blk.0.attn_qkv.weight"),
            qk_norm: false,
            gated: false,
            qk_norm_whole: false,
            query_scale: None,
            biases: attention_biases(keys, 0),
        })
    }

    /// A plain gated MLP of this shape, with biases and fusion according to the file's tensors; architectures adjust the rest.
    pub(super) fn mlp(&self, keys: &Keys) -> MlpSpec {
        let biases = mlp_biases(keys, 0, "");
        MlpSpec { d_ff: self.d_ff, activation: Activation::Silu, fused_gate_up: false, biases }
    }

    /// Layers of this attention and MLP, with one entry of `windows` per layer.
    pub(super) fn layers(
        attention: &AttentionSpec,
        mlp: &MlpSpec,
        windows: Vec<Option<usize>>,
    ) -> Vec<LayerSpec> {
        let layer = |window| LayerSpec::new(AttentionSpec { window, ..attention.clone() }, mlp.clone());
        windows.into_iter().map(layer).collect()
    }

    /// A decoder of this shape and these layers; architectures adjust the rest.
    pub(super) fn decoder(&self, keys: &Keys, layers: Vec<LayerSpec>) -> DecoderSpec {
        DecoderSpec {
            architecture: keys.architecture().to_owned(),
            vocab_size: self.vocab_size,
            context_length: self.context_length,
            d_model: self.d_model,
            layers,
            norm_eps: self.norm_eps,
            embedding_scale: 1.0,
            output_norm: OUTPUT_NORM,
            logit_scale: 1.0,
            final_softcap: None,
        }
    }

    /// Checks the shape; `names` are the file's own names for the number of layers, of key heads, and the width of a head.
    fn check(&self, names: [&str; 3], invalid: impl Fn(&str, &'static str) -> Error) -> Result<(), Error> {
        if self.n_layers > MOST_LAYERS {
            return Err(invalid(names[0], "at most 1024"));
        }
        if !self.n_heads.is_multiple_of(self.n_kv_heads) {
            return Err(invalid(names[1], "a divisor of the number of query heads"));
        }
        if !self.head_dim.is_multiple_of(2) {
            return Err(invalid(names[2], "even, since elements rotate in pairs"));
        }
        Ok(())
    }
}

/// The biases of a layer's attention that the file has.
pub(super) fn attention_biases(keys: &Keys, layer_idx: usize) -> AttentionBiases {
    let bias = |name: &str| keys.has(&format!("blk.{layer_idx}.{name}.bias"));
    let fused = bias("attn_qkv");
    AttentionBiases {
        query: fused || bias("attn_q"),
        key: fused || bias("attn_k"),
        value: fused || bias("attn_v"),
        output: bias("attn_output"),
    }
}

/// The biases that the file has of a layer's MLP, whose tensors' names end in `suffix`.
pub(super) fn mlp_biases(keys: &Keys, layer_idx: usize, suffix: &str) -> MlpBiases {
    let bias = |name: &str| keys.has(&format!("blk.{layer_idx}.{name}{suffix}.bias"));
    MlpBiases { gate: bias("ffn_gate"), up: bias("ffn_up"), down: bias("ffn_down") }
}
