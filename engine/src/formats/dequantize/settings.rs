//! The fields of a `quantization_config`, read with checks; `null` counts as absent.

use serde_json::{Map, Value};

use super::Error;

/// Upper bound on counts in a configuration.
const LARGEST_COUNT: u64 = 1 << 28;

/// The object `quantization_config`, or one nested in it.
#[derive(Clone, Copy)]
pub(in crate::formats) struct Settings<'a> {
    object: &'a Map<String, Value>,
}

impl<'a> Settings<'a> {
    pub(in crate::formats) fn new(object: &'a Map<String, Value>) -> Self {
        Self { object }
    }

    /// The raw value of the first of `names` that is present.
    pub(in crate::formats) fn value(self, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|name| self.object.get(*name).filter(|value| !value.is_null()))
    }

    /// A whole number, at least 1.
    pub(in crate::formats) fn count(self, names: &[&str]) -> Result<Option<usize>, Error> {
        let Some(value) = self.value(names) else { return Ok(None) };
        match value.as_u64() {
            Some(count @ 1..=LARGEST_COUNT) => Ok(Some(count as usize)),
            _ => Err(self.wrong(names, "a whole number from 1 to 268435456")),
        }
    }

    /// A whole number of at least 1; `None` for -1, which means all columns of a row.
    pub(in crate::formats) fn group_size(self, names: &[&str]) -> Result<Option<usize>, Error> {
        if self.value(names).and_then(Value::as_i64) == Some(-1) { Ok(None) } else { self.count(names) }
    }

    /// The string value of `name`.
    pub(in crate::formats) fn text(self, name: &str) -> Result<Option<&'a str>, Error> {
        match self.value(&[name]) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| self.wrong(&[name], "a string")),
        }
    }

    /// Checks that the string is absent or one of `allowed`.
    pub(in crate::formats) fn only(
        self,
        name: &str,
        allowed: &[&str],
        rule: &'static str,
    ) -> Result<(), Error> {
        match self.text(name)? {
            Some(found) if !allowed.contains(&found) => Err(self.wrong(&[name], rule)),
            _ => Ok(()),
        }
    }

    /// The error that the first present one of `names` violates `rule`.
    pub(in crate::formats) fn wrong(self, names: &[&str], rule: &'static str) -> Error {
        let found = self.value(names).map(ToString::to_string).unwrap_or_default();
        let found = match found.char_indices().nth(60) {
            Some((end, _)) => format!("{}…", &found[..end]),
            None => found,
        };
        let there = names.iter().find(|name| self.object.contains_key(**name)).or(names.first());
        let field = there.map(|name| (*name).to_owned()).unwrap_or_default();
        Error::Setting { field, found, rule }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn senseless_settings_are_named() {
        let value =
            json!({"bits": 0, "group_size": -1, "old": null, "version": "gemv", "size": 1e300, "w": 4});
        let settings = Settings::new(value.as_object().unwrap());
        let bits = settings.count(&["bits"]).unwrap_err().to_string();
        assert_eq!(bits, "quantization_config: bits is 0, but it must be a whole number from 1 to 268435456");
        assert_eq!(settings.group_size(&["group_size"]), Ok(None));
        assert_eq!(settings.count(&["old", "w"]), Ok(Some(4)));
        assert_eq!(settings.count(&["old"]), Ok(None));
        assert!(settings.count(&["size"]).is_err());
        assert!(settings.text("bits").is_err());
        assert!(settings.only("version", &["gemm"], "gemm").is_err());
        assert_eq!(settings.only("version", &["gemm", "gemv"], "either"), Ok(()));
        assert_eq!(settings.only("absent", &[], "anything"), Ok(()));
    }
}
