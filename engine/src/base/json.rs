//! JSON as other programs write it.
//!
//! Python's `json` writes `NaN`, `Infinity` and `-Infinity`, which are no JSON, and editors put a byte order mark in front.
//! Both are read here. What JSON has no value for becomes a string of that name, so that a field nobody reads does no harm and
//! one that is read is refused by name.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error as _};

/// The byte order mark of UTF-8.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
/// Numbers that Python writes and JSON does not have, the longer of two before the shorter.
const NO_NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Reads a value from the bytes of a JSON file, which may begin with a byte order mark and hold `NaN` and infinities.
///
/// # Errors
/// Those of [`serde_json`], and one that names the encoding of a file in UTF-16.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    if json.starts_with(b"\xff\xfe") || json.starts_with(b"\xfe\xff") {
        return Err(serde_json::Error::custom("the file is in UTF-16; save it as UTF-8"));
    }
    let json = without_mark(json);
    match serde_json::from_slice(json) {
        Err(error) if error.is_syntax() => match as_strings(json) {
            Cow::Owned(json) => serde_json::from_slice(&json),
            Cow::Borrowed(_) => Err(error),
        },
        read => read,
    }
}

/// As [`from_slice`], of a text.
///
/// # Errors
/// Those of [`from_slice`].
pub fn from_str<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    from_slice(json.as_bytes())
}

/// The bytes after a byte order mark of UTF-8, if there is one.
pub fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix(UTF8_MARK).unwrap_or(json)
}

/// The text with every number that JSON does not have as a string; borrowed if there is none.
fn as_strings(json: &[u8]) -> Cow<'_, [u8]> {
    let (mut output, mut copied) = (Vec::new(), 0);
    let (mut at, mut in_string) = (0, false);
    while at < json.len() {
        match json[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'-' | b'I' | b'N' if !in_string => {
                let found = NO_NUMBERS.iter().find(|name| json[at..].starts_with(name.as_bytes()));
                if let Some(name) = found {
                    output.extend_from_slice(&json[copied..at]);
                    output.extend(format!("\"{name}\"").bytes());
                    at += name.len();
                    copied = at;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    output.extend_from_slice(&json[copied..]);
    Cow::Owned(output)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_python_and_editors_write_is_read() {
        let text = "\u{feff}{\"a\": NaN, \"b\": [-Infinity, Infinity, -1], \"c\": \"NaN \\\" Infinity\"}";
        let value: Value = from_str(text).unwrap();
        let expected = json!({"a": "NaN", "b": ["-Infinity", "Infinity", -1], "c": "NaN \" Infinity"});
        assert_eq!(value, expected);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let words = |json: &[u8]| from_slice::<Value>(json).unwrap_err().to_string();
        assert_eq!(words(b"{\"a\": 1,}"), "trailing comma at line 1 column 9");
        assert_eq!(words(b"\xff\xfe{\0}\0"), "the file is in UTF-16; save it as UTF-8");
        assert!(words(b"{\"a\": NaNa}").contains("line 1"));
        assert!(words(b"\"NaN").contains("EOF"));
        assert!(words(b"").contains("EOF"));
    }
}
