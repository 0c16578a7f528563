//! The kind of a tokenizer's model, looked up in the start of a `tokenizer.json` that is not read as a whole.

/// Kind of the model, such as `BPE` or `Unigram`, in the first bytes of a `tokenizer.json`; `None` if it is not in them.
pub fn kind_in(start: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(start);
    // Within a string of the file the quotes would be escaped, so that this is a key.
    let kinds = text.match_indices("\"model\"").filter_map(|(at, key)| {
        let object = text[at + key.len()..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('{')?;
        let value = object.trim_start().strip_prefix("\"type\"")?.trim_start().strip_prefix(':')?;
        let (kind, _) = value.trim_start().strip_prefix('"')?.split_once('"')?;
        Some(kind.to_owned())
    });
    { kinds }.next()
}

/// Whether a tokenizer of this kind can be stored in a GGUF file.
pub fn is_convertible(kind: &str) -> bool {
    kind == "BPE"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_found_in_whole_and_cut_files_and_not_in_strings() {
        let file = br#"{"added_tokens": [{"content": "\"model\": {\"type\": \"X\""}], "model" : { "type":"Unigram", "vocab"#;
        assert_eq!(kind_in(file).as_deref(), Some("Unigram"));
        assert_eq!(kind_in(br#"{"model":{"type":"BPE","vocab":{"model":1}}}"#).as_deref(), Some("BPE"));
        for none in [&br#"{"model": {"type": "Uni"#[..], br#"{"version": "1.0"}"#, b"", b"\xff\xfe"] {
            assert_eq!(kind_in(none), None);
        }
        assert!(is_convertible("BPE") && !is_convertible("Unigram"));
    }
}
