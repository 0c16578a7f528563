//! The architectures there are, and what each offers.

use super::error::{Error, Origin};
use super::fields::Fields;
use super::keys::{Keys, KeysToWrite};
use super::names::{Change, LayerTensor, Names};
use super::rope::{RopeConfig, RopeContext, Scaling};
use super::shape::Shape;
use super::{gemma2, gemma3, llama, mistral, phi3, qwen2, qwen3};
use crate::backend::DecoderSpec;
use crate::base::TensorSource;
use crate::formats::gguf::Metadata;

/// What a file named as a `model_type` offers.
#[derive(Clone, Copy)]
pub(super) struct Architecture {
    /// Values of `model_type` in `config.json`.
    pub(super) model_types: &'static [&'static str],
    /// Value of `general.architecture` in GGUF.
    pub(super) gguf: &'static str,
    /// Turns `config.json` into GGUF metadata and a list of tensors.
    pub(super) convert: fn(&Fields) -> Result<Conversion, Error>,
    /// Turns GGUF metadata into the description of a decoder.
    pub(super) spec: fn(&Keys) -> Result<DecoderSpec, Error>,
}

const ALL: [Architecture; 7] =
    [gemma2::GEMMA2, gemma3::GEMMA3, llama::LLAMA, mistral::MISTRAL, phi3::PHI3, qwen2::QWEN2, qwen3::QWEN3];

/// The architecture that `model_type` names.
pub(super) fn of_model_type(model_type: &str) -> Result<Architecture, Error> {
    let found = ALL.into_iter().find(|architecture| architecture.model_types.contains(&model_type));
    found.ok_or_else(|| Error::UnknownArchitecture { found: model_type.to_owned() })
}

/// The architecture that `general.architecture` names.
pub(super) fn of_gguf(name: &str) -> Result<Architecture, Error> {
    let found = ALL.into_iter().find(|architecture| architecture.gguf == name);
    found.ok_or_else(|| Error::UnknownArchitecture { found: name.to_owned() })
}

/// What the decoder of a GGUF file with this metadata and these tensors computes.
pub(super) fn spec_of(metadata: &Metadata, source: &dyn TensorSource) -> Result<DecoderSpec, Error> {
    let missing = || Error::Missing { origin: Origin::Gguf, field: "general.architecture".to_owned() };
    let name = metadata.optional("general.architecture").ok().flatten().ok_or_else(missing)?;
    (of_gguf(name)?.spec)(&Keys::new(metadata, name, source))
}

/// All values of `model_type` in `config.json` that can run.
pub fn model_types() -> Vec<&'static str> {
    ALL.iter().flat_map(|architecture| architecture.model_types).copied().collect()
}

/// All values of `general.architecture` in GGUF files that can run, each once.
pub fn gguf_architectures() -> Vec<&'static str> {
    let mut names: Vec<_> = ALL.iter().map(|architecture| architecture.gguf).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// All values of `model_type` that are known, in one line.
pub(super) fn known() -> String {
    model_types().join(", ")
}

/// A checkpoint's configuration in GGUF's terms.
pub(super) struct Conversion {
    /// The architecture's metadata.
    pub(super) keys: KeysToWrite,
    /// Counts and widths.
    pub(super) shape: Shape,
    /// What happens to the last norm.
    pub(super) output_norm: Change,
    /// Tensors that checkpoints do not have, made from the configuration: name and values.
    pub(super) made: Vec<(&'static str, Vec<f32>)>,
    layers: &'static [LayerTensor],
    tied: bool,
}

impl Conversion {
    pub(super) fn new(gguf: &'static str, shape: Shape, layers: &'static [LayerTensor], tied: bool) -> Self {
        let mut keys = KeysToWrite::new(gguf);
        shape.write(&mut keys);
        Self { keys, shape, output_norm: Change::Keep, made: Vec::new(), layers, tied }
    }

    /// Where the checkpoint's tensors belong.
    pub(super) fn names(&self) -> Names {
        Names {
            layers: self.layers,
            output_norm: self.output_norm,
            tied: self.tied,
            n_layers: self.shape.n_layers,
        }
    }

    /// Adds the rope of all layers, or of those that see everything.
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
        }
        self
    }

    /// Adds windows: which layers have one need only be said if it is not as `default` says.
    pub(super) fn write_windows(&mut self, window: usize, sliding: &[bool], default: impl Fn(usize) -> bool) {
        self.keys.count("attention.sliding_window", window);
        if sliding.iter().enumerate().any(|(layer_idx, &slides)| slides != default(layer_idx)) {
            self.keys.flags("attention.sliding_window_pattern", sliding);
        }
    }

    /// Adds qwen's windows, which its upper layers have if they are switched on at all.
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
    /// The context of a model's rope, with the base its architecture assumes.
    pub(super) fn of(shape: &Shape, default_base: f32) -> Self {
        let context_length = shape.context_length;
        Self { head_dim: shape.head_dim, context_length, default_base, default_original: context_length }
    }
}
