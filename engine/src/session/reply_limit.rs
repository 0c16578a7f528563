//! The limit of a reply in files and messages: a number of tokens, or 0 for no limit, since TOML has no value for none.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a limit; the signature is serde's.
#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
pub(super) fn serialize<S: Serializer>(limit: &Option<usize>, serializer: S) -> Result<S::Ok, S::Error> {
    limit.unwrap_or(0).serialize(serializer)
}

/// Reads a limit; files of earlier versions hold `null` for none.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    Ok(Option::deserialize(deserializer)?.filter(|limit| *limit > 0))
}

#[cfg(test)]
mod tests {
    use crate::session::{GenerateOptions, USUAL_MAX_TOKENS};

    #[test]
    fn a_limit_and_its_absence_are_read_as_they_were_written() {
        for max_tokens in [None, Some(1), Some(USUAL_MAX_TOKENS), Some(100_000)] {
            let options = GenerateOptions { max_tokens, ..GenerateOptions::default() };
            let (json, toml) = (serde_json::to_string(&options).unwrap(), toml::to_string(&options).unwrap());
            assert_eq!(serde_json::from_str::<GenerateOptions>(&json).unwrap().max_tokens, max_tokens);
            assert_eq!(toml::from_str::<GenerateOptions>(&toml).unwrap().max_tokens, max_tokens);
        }
    }

    #[test]
    fn files_of_earlier_versions_keep_their_meaning() {
        let read = |json: &str| serde_json::from_str::<GenerateOptions>(json).unwrap().max_tokens;
        assert_eq!(read(r#"{"max_tokens":null}"#), None);
        assert_eq!(read(r#"{"max_tokens":64}"#), Some(64));
        assert_eq!(read("{}"), Some(USUAL_MAX_TOKENS));
    }
}
