//! Tokens that only the files beside `tokenizer.json` name; expected ids are those of transformers 5.24.

use super::*;
use crate::text::testing::tokenizer_json;
use crate::text::{ChatTemplates, Converted, GgufVocabulary, Tokenizer};

const CONFIG: &str = r#"{"bos_token": "<s>", "eos_token": {"content": "<|done|>"}, "pad_token": null,
    "image_token": "<image>", "add_bos_token": true, "added_tokens_decoder": {
        "900": {"content": "<|im_end|>", "special": true, "normalized": false},
        "901": {"content": "<tool>", "special": false}},
    "additional_special_tokens": ["<extra>", {"__type": "AddedToken", "content": "<more>", "rstrip": true}]}"#;

/// Tokenizer, end tokens, and the tokenizer of the GGUF file made from all.
fn read(files: TokenizerFiles<'_>) -> (Tokenizer, Vec<u32>, Tokenizer) {
    let json = tokenizer_json("smollm");
    let files = TokenizerFiles { tokenizer: &json, vocab_size: 1000, ..files };
    let Converted { mut vocabulary, .. } = GgufVocabulary::from_checkpoint(&files).unwrap();
    vocabulary.settle_types();
    let rebuilt = Tokenizer::from_gguf(&vocabulary).unwrap();
    (Tokenizer::from_files(&files).unwrap(), files.end_tokens().unwrap(), rebuilt)
}

#[test]
fn tokens_that_only_the_configuration_names_are_recognized_whole() {
    let (tokenizer, ends, rebuilt) =
        read(TokenizerFiles { config: Some(CONFIG), ..TokenizerFiles::default() });
    let expected = [
        ("<|im_end|>", 602),
        ("<tool>", 604),
        ("<|done|>", 605),
        ("<image>", 606),
        ("<extra>", 607),
        ("<more>", 608),
    ];
    for (text, id) in expected {
        assert_eq!(tokenizer.encode(text).unwrap(), [id], "{text}");
        assert_eq!(rebuilt.encode(text).unwrap(), [id], "{text} from GGUF");
        assert_eq!(tokenizer.is_special(id), text != "<tool>", "{text}");
    }
    assert_eq!(ends, [602]);
}

#[test]
fn older_files_name_tokens_too() {
    let files = TokenizerFiles {
        config: Some(r#"{"bos_token": "</s>", "unk_token": "<unk>"}"#),
        special_tokens_map: Some(r#"{"bos_token": "<s>", "eos_token": {"content": "<|im_end|>"}}"#),
        added_tokens: Some(r#"{"<|im_end|>": 700, "<plain>": 701}"#),
        ..TokenizerFiles::default()
    };
    let (tokenizer, ends, _) = read(files);
    assert_eq!(tokenizer.encode("<|im_end|><plain>").unwrap(), [602, 604]);
    assert!(tokenizer.is_special(602) && !tokenizer.is_special(604));
    assert_eq!(ends, [602]);
    let special = ChatTemplates::from_checkpoint(&files).unwrap().special;
    let text = |name: &str| special.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
    assert_eq!(
        [text("bos_token"), text("eos_token"), text("unk_token")],
        [Some("<s>"), Some("<|im_end|>"), Some("<unk>")]
    );
}

#[test]
fn tokens_that_take_long_to_look_for_are_refused() {
    assert!(check_lengths(std::iter::repeat_n("a", 100_000)).is_ok());
    let long = "a".repeat(20_000);
    assert!(matches!(check_lengths([long.as_str()].into_iter()), Err(Error::LongTokens { bytes: 20_000 })));
    let config = format!("{{\"additional_special_tokens\": [\"{long}\"]}}");
    let json = tokenizer_json("smollm");
    let files = TokenizerFiles { tokenizer: &json, config: Some(&config), ..TokenizerFiles::default() };
    assert!(matches!(Tokenizer::from_files(&files), Err(Error::LongTokens { .. })));
}
