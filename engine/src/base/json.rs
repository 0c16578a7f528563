//! JSON as other programs write it.
//!
//! Python's `json` writes `NaN`, `Infinity` and `-Infinity`, which are no JSON, and editors put a byte order mark in front.
//! Both are read here. What JSON has no value for becomes a string of that name, so that a field nobody reads does no harm and
//! one that is read is refused by name. Escapes of half a character, which Python and JavaScript write of broken text, become
//! U+FFFD.

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
        Err(error) if error.is_syntax() => match repaired(json) {
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

/// The text with every number that JSON does not have as a string, and with U+FFFD for half characters; borrowed if there is
/// neither.
fn repaired(json: &[u8]) -> Cow<'_, [u8]> {
    let (mut output, mut copied) = (Vec::new(), 0);
    let (mut at, mut in_string) = (0, false);
    while at < json.len() {
        let (n_bytes, replacement) = match json[at] {
            b'\\' if in_string => escape(&json[at..]),
            b'"' => {
                in_string = !in_string;
                (1, None)
            }
            b'-' | b'I' | b'N' if !in_string => {
                let found = NO_NUMBERS.iter().find(|name| json[at..].starts_with(name.as_bytes()));
                found.map_or((1, None), |name| (name.len(), Some(format!("\"{name}\""))))
            }
            _ => (1, None),
        };
        if let Some(replacement) = replacement {
            output.extend_from_slice(&json[copied..at]);
            output.extend(replacement.bytes());
            copied = at + n_bytes;
        }
        at += n_bytes;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    output.extend_from_slice(&json[copied..]);
    Cow::Owned(output)
}

/// Length of the escape at the start of `json` in bytes, and what stands for it if it is half a character.
fn escape(json: &[u8]) -> (usize, Option<String>) {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    match unit(0) {
        Some(0xD800..=0xDBFF) if matches!(unit(6), Some(0xDC00..=0xDFFF)) => (12, None),
        Some(0xD800..=0xDFFF) => (6, Some("\\ufffd".to_owned())),
        _ => (2, None),
    }
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
    fn half_characters_become_the_replacement_character() {
        let value: Value =
            from_str(r#"{"a": "x \ud83d", "b": "\udc00\ud83d\ude00\ud83d\u0041", "c": "\\\\ud83d"}"#)
                .unwrap();
        assert_eq!(value, json!({"a": "x \u{fffd}", "b": "\u{fffd}\u{1f600}\u{fffd}A", "c": "\\\\ud83d"}));
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
