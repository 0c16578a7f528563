//! `add_prefix_space: false` of a `tokenizer_config.json`: no space comes before a text, whatever `tokenizer.json` says.
//!
//! transformers 5 builds the pipeline of its llama tokenizers anew from this setting (`models/llama/tokenization_llama.py`), so that
//! for them it counts more than the file; other classes take the file as it is.

use serde_json::Value;

use crate::base::json;

/// The bytes of a `tokenizer.json` as the settings in `config`, the text of a `tokenizer_config.json`, have it; unchanged where they
/// do not say otherwise, or where one of the two cannot be read.
pub fn with_prefix_space(tokenizer: Vec<u8>, config: Option<&str>) -> Vec<u8> {
    let config: Value = config.and_then(|config| json::from_str(config).ok()).unwrap_or_default();
    let is_llama = config["tokenizer_class"].as_str().is_some_and(|name| name.starts_with("LlamaTokenizer"));
    if config["add_prefix_space"] != false || !is_llama {
        return tokenizer;
    }
    let Ok(mut value) = json::from_slice::<Value>(&tokenizer) else { return tokenizer };
    let steps = [("normalizer", "normalizers"), ("pre_tokenizer", "pretokenizers"), ("decoder", "decoders")];
    for (name, list) in steps {
        if let Some(step) = value.get_mut(name) {
            without_space(step, list);
        }
    }
    serde_json::to_vec(&value).unwrap_or(tokenizer)
}

/// Changes a step of the pipeline, or the steps of the sequence it is, to put no space before a text and take none from it.
fn without_space(step: &mut Value, list: &str) {
    if let Some(steps) = step.get_mut(list).and_then(Value::as_array_mut) {
        steps.retain(|step| !matches!(step["type"].as_str(), Some("Prepend" | "Strip")));
        for step in steps {
            without_space(step, list);
        }
    } else if step.get("type").is_some_and(|kind| kind == "Metaspace") {
        step["prepend_scheme"] = "never".into();
        step["add_prefix_space"] = false.into();
    } else if step.get("type").is_some_and(|kind| kind == "Prepend") {
        *step = Value::Null;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::text::Tokenizer;
    use crate::text::testing::tokenizer_json;

    /// Tokens that transformers 5.24 gives (`AutoTokenizer`, class `LlamaTokenizer`, `add_prefix_space` false).
    #[test]
    fn texts_begin_without_a_space_as_in_transformers() {
        let config = r#"{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false}"#;
        let json = with_prefix_space(tokenizer_json("llama2"), Some(config));
        let tokenizer = Tokenizer::from_json(&json).unwrap();
        for (text, ids) in [
            ("Hello world", &[832, 757, 279, 767, 274, 325, 765, 764][..]),
            (" Hello", &[424, 757, 279, 767]),
            ("a b", &[758, 271]),
        ] {
            assert_eq!(tokenizer.encode(text).unwrap(), ids, "{text:?}");
            assert_eq!(tokenizer.decode(ids), text);
        }
    }

    #[test]
    fn files_of_another_shape_stay_as_they_are() {
        let config = r#"{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false}"#;
        for file in ["[]", "7", r#"{"normalizer":[1],"decoder":"x"}"#, r#"{"decoder":{"decoders":[[]]}}"#] {
            let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
            let found = with_prefix_space(file.into(), Some(config));
            assert_eq!(value(&found), value(file.as_bytes()), "{file}");
        }
    }

    #[test]
    fn only_llama_tokenizers_that_say_so_lose_the_space() {
        let file = json!({
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u{2581}"}, {"type": "Replace"}]},
            "pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "first"},
            "decoder": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "start": 1}]},
        });
        let changed = |config: &str| -> Value {
            serde_json::from_slice(&with_prefix_space(file.to_string().into_bytes(), Some(config))).unwrap()
        };
        let llama = changed(r#"{"tokenizer_class": "LlamaTokenizerFast", "add_prefix_space": false}"#);
        assert_eq!(llama["normalizer"]["normalizers"], json!([{"type": "Replace"}]));
        assert_eq!(llama["pre_tokenizer"]["prepend_scheme"], "never");
        assert_eq!(llama["decoder"]["decoders"], json!([{"type": "Fuse"}]));
        for config in [
            r#"{"tokenizer_class": "LlamaTokenizer"}"#,
            r#"{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": true}"#,
            r#"{"tokenizer_class": "PreTrainedTokenizerFast", "add_prefix_space": false}"#,
        ] {
            assert_eq!(changed(config), file, "{config}");
        }
    }
}
