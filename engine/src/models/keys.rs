//! Checked access to an architecture's keys in GGUF metadata, and writing of them.
//!
//! Names are given without the architecture in front: `rope.freq_base` stands for `llama.rope.freq_base`.

use super::error::{ConfigFile, Error};
use super::fields::LARGEST_COUNT;
use crate::backend::{Rope, RopeKind, RopeScaling, Yarn};
use crate::base::TensorSource;
use crate::formats::gguf::{FromValue, Metadata, Value};

/// The keys of one architecture, and the tensors of the same file.
pub(super) struct Keys<'a> {
    metadata: &'a Metadata,
    architecture: &'a str,
    source: &'a dyn TensorSource,
}

impl<'a> Keys<'a> {
    pub(super) fn new(metadata: &'a Metadata, architecture: &'a str, source: &'a dyn TensorSource) -> Self {
        Self { metadata, architecture, source }
    }

    pub(super) fn architecture(&self) -> &str {
        self.architecture
    }

    /// Whether the file has this tensor.
    pub(super) fn has(&self, tensor: &str) -> bool {
        self.source.find(tensor).is_some()
    }

    /// Number of rows of a required tensor.
    pub(super) fn rows(&self, tensor: &str) -> Result<usize, Error> {
        let index = self.source.find(tensor);
        let index = index.ok_or_else(|| crate::backend::Error::MissingTensor { name: tensor.to_owned() })?;
        Ok(self.source.tensors()[index].n_rows())
    }

    /// A whole number from 1 to [`LARGEST_COUNT`], if present; a list with one number per layer must have equal numbers.
    pub(super) fn optional_count(&self, name: &str) -> Result<Option<usize>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match alike(value) {
            Some(count) if (1..=LARGEST_COUNT).contains(&count) => Ok(Some(count)),
            _ => Err(self.invalid(name, "a whole number from 1 to 268435456, the same for all layers")),
        }
    }

    /// A required count, as [`Keys::optional_count`].
    pub(super) fn count(&self, name: &str) -> Result<usize, Error> {
        self.optional_count(name)?.ok_or_else(|| self.missing(name))
    }

    /// A positive, finite number, if present.
    pub(super) fn optional_number(&self, name: &str) -> Result<Option<f32>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let whole = || usize::from_value(value).map(|number| number as f32);
        match f32::from_value(value).or_else(whole) {
            Some(number) if number.is_finite() && number > 0.0 => Ok(Some(number)),
            _ => Err(self.invalid(name, "a positive number")),
        }
    }

    /// A required number, as [`Keys::optional_number`].
    pub(super) fn number(&self, name: &str) -> Result<f32, Error> {
        self.optional_number(name)?.ok_or_else(|| self.missing(name))
    }

    /// A whole number from 0 to [`LARGEST_COUNT`]; `default` if absent.
    pub(super) fn index(&self, name: &str, default: usize) -> Result<usize, Error> {
        if self.is_zero(name) { Ok(0) } else { Ok(self.optional_count(name)?.unwrap_or(default)) }
    }

    /// A whole number from 0 to [`LARGEST_COUNT`] for each layer: a list of them, or one for all.
    pub(super) fn counts(&self, name: &str, n_layers: usize) -> Result<Vec<usize>, Error> {
        let value = self.value(name).ok_or_else(|| self.missing(name))?;
        let one = || usize::from_value(value).map(|count| vec![count; n_layers]);
        let counts = Vec::<usize>::from_value(value).or_else(one);
        let fits = |counts: &Vec<usize>| {
            counts.len() == n_layers && counts.iter().all(|&count| count <= LARGEST_COUNT)
        };
        counts.filter(fits).ok_or_else(|| self.invalid(name, "a whole number for each layer"))
    }

    /// A boolean for each of the first `n_layers` layers, if present.
    pub(super) fn optional_flags(&self, name: &str, n_layers: usize) -> Result<Option<Vec<bool>>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let integers =
            || Vec::<u32>::from_value(value).map(|list| list.iter().map(|&one| one != 0).collect());
        let flags = Vec::<bool>::from_value(value).or_else(integers);
        let flags = flags.filter(|flags| flags.len() >= n_layers);
        flags.map(Some).ok_or_else(|| self.invalid(name, "a boolean for each layer"))
    }

    /// A boolean, if present.
    pub(super) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        bool::from_value(value).map(Some).ok_or_else(|| self.invalid(name, "true or false"))
    }

    /// A factor, if the file has one; 0 means none.
    pub(super) fn optional_scale(&self, name: &str) -> Result<Option<f32>, Error> {
        if self.is_zero(name) { Ok(None) } else { self.optional_number(name) }
    }

    /// A factor: 1 if absent or 0.
    pub(super) fn scale(&self, name: &str) -> Result<f32, Error> {
        Ok(self.optional_scale(name)?.unwrap_or(1.0))
    }

    /// A soft cap: `default` if absent, none if 0.
    pub(super) fn softcap(&self, name: &str, default: Option<f32>) -> Result<Option<f32>, Error> {
        if self.is_zero(name) {
            return Ok(None);
        }
        Ok(self.optional_number(name)?.or(default))
    }

    /// The sliding window of the layers that have one; 0 means none.
    pub(super) fn window(&self) -> Result<Option<usize>, Error> {
        let name = "attention.sliding_window";
        if self.is_zero(name) { Ok(None) } else { self.optional_count(name) }
    }

    /// The sliding window of each layer; `default` selects the layers unless the file does.
    pub(super) fn windows(
        &self,
        n_layers: usize,
        default: impl Fn(usize) -> bool,
    ) -> Result<Vec<Option<usize>>, Error> {
        let window = self.window()?;
        let sliding = self.sliding_layers(n_layers, default)?;
        Ok(sliding.into_iter().map(|slides| window.filter(|_| slides)).collect())
    }

    /// The windows as [`Keys::windows`], for an architecture with a default window.
    pub(super) fn windows_or(
        &self,
        window: usize,
        n_layers: usize,
        default: impl Fn(usize) -> bool,
    ) -> Result<Vec<Option<usize>>, Error> {
        if self.value("attention.sliding_window").is_some() {
            return self.windows(n_layers, default);
        }
        let sliding = self.sliding_layers(n_layers, default)?;
        Ok(sliding.into_iter().map(|slides| slides.then_some(window)).collect())
    }

    /// The RoPE of the layers with full attention.
    pub(super) fn rope(&self, kind: RopeKind, head_dim: usize) -> Result<Rope, Error> {
        let n_rotary = self.optional_count("rope.dimension_count")?.unwrap_or(head_dim);
        if n_rotary > head_dim || !n_rotary.is_multiple_of(2) {
            return Err(self.invalid("rope.dimension_count", "even and at most the width of a head"));
        }
        let base = self.optional_number("rope.freq_base")?.unwrap_or(1e4);
        Ok(Rope { kind, base, n_rotary, scaling: self.rope_scaling()? })
    }

    /// The RoPE scaling; tensors of divisors take precedence, as in llama.cpp.
    fn rope_scaling(&self) -> Result<RopeScaling, Error> {
        let scaling_type = self.text("rope.scaling.type")?;
        if !matches!(scaling_type, None | Some("none" | "linear" | "longrope" | "yarn")) {
            return Err(self.invalid("rope.scaling.type", "none, linear, longrope or yarn"));
        }
        if self.has("rope_freqs.weight") {
            return Ok(RopeScaling::Factors);
        }
        if self.has("rope_factors_long.weight") {
            let original = self.optional_count("rope.scaling.original_context_length")?;
            return Ok(RopeScaling::LongRope {
                original_context: original.map_or_else(|| self.count("context_length"), Ok)?,
                attention_factor: self.optional_number("rope.scaling.attn_factor")?.unwrap_or(1.0),
            });
        }
        if scaling_type == Some("yarn") {
            return self.yarn();
        }
        // The second name occurs in files before 2023-09.
        for name in ["rope.scaling.factor", "rope.scale_linear"] {
            if scaling_type != Some("none")
                && !self.is_zero(name)
                && let Some(factor) = self.optional_number(name)?
            {
                return Ok(RopeScaling::Linear { factor });
            }
        }
        Ok(RopeScaling::None)
    }

    /// YaRN as llama.cpp computes it: its own factor of sines and cosines, times the file's.
    fn yarn(&self) -> Result<RopeScaling, Error> {
        let name = "rope.scaling.yarn_beta_fast";
        let beta_fast = self.optional_number(name)?.unwrap_or(32.0);
        let beta_slow = self.optional_number("rope.scaling.yarn_beta_slow")?.unwrap_or(1.0);
        if beta_fast < beta_slow {
            return Err(self.invalid(name, "at least rope.scaling.yarn_beta_slow"));
        }
        let original = self.optional_count("rope.scaling.original_context_length")?;
        let factor = self.number("rope.scaling.factor")?;
        let weight = "rope.scaling.yarn_log_multiplier";
        let divisor = self.optional_scale(weight)?.map_or(1.0, |weight| Yarn::recommended(factor, weight));
        let own = self.optional_number("rope.scaling.attn_factor")?.unwrap_or(1.0);
        Ok(RopeScaling::Yarn(Yarn {
            factor,
            original_context: original.map_or_else(|| self.count("context_length"), Ok)?,
            beta_fast,
            beta_slow,
            truncate: self.flag("rope.scaling.yarn_truncate", true)?,
            attention_factor: own * Yarn::recommended(factor, 1.0) / divisor,
        }))
    }

    /// A list with one boolean per layer, or a number n: every n-th layer has full attention.
    fn sliding_layers(&self, n_layers: usize, default: impl Fn(usize) -> bool) -> Result<Vec<bool>, Error> {
        let name = "attention.sliding_window_pattern";
        let Some(value) = self.value(name) else { return Ok((0..n_layers).map(default).collect()) };
        if let Some(pattern) = usize::from_value(value) {
            let slides = |layer_idx: usize| pattern == 0 || layer_idx % pattern + 1 < pattern;
            return Ok((0..n_layers).map(slides).collect());
        }
        // llama.cpp reads both booleans and integers.
        let integers =
            || Vec::<u32>::from_value(value).map(|list| list.iter().map(|&one| one != 0).collect());
        let sliding = Vec::<bool>::from_value(value).or_else(integers);
        let sliding = sliding.filter(|sliding| sliding.len() == n_layers);
        sliding.ok_or_else(|| self.invalid(name, "a number, or one boolean per layer"))
    }

    /// A boolean, or `default` if absent.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Error> {
        let Some(value) = self.value(name) else { return Ok(default) };
        bool::from_value(value).ok_or_else(|| self.invalid(name, "true or false"))
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        <&str>::from_value(value).map(Some).ok_or_else(|| self.invalid(name, "a string"))
    }

    fn is_zero(&self, name: &str) -> bool {
        self.value(name)
            .is_some_and(|value| usize::from_value(value) == Some(0) || f32::from_value(value) == Some(0.0))
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.metadata.get(&self.full(name))
    }

    fn full(&self, name: &str) -> String {
        format!("{}.{name}", self.architecture)
    }

    pub(super) fn invalid(&self, name: &str, rule: &'static str) -> Error {
        // A short text says more than its length.
        let shown = |value: &Value| match value {
            Value::String(text) if text.len() <= 40 => format!("{text:?}"),
            value => value.describe(),
        };
        let value = self.value(name).map(shown).unwrap_or_default();
        Error::Invalid { origin: ConfigFile::Gguf, field: self.full(name), value, rule }
    }

    fn missing(&self, name: &str) -> Error {
        Error::Missing { origin: ConfigFile::Gguf, field: self.full(name) }
    }
}

/// An integer, or the common value of a list with one integer per layer.
fn alike(value: &Value) -> Option<usize> {
    let list =
        || Vec::<usize>::from_value(value).filter(|list| list.windows(2).all(|pair| pair[0] == pair[1]));
    usize::from_value(value).or_else(|| list()?.first().copied())
}

/// The keys of one architecture, for writing.
pub(super) struct KeysToWrite {
    architecture: &'static str,
    metadata: Metadata,
}

impl KeysToWrite {
    pub(super) fn new(architecture: &'static str) -> Self {
        Self { architecture, metadata: Metadata::new() }
    }

    /// Sets a count, which [`LARGEST_COUNT`] bounds to 32 bits.
    pub(super) fn count(&mut self, name: &str, count: usize) {
        self.set(name, count as u32);
    }

    pub(super) fn number(&mut self, name: &str, number: f32) {
        self.set(name, number);
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.set(name, text);
    }

    pub(super) fn counts(&mut self, name: &str, counts: &[usize]) {
        self.set(name, counts.iter().map(|&count| count as u32).collect::<Vec<_>>());
    }

    pub(super) fn flag(&mut self, name: &str, flag: bool) {
        self.set(name, flag);
    }

    pub(super) fn flags(&mut self, name: &str, flags: &[bool]) {
        self.set(name, flags.to_vec());
    }

    /// Sets the keys of YaRN; the factor of sines and cosines is relative to the one that llama.cpp computes.
    ///
    /// llama.cpp rounds the pairs of the blend; `yarn_truncate` is a key of our own for models that do not.
    pub(super) fn yarn(&mut self, yarn: &Yarn) {
        self.text("rope.scaling.type", "yarn");
        self.number("rope.scaling.factor", yarn.factor);
        self.count("rope.scaling.original_context_length", yarn.original_context);
        self.number("rope.scaling.yarn_beta_fast", yarn.beta_fast);
        self.number("rope.scaling.yarn_beta_slow", yarn.beta_slow);
        let own = yarn.attention_factor / Yarn::recommended(yarn.factor, 1.0);
        if own.to_bits() != 1.0_f32.to_bits() {
            self.number("rope.scaling.attn_factor", own);
        }
        if !yarn.truncate {
            self.set("rope.scaling.yarn_truncate", false);
        }
    }

    /// The metadata with all keys that were set.
    pub(super) fn finish(self) -> Metadata {
        self.metadata
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.metadata.set(format!("{}.{name}", self.architecture), value);
    }
}
