//! Element types in JSON: the name that the ecosystem has for them, such as `"q4_k"`. For fields, as
//! `#[serde(with = "dtype_name")]`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use super::DType;

/// Writes the type's name.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(dtype: &DType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(dtype.name())
}

/// Reads a type from its name, in any case.
///
/// # Errors
/// When there is no type of that name.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DType, D::Error> {
    let name = String::deserialize(deserializer)?;
    DType::from_name(&name).ok_or_else(|| D::Error::custom(format!("{name:?} is no element type")))
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
        assert!(error.starts_with("\"q9_k\" is no element type"), "{error}");
    }
}
