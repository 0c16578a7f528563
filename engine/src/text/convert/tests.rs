//! Converted vocabularies tokenize as the files they come from.

use proptest::prelude::*;

use super::*;
use crate::text::testing::{TOKENIZERS, recorded, tokenizer_json};

fn converted(name: &str) -> Converted {
    let json = tokenizer_json(name);
    let files = TokenizerFiles {
        tokenizer: &json,
        config: Some(
            r#"{"bos_token": "<s>", "eos_token": {"content": "</s>"}, "chat_template": "{{ bos_token }}"}"#,
        ),
        vocab_size: 1000,
        ..TokenizerFiles::default()
    };
    GgufVocabulary::from_checkpoint(&files).unwrap()
}

#[test]
fn gguf_has_words_for_all_of_them() {
    for (name, model, pre) in [
        ("llama3", "gpt2", "llama-bpe"),
        ("qwen2", "gpt2", "qwen2"),
        ("smollm", "gpt2", "smollm"),
        ("gpt2", "gpt2", "gpt-2"),
        ("llama2", "llama", "default"),
        ("gemma", "llama", "default"),
    ] {
        let Converted { vocabulary, warning } = converted(name);
        assert_eq!(warning, None, "{name}");
        assert_eq!((vocabulary.model.as_str(), vocabulary.pre.as_deref()), (model, Some(pre)));
        assert_eq!(vocabulary.tokens.len(), 1000);
        assert_eq!(vocabulary.tokens[999], "[PAD999]");
        assert_eq!(vocabulary.token_type(999), TokenType::Unused);
        assert_eq!(vocabulary.tokens[vocabulary.eos.unwrap() as usize], "</s>");
        assert_eq!(vocabulary.add_bos, Some(matches!(name, "llama3" | "llama2" | "gemma")));
        assert_eq!(vocabulary.chat_template.as_deref(), Some("{{ bos_token }}"));
    }
}

#[test]
fn recorded_texts_become_recorded_tokens() {
    let recorded = recorded();
    for name in TOKENIZERS {
        let original = Tokenizer::from_json(&tokenizer_json(name)).unwrap();
        let rebuilt = Tokenizer::from_gguf(&converted(name).vocabulary).unwrap();
        for (text, ids) in recorded.texts.iter().zip(&recorded.ids[name]) {
            assert_eq!(&original.encode(text).unwrap(), ids, "{name}: {text:?}");
            assert_eq!(&rebuilt.encode(text).unwrap(), ids, "{name} from GGUF: {text:?}");
            assert_eq!(original.encode_prompt(text).unwrap(), rebuilt.encode_prompt(text).unwrap());
            assert_eq!(original.decode(ids), rebuilt.decode(ids), "{name}: {text:?}");
        }
    }
}

#[test]
fn what_gguf_has_no_word_for_goes_in_whole() {
    let json = String::from_utf8(tokenizer_json("gpt2")).unwrap();
    let changed = json.replace(r#""use_regex":true"#, r#""use_regex":false"#);
    assert_ne!(json, changed);
    let files =
        TokenizerFiles { tokenizer: changed.as_bytes(), vocab_size: 600, ..TokenizerFiles::default() };
    let Converted { vocabulary, warning } = GgufVocabulary::from_checkpoint(&files).unwrap();
    assert_eq!(warning, Some(Warning::TokenizerInexact { what: "its pre-tokenizer".to_owned() }));
    let original = Tokenizer::from_json(changed.as_bytes()).unwrap();
    let rebuilt = Tokenizer::from_gguf(&vocabulary).unwrap();
    let text = "we've been there 1234 times";
    assert_eq!(original.encode(text).unwrap(), rebuilt.encode(text).unwrap());
}

/// Texts of the kinds that tokenizers disagree about.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-e ]{0,12}",
        "[ \\n\\t\\r]{0,6}",
        "[0-9]{0,7}",
        "(aa|ab|--|==|\\*\\*|__|▁| ){0,9}",
        "(the|er|they'll|'S|größer|é|e\u{301}|чай|東京|。|🚀|\u{a0}|\u{200b}|�){0,4}",
        "(<s>|</s>|<tool_call>|<\\|im_end\\|>|<0x41>|<)?",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

#[test]
fn any_text_becomes_the_originals_tokens() {
    let pairs: Vec<(&str, Tokenizer, Tokenizer)> = TOKENIZERS
        .into_iter()
        .map(|name| {
            let original = Tokenizer::from_json(&tokenizer_json(name)).unwrap();
            (name, original, Tokenizer::from_gguf(&converted(name).vocabulary).unwrap())
        })
        .collect();
    let mut runner = crate::text::testing::runner(400);
    runner
        .run(&texts(), |text| {
            for (name, original, rebuilt) in &pairs {
                let ids = original.encode(&text).unwrap();
                prop_assert_eq!(&ids, &rebuilt.encode(&text).unwrap(), "{}", name);
                prop_assert_eq!(original.decode(&ids), rebuilt.decode(&ids), "{}", name);
            }
            Ok(())
        })
        .unwrap();
}
