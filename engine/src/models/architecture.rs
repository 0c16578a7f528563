//! The interface of an architecture, and a checkpoint's configuration in GGUF's terms. Names no family: `registry` does.

use super::error::Error;
use super::experts::ExpertsConfig;
use super::fields::Fields;
use super::keys::{Keys, KeysToWrite};
use super::names::{FinalNorm, Mapping, Names};
use super::rope::{RopeConfig, RopeContext, Scaling};
use super::row_order::ValueHeads;
use super::shape::Shape;
use crate::backend::DecoderSpec;

/// An architecture: its values of `model_type`, and its two functions.
#[derive(Clone, Copy)]
pub(super) struct Architecture {
    /// Values of `model_type` in `config.json`.
    pub(super) model_types: &'static [&'static str],
    /// Value of `general.architecture` in GGUF.
    pub(super) gguf: &'static str,
    /// Converts `config.json` to GGUF metadata and a list of tensors.
    pub(super) convert: fn(&Fields) -> Result<Conversion, Error>,
    /// Derives the description of a decoder from GGUF metadata.
    pub(super) spec: fn(&Keys) -> Result<DecoderSpec, Error>,
}

/// A checkpoint's configuration, converted to GGUF's terms.
pub(super) struct Conversion {
    /// Metadata of the architecture.
    pub(super) keys: KeysToWrite,
    /// Counts and widths of the decoder.
    pub(super) shape: Shape,
    /// The last norm.
    pub(super) final_norm: FinalNorm,
    /// Value heads of a delta rule, whose order differs in GGUF.
    pub(super) value_heads: Option<ValueHeads>,
    /// Number of experts of each layer; 0 in models without experts.
    pub(super) n_experts: usize,
    /// Tensors that checkpoints lack, computed from the configuration: name and values.
    pub(super) made: Vec<(&'static str, Vec<f32>)>,
    layers: &'static [Mapping],
    tied: bool,
    only_output: bool,
}

impl Conversion {
    pub(super) fn new(gguf: &'static str, shape: Shape, layers: &'static [Mapping], tied: bool) -> Self {
        let mut keys = KeysToWrite::new(gguf);
        shape.write(&mut keys);
        Self {
            keys,
            shape,
            final_norm: FinalNorm::PLAIN,
            value_heads: None,
            n_experts: 0,
            made: Vec::new(),
            layers,
            tied,
            only_output: false,
        }
    }

    /// The mapping of the checkpoint's tensor names.
    pub(super) fn names(&self) -> Names {
        Names {
            layers: self.layers,
            final_norm: self.final_norm,
            tied: self.tied,
            only_output: self.only_output,
            n_layers: self.shape.n_layers,
            n_experts: self.n_experts,
        }
    }

    /// The same with an output matrix of its own.
    pub(super) fn untied(self) -> Self {
        Self { tied: false, ..self }
    }

    /// The same with the stored output matrix as the embedding.
    pub(super) fn with_only_output(self) -> Self {
        Self { only_output: true, ..self }
    }

    /// Adds the RoPE of all layers, or of those with full attention.
    pub(super) fn with_rope(mut self, rope: &RopeConfig) -> Self {
        let keys = &mut self.keys;
        keys.count("rope.dimension_count", rope.n_rotary);
        keys.number("rope.freq_base", rope.base);
        match &rope.scaling {
            Scaling::None => {}
            Scaling::Linear(factor) => {
                keys.text("rope.scaling.type", "linear");
                keys.number("rope.scaling.factor", *factor);
            }
            Scaling::Factors(factors) => self.made.push(("rope_freqs.weight", factors.clone())),
            Scaling::LongRope { short, long, original_context, attention_factor } => {
                keys.text("rope.scaling.type", "longrope");
                keys.count("rope.scaling.original_context_length", *original_context);
                keys.number("rope.scaling.attn_factor", *attention_factor);
                self.made.push(("rope_factors_long.weight", long.clone()));
                self.made.push(("rope_factors_short.weight", short.clone()));
            }
            Scaling::Yarn(yarn) => keys.yarn(yarn),
        }
        self
    }

    /// Adds a mixture of experts.
    pub(super) fn with_experts(mut self, experts: &ExpertsConfig) -> Self {
        experts.write(&mut self.keys);
        self.n_experts = experts.n_experts;
        self
    }

    /// Adds sliding windows; the layers that have one are written only if they differ from `default`.
    pub(super) fn write_windows(&mut self, window: usize, sliding: &[bool], default: impl Fn(usize) -> bool) {
        self.keys.count("attention.sliding_window", window);
        if sliding.iter().enumerate().any(|(layer_idx, &slides)| slides != default(layer_idx)) {
            self.keys.flags("attention.sliding_window_pattern", sliding);
        }
    }

    /// Adds qwen's sliding windows, which only its upper layers have, if they are enabled.
    pub(super) fn with_upper_windows(mut self, config: &Fields) -> Result<Self, Error> {
        let window = config.nullable_count("sliding_window", 4096)?;
        if let (true, Some(window)) = (config.flag("use_sliding_window", false)?, window) {
            let first = config.index("max_window_layers", 28)?;
            let sliding = config.sliding_layers(self.shape.n_layers, |layer_idx| layer_idx >= first)?;
            if sliding.contains(&true) {
                self.write_windows(window, &sliding, |_| true);
            }
        }
        Ok(self)
    }
}

impl RopeContext {
    /// The context of a model's RoPE, with the base that its architecture assumes.
    pub(super) fn of(shape: &Shape, default_base: f32) -> Self {
        let context_length = shape.context_length;
        let (head_dim, default_original) = (shape.head_dim, context_length);
        Self { head_dim, context_length, default_base, default_original, default_partial: 1.0 }
    }
}
