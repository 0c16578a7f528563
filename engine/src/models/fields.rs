//! Checked access to the fields of a JSON configuration.
//!
//! `null` counts as absent, as in transformers. Every number is bounded here, whatever it is used for.

use serde_json::{Map, Value};

use super::error::{ConfigFile, Error, shortened};

/// Upper bound on counts in a configuration: vocabularies, widths and contexts of real models stay far below.
pub(super) const LARGEST_COUNT: usize = 1 << 28;

/// A JSON object and the file it comes from.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    origin: ConfigFile,
}

impl<'a> Fields<'a> {
    pub(super) fn new(object: &'a Map<String, Value>, origin: ConfigFile) -> Self {
        Self { object, origin }
    }

    /// All fields of the object.
    pub(super) fn map(&self) -> &'a Map<String, Value> {
        self.object
    }

    /// The raw value of a field, unless it is absent or null.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A nested object, if present.
    pub(super) fn object(&self, name: &str) -> Result<Option<Self>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let object = value.as_object().ok_or_else(|| self.invalid(name, "an object"))?;
        Ok(Some(Self { object, origin: self.origin }))
    }

    /// A whole number from 1 to [`LARGEST_COUNT`], if present.
    pub(super) fn optional_count(&self, name: &str) -> Result<Option<usize>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        // Some programs write every number with a decimal point.
        let whole = || value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0);
        let count = value.as_u64().or_else(|| whole().map(|number| number as u64));
        let count = count.and_then(|count| usize::try_from(count).ok());
        match count {
            Some(count) if (1..=LARGEST_COUNT).contains(&count) => Ok(Some(count)),
            _ => Err(self.invalid(name, "a whole number from 1 to 268435456")),
        }
    }

    /// A whole number as [`Fields::optional_count`], or `default` if absent.
    pub(super) fn count(&self, name: &str, default: usize) -> Result<usize, Error> {
        Ok(self.optional_count(name)?.unwrap_or(default))
    }

    /// A count that `null` disables; `default` if absent.
    pub(super) fn nullable_count(&self, name: &str, default: usize) -> Result<Option<usize>, Error> {
        if self.object.contains_key(name) { self.optional_count(name) } else { Ok(Some(default)) }
    }

    /// A whole number of at least 0.
    pub(super) fn index(&self, name: &str, default: usize) -> Result<usize, Error> {
        if self.value(name).and_then(Value::as_u64) == Some(0) { Ok(0) } else { self.count(name, default) }
    }

    /// A positive, finite number, if present.
    pub(super) fn optional_number(&self, name: &str) -> Result<Option<f32>, Error> {
        self.value(name).map(|value| self.checked_number(name, value)).transpose()
    }

    /// A number as [`Fields::optional_number`], or `default` if absent.
    pub(super) fn number(&self, name: &str, default: f32) -> Result<f32, Error> {
        Ok(self.optional_number(name)?.unwrap_or(default))
    }

    /// A number as [`Fields::optional_number`], which is required.
    pub(super) fn needed_number(&self, name: &str) -> Result<f32, Error> {
        self.optional_number(name)?.ok_or_else(|| self.missing(name))
    }

    /// A required list of `len` positive, finite numbers.
    pub(super) fn numbers(&self, name: &str, len: usize) -> Result<Vec<f32>, Error> {
        let value = self.value(name).ok_or_else(|| self.missing(name))?;
        let list = value.as_array().filter(|list| list.len() == len);
        let list = list.ok_or_else(|| self.invalid(name, "a list of one number per rotating pair"))?;
        list.iter().map(|value| self.checked_number(name, value)).collect()
    }

    /// A soft cap: none if `null`, `default` if absent.
    pub(super) fn softcap(&self, name: &str, default: f32) -> Result<Option<f32>, Error> {
        if self.object.contains_key(name) { self.optional_number(name) } else { Ok(Some(default)) }
    }

    /// A boolean, or `default` if absent.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Error> {
        match self.value(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| self.invalid(name, "true or false")),
        }
    }

    /// Whether the list is absent or has no entries.
    pub(super) fn is_empty_list(&self, name: &str) -> bool {
        self.value(name).is_none_or(|value| value.as_array().is_some_and(Vec::is_empty))
    }

    /// A list of whole numbers below `end`, if present.
    pub(super) fn indices(&self, name: &str, end: usize) -> Result<Option<Vec<usize>>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let index = |value: &Value| value.as_u64().and_then(|index| usize::try_from(index).ok());
        let indices = value.as_array().and_then(|list| list.iter().map(index).collect::<Option<Vec<_>>>());
        let indices = indices.filter(|indices| indices.iter().all(|&index| index < end));
        indices.map(Some).ok_or_else(|| self.invalid(name, "a list of layers' numbers"))
    }

    /// A boolean, if present.
    pub(super) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Error> {
        self.value(name).map(|_| self.flag(name, false)).transpose()
    }

    /// A string, if present.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Error> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| self.invalid(name, "a string")),
        }
    }

    /// Checks that the string is absent or one of `allowed`; `rule` describes these in words.
    pub(super) fn only(&self, name: &str, allowed: &[&str], rule: &'static str) -> Result<(), Error> {
        // One function under two names.
        let known_as = |found| if found == "swish" { "silu" } else { found };
        match self.text(name)?.map(known_as) {
            Some(found) if !allowed.contains(&found) => Err(self.invalid(name, rule)),
            _ => Ok(()),
        }
    }

    /// Checks that the flag is not set, since the architecture's description does not support it.
    pub(super) fn must_be_off(&self, name: &str) -> Result<(), Error> {
        if self.flag(name, false)? { Err(self.invalid(name, "false for this architecture")) } else { Ok(()) }
    }

    /// Checks that the activation is that of all gemmas, under either of its names.
    pub(super) fn gemma_activation(&self) -> Result<(), Error> {
        let name = if self.value("hidden_activation").is_some() { "hidden_activation" } else { "hidden_act" };
        // Early configurations spell it gelu.
        self.only(name, &["gelu_pytorch_tanh", "gelu"], "gelu_pytorch_tanh for this architecture")
    }

    /// Token ids, one number or a list of them; what is none, such as -1, is given as its text.
    pub(super) fn token_ids(&self, name: &str) -> Vec<Result<u32, String>> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
        list.iter().map(|value| id(value).ok_or_else(|| shortened(value))).collect()
    }

    /// Whether each layer has a sliding window, from `layer_types`, or from `default` by layer index.
    pub(super) fn sliding_layers(
        &self,
        n_layers: usize,
        default: impl Fn(usize) -> bool,
    ) -> Result<Vec<bool>, Error> {
        self.layers_of_or(n_layers, ["sliding_attention", "full_attention"], default)
    }

    /// Whether each layer is of the first of two kinds, from `layer_types`, or from `default` by layer index.
    pub(super) fn layers_of_or(
        &self,
        n_layers: usize,
        kinds: [&str; 2],
        default: impl Fn(usize) -> bool,
    ) -> Result<Vec<bool>, Error> {
        let Some(value) = self.value("layer_types") else { return Ok((0..n_layers).map(default).collect()) };
        let rule = "a list with one of the architecture's kinds for each layer";
        let list = value.as_array().filter(|list| list.len() == n_layers);
        let list = list.ok_or_else(|| self.invalid("layer_types", rule))?;
        let is_first = |kind: &Value| match kind.as_str() {
            Some(kind) if kind == kinds[0] => Ok(true),
            Some(kind) if kind == kinds[1] => Ok(false),
            _ => Err(self.invalid("layer_types", rule)),
        };
        list.iter().map(is_first).collect()
    }

    pub(super) fn invalid(&self, name: &str, rule: &'static str) -> Error {
        let value = self.object.get(name).map(shortened).unwrap_or_default();
        Error::Invalid { origin: self.origin, field: name.to_owned(), value, rule }
    }

    pub(super) fn missing(&self, name: &str) -> Error {
        Error::Missing { origin: self.origin, field: name.to_owned() }
    }

    fn checked_number(&self, name: &str, value: &Value) -> Result<f32, Error> {
        let number = value.as_f64().map(|number| number as f32);
        match number {
            Some(number) if number.is_finite() && number > 0.0 => Ok(number),
            _ => Err(self.invalid(name, "a positive number")),
        }
    }
}
