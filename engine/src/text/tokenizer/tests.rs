//! The face of all tokenizers, and decoding piece by piece.

use proptest::prelude::*;

use super::*;
use crate::text::testing::{TOKENIZERS, recorded, runner, tokenizer_json};
use crate::text::{Detokenizer, GgufVocabulary, TokenType};

fn sentence_pieces() -> GgufVocabulary {
    let pieces = recorded().sentencepiece;
    GgufVocabulary {
        model: "llama".to_owned(),
        tokens: pieces.tokens,
        scores: pieces.scores,
        types: pieces.types.into_iter().map(TokenType::from_gguf).collect(),
        unknown: Some(0),
        ..GgufVocabulary::default()
    }
}

#[test]
fn a_vocabulary_with_scores_tokenizes_as_sentencepiece_does() {
    let tokenizer = Tokenizer::from_gguf(&sentence_pieces()).unwrap();
    let recorded = recorded();
    for (text, ids) in recorded.texts.iter().zip(&recorded.sentencepiece.ids) {
        let Some(ids) = ids else { continue };
        assert_eq!(&tokenizer.encode(text).unwrap(), ids, "{text:?}");
        assert_eq!(tokenizer.decode(ids), text.replace('▁', " "), "{text:?}");
    }
    assert_eq!(tokenizer.encode_prompt("").unwrap(), [1]);
}

#[test]
fn special_tokens_are_recognized_but_not_shown() {
    for name in TOKENIZERS {
        let tokenizer = Tokenizer::from_json(&tokenizer_json(name)).unwrap();
        let end = tokenizer.token_id("</s>").unwrap();
        assert_eq!(tokenizer.token_text(end).as_deref(), Some("</s>"));
        assert!(tokenizer.is_special(end) && tokenizer.is_special(u32::MAX));
        let ids = tokenizer.encode("one</s>").unwrap();
        assert_eq!(ids.last(), Some(&end), "{name}");
        assert_eq!(tokenizer.decode(&ids), "one", "{name}");
    }
}

#[test]
fn a_reply_loses_the_space_of_its_beginning_and_a_continuation_does_not() {
    let tokenizer = Tokenizer::from_gguf(&sentence_pieces()).unwrap();
    let the = tokenizer.token_id("▁the").unwrap();
    for (mut detokenizer, expected) in
        [(Detokenizer::new(), "the the"), (Detokenizer::continuing(), " the the")]
    {
        let mut text = String::new();
        detokenizer.push(&tokenizer, the, &mut text);
        detokenizer.push(&tokenizer, the, &mut text);
        detokenizer.finish(&mut text);
        assert_eq!(text, expected);
    }
}

#[test]
fn half_a_character_waits_for_its_other_half() {
    let tokenizer = Tokenizer::from_gguf(&sentence_pieces()).unwrap();
    let mut detokenizer = Detokenizer::new();
    let mut shown = Vec::new();
    for byte in "🚀".bytes().chain([0xf0, 0x9f]) {
        let mut text = String::new();
        detokenizer.push(&tokenizer, tokenizer.token_id(&format!("<0x{byte:02X}>")).unwrap(), &mut text);
        shown.push(text);
    }
    let mut rest = String::new();
    detokenizer.finish(&mut rest);
    assert_eq!(shown, ["", "", "", "🚀", "", ""]);
    assert_eq!(rest, "�");
}

#[test]
fn pieces_together_are_the_whole() {
    let tokenizers = TOKENIZERS.map(|name| Tokenizer::from_json(&tokenizer_json(name)).unwrap());
    let mut runner = runner(300);
    runner
        .run(&prop::collection::vec(0u32..1000, 0..40), |ids| {
            for tokenizer in &tokenizers {
                let mut bytes = Vec::new();
                for &id in ids.iter().filter(|id| !tokenizer.is_special(**id)) {
                    let piece = tokenizer.piece(id);
                    let first = bytes.is_empty() && tokenizer.has_space_prefix();
                    bytes.extend_from_slice(if first {
                        piece.strip_prefix(b" ").unwrap_or(piece)
                    } else {
                        piece
                    });
                    // A first token that is one space alone is dropped, and the next keeps its own.
                    if first && piece == b" " {
                        return Ok(());
                    }
                }
                prop_assert_eq!(tokenizer.decode(&ids), String::from_utf8_lossy(&bytes));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn text_comes_back_from_its_tokens() {
    let tokenizers = TOKENIZERS.map(|name| (name, Tokenizer::from_json(&tokenizer_json(name)).unwrap()));
    let mut runner = runner(300);
    runner
        .run(&"\\PC{0,30}", |text| {
            for (name, tokenizer) in &tokenizers {
                // Qwen 2 composes characters, and SentencePiece spells spaces as ▁.
                if *name == "qwen2" || text.contains('▁') || text.contains('<') {
                    continue;
                }
                prop_assert_eq!(
                    tokenizer.decode(&tokenizer.encode(&text).unwrap()),
                    text.clone(),
                    "{}",
                    name
                );
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_vocabulary_is_refused_or_tokenizes() {
    let token = prop_oneof!["[ab ▁Ġ<>]{0,3}", "<0x[0-9A-G]{2}>", "<s>", "\\PC{1,2}"];
    let vocabulary = (
        prop::collection::vec((token, -9.0f32..9.0, 0..8i32), 1..30),
        prop::collection::vec((0..30usize, 0..30usize), 0..20),
        any::<(bool, Option<bool>, Option<bool>)>(),
        prop_oneof![Just(None), Just(Some("llama-bpe")), Just(Some("qwen2")), Just(Some("falcon"))],
    );
    let cases = (vocabulary, "[ab ▁é<s>]{0,20}", prop::collection::vec(0..40u32, 0..10));
    runner(2000)
        .run(&cases, |((tokens, pairs, (byte_level, add_bos, add_space_prefix), pre), text, ids)| {
            let at = |index: usize| tokens[index % tokens.len()].0.as_str();
            let texts: std::collections::HashSet<&str> =
                tokens.iter().map(|token| token.0.as_str()).collect();
            let merges = pairs.iter().map(|&(left, right)| (at(left), at(right)));
            let merges = merges.filter(|(left, right)| texts.contains(format!("{left}{right}").as_str()));
            let vocabulary = GgufVocabulary {
                model: if byte_level { "gpt2" } else { "llama" }.to_owned(),
                pre: pre.map(str::to_owned),
                merges: merges.map(|(left, right)| format!("{left} {right}")).collect(),
                tokens: tokens.iter().map(|token| token.0.clone()).collect(),
                scores: tokens.iter().map(|token| token.1).collect(),
                types: tokens.iter().map(|token| TokenType::from_gguf(token.2)).collect(),
                bos: Some(0),
                add_bos,
                add_space_prefix,
                ..GgufVocabulary::default()
            };
            if let Ok(tokenizer) = Tokenizer::from_gguf(&vocabulary) {
                let found = tokenizer.encode_prompt(&text).unwrap();
                prop_assert!(found.iter().all(|&id| (id as usize) < tokens.len()));
                tokenizer.decode(&found);
                tokenizer.decode(&ids);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn hostile_vocabularies_are_refused() {
    let good = sentence_pieces();
    let refused = |vocabulary: GgufVocabulary| Tokenizer::from_gguf(&vocabulary).unwrap_err().to_string();
    assert_eq!(refused(GgufVocabulary::default()), "the vocabulary has no token");
    assert_eq!(
        refused(GgufVocabulary { scores: vec![0.0; 3], ..good.clone() }),
        "tokenizer.ggml.scores has 3 entries for 900 tokens"
    );
    assert_eq!(
        refused(GgufVocabulary { eos: Some(900), ..good.clone() }),
        "eos_token_id is 900, but the vocabulary has 900 tokens"
    );
    assert!(refused(GgufVocabulary { model: "bert".to_owned(), ..good.clone() }).contains("bert"));
    let merges = vec!["h e".to_owned(), "alone".to_owned()];
    assert!(
        refused(GgufVocabulary { model: "gpt2".to_owned(), merges, ..good })
            .starts_with("merge 1 is \"alone\"")
    );
    assert!(matches!(Tokenizer::from_json(b"{}"), Err(Error::TokenizerJson { .. })));
}

#[test]
fn the_beginning_of_a_text_is_put_there_once() {
    for name in ["llama3", "llama2", "gemma"] {
        let tokenizer = Tokenizer::from_json(&tokenizer_json(name)).unwrap();
        let bare = tokenizer.encode("one").unwrap();
        let whole = tokenizer.encode_prompt("one").unwrap();
        assert_ne!(bare, whole, "{name}");
        assert_eq!(tokenizer.encode_rendered("one", '\u{fdd0}').unwrap(), whole, "{name}");
        assert_eq!(tokenizer.with_beginning(whole.clone()).unwrap(), whole, "{name}");
        assert_eq!(tokenizer.beginning().unwrap(), whole[..1], "{name}");
    }
    let without = Tokenizer::from_json(&tokenizer_json("qwen2")).unwrap();
    assert!(without.beginning().unwrap().is_empty());
    assert_eq!(without.encode_rendered("one", '\u{fdd0}').unwrap(), without.encode("one").unwrap());
}
