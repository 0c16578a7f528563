//! Metadata of a GGUF file: keys and values in the file's order.

use super::value::{Array, Value};

/// Keys and values in order, without duplicate keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    entries: Vec<(String, Value)>,
}

/// A metadata key that is missing, or whose value has another type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The key is missing.
    #[error("the metadata has no key {key:?}")]
    Missing {
        /// Name of the key.
        key: String,
    },
    /// The key's value has another type, or does not fit the requested one.
    #[error("metadata key {key:?} should hold {expected}, but holds {found}")]
    Unfit {
        /// Name of the key.
        key: String,
        /// The requested type, in words.
        expected: &'static str,
        /// Type and value, or type and length, of the stored value.
        found: String,
    },
}

impl Metadata {
    /// Metadata without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keys and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value of `key`, of any type.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Sets `key`: replaces its value in place, or appends the key.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        let (key, value) = (key.into(), value.into());
        match self.entries.iter_mut().find(|(name, _)| *name == key) {
            Some(entry) => entry.1 = value,
            None => self.entries.push((key, value)),
        }
    }

    /// Removes `key` and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let position = self.entries.iter().position(|(name, _)| name == key)?;
        Some(self.entries.remove(position).1)
    }

    /// The value of a required key: `metadata.required::<usize>("llama.block_count")?`.
    ///
    /// # Errors
    /// [`MetadataError::Missing`] if the key is absent, [`MetadataError::Unfit`] if its type differs.
    pub fn required<'a, T: FromValue<'a>>(&'a self, key: &str) -> Result<T, MetadataError> {
        self.optional(key)?.ok_or_else(|| MetadataError::Missing { key: key.to_owned() })
    }

    /// The value of an optional key, whose type must match if it is present.
    ///
    /// # Errors
    /// [`MetadataError::Unfit`] if the type differs.
    pub fn optional<'a, T: FromValue<'a>>(&'a self, key: &str) -> Result<Option<T>, MetadataError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        T::from_value(value).map(Some).ok_or_else(|| MetadataError::Unfit {
            key: key.to_owned(),
            expected: T::EXPECTED,
            found: value.describe(),
        })
    }

    /// Metadata of entries whose keys are known to be distinct.
    pub(super) fn from_distinct(entries: Vec<(String, Value)>) -> Self {
        Self { entries }
    }
}

/// Types that a [`Value`] can be converted to. Integers of any width convert to any integer type that they fit, floats to
/// `f32`.
pub trait FromValue<'a>: Sized {
    /// The expected type, in words.
    const EXPECTED: &'static str;

    /// Converts the value, if it fits.
    fn from_value(value: &'a Value) -> Option<Self>;
}

macro_rules! integers {
    ($($rust:ty, $one:literal, $many:literal;)*) => {$(
        impl FromValue<'_> for $rust {
            const EXPECTED: &'static str = $one;
            fn from_value(value: &Value) -> Option<Self> {
                value.as_integer()?.try_into().ok()
            }
        }
        impl FromValue<'_> for Vec<$rust> {
            const EXPECTED: &'static str = $many;
            fn from_value(value: &Value) -> Option<Self> {
                let Value::Array(array) = value else { return None };
                array.as_integers()?.into_iter().map(|value| value.try_into().ok()).collect()
            }
        }
    )*};
}

integers! {
    u32, "an integer from 0 to 2^32 - 1", "an array of integers from 0 to 2^32 - 1";
    i32, "an integer of 32 bits", "an array of integers of 32 bits";
    u64, "an integer that is not negative", "an array of integers that are not negative";
    usize, "an integer that is not negative", "an array of integers that are not negative";
}

impl FromValue<'_> for f32 {
    const EXPECTED: &'static str = "a floating-point number";
    fn from_value(value: &Value) -> Option<Self> {
        match *value {
            Value::F32(value) => Some(value),
            Value::F64(value) => Some(value as f32),
            _ => None,
        }
    }
}

impl FromValue<'_> for Vec<f32> {
    const EXPECTED: &'static str = "an array of floating-point numbers";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Array(Array::F32(values)) => Some(values.clone()),
            Value::Array(Array::F64(values)) => Some(values.iter().map(|&value| value as f32).collect()),
            _ => None,
        }
    }
}

impl FromValue<'_> for bool {
    const EXPECTED: &'static str = "true or false";
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bool(value) = value { Some(*value) } else { None }
    }
}

impl FromValue<'_> for Vec<bool> {
    const EXPECTED: &'static str = "an array of true and false";
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Array(Array::Bool(values)) = value { Some(values.clone()) } else { None }
    }
}

impl<'a> FromValue<'a> for &'a str {
    const EXPECTED: &'static str = "a string";
    fn from_value(value: &'a Value) -> Option<Self> {
        if let Value::String(text) = value { Some(text) } else { None }
    }
}

impl<'a> FromValue<'a> for &'a [String] {
    const EXPECTED: &'static str = "an array of strings";
    fn from_value(value: &'a Value) -> Option<Self> {
        if let Value::Array(Array::String(texts)) = value { Some(texts) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order_and_their_last_value() {
        let mut metadata = Metadata::new();
        metadata.set("b", 1_u32);
        metadata.set("a", "text");
        metadata.set("b", 2.5_f32);
        let keys: Vec<&str> = metadata.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["b", "a"]);
        assert_eq!(metadata.required::<f32>("b"), Ok(2.5));
        assert_eq!(metadata.remove("b"), Some(Value::F32(2.5)));
        assert_eq!(metadata.len(), 1);
    }

    #[test]
    fn integers_of_any_width_are_read_if_they_fit() {
        let mut metadata = Metadata::new();
        metadata.set("small", 7_u8);
        metadata.set("negative", -1_i32);
        metadata.set("large", 1_u64 << 40);
        metadata.set("many", vec![1_i32, 2, 3]);
        assert_eq!(metadata.required::<usize>("small"), Ok(7));
        assert_eq!(metadata.required::<Vec<u32>>("many"), Ok(vec![1, 2, 3]));
        assert!(metadata.required::<usize>("negative").is_err());
        let error = metadata.required::<u32>("large").unwrap_err();
        assert_eq!(
            error.to_string(),
            "metadata key \"large\" should hold an integer from 0 to 2^32 - 1, but holds uint64 1099511627776"
        );
    }

    #[test]
    fn an_absent_key_is_an_error_only_where_it_is_required() {
        let mut metadata = Metadata::new();
        metadata.set("name", "model");
        assert_eq!(metadata.optional::<f32>("absent"), Ok(None));
        assert_eq!(
            metadata.required::<&str>("absent"),
            Err(MetadataError::Missing { key: "absent".to_owned() })
        );
        assert!(metadata.optional::<bool>("name").is_err());
    }
}
