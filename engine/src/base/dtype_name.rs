//! Serialization of element types by name, such as `"q4_k"`, for fields with `#[serde(with = "dtype_name")]`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use super::DType;

/// Serializes an element type as its name.
///
/// # Errors
/// The errors of the serializer.
pub fn serialize<S: Serializer>(dtype: &DType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(dtype.name())
}

/// Deserializes an element type from its name, in upper or lower case.
///
/// # Errors
/// When no element type has that name.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DType, D::Error> {
    let name = String::deserialize(deserializer)?;
    DType::from_name(&name).ok_or_else(|| D::Error::custom(format!("{name:?} is not an element type")))
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        #[serde(with = "super")]
        dtype: DType,
    }

    #[test]
    fn a_type_is_its_name_and_other_names_are_refused() {
        for dtype in DType::all() {
            let json = serde_json::to_string(&Holder { dtype }).unwrap();
            assert_eq!(json, format!("{{\"dtype\":\"{}\"}}", dtype.name()));
            assert_eq!(serde_json::from_str::<Holder>(&json).unwrap(), Holder { dtype });
        }
        let error = serde_json::from_str::<Holder>("{\"dtype\":\"q9_k\"}").unwrap_err().to_string();
        assert!(error.starts_with("\"q9_k\" is not an element type"), "{error}");
    }
}
