//! Conversion to GGUF's `llama`: SentencePiece pairs, from a `tokenizer.json` whose merges are ranked.

use std::collections::HashSet;

use serde_json::Value;

use super::definition::{Added, Definition};
use super::scores::scores_of;
use super::{Inexact, tokens_of};
use crate::text::byte_token::byte_of;
use crate::text::{Error, GgufVocabulary, TokenType};

/// Score of tokens that text never encodes to; llama.cpp's converter writes the same.
const UNREACHED: f32 = -1000.0;

/// Converts scored pieces, GGUF's `llama`.
pub(super) fn vocabulary(
    definition: &Definition,
    vocab_size: usize,
    inexact: &mut Inexact,
) -> Result<GgufVocabulary, Error> {
    if !definition.model.byte_fallback {
        return Err(Error::UnknownVocabulary { model: "BPE without bytes".to_owned() });
    }
    let space_prefix = space_prefix(definition, inexact);
    let (mut tokens, mut types) = tokens_of(definition, vocab_size);
    retype(definition, &mut tokens, &mut types, inexact);
    let of_type = |wanted: TokenType| {
        tokens.iter().zip(&types).filter(move |(_, kind)| **kind == wanted).map(|(text, _)| text.as_str())
    };
    let ordinary: HashSet<&str> = of_type(TokenType::Normal).collect();
    inexact.add(of_type(TokenType::Byte).count() < 256, "bytes without a token");
    inexact.add(definition.model.ignore_merges, "its shortcut around merging");
    let scores = scores_of(&definition.model, &ordinary);
    inexact.add(!scores.is_exact, "the order of its merges");
    let score = |(text, kind): (&String, &TokenType)| match kind {
        TokenType::Normal => scores.by_token.get(text).copied().unwrap_or(scores.lowest),
        TokenType::Byte | TokenType::Unknown => 0.0,
        _ => UNREACHED,
    };
    let scores = tokens.iter().zip(&types).map(score).collect();
    Ok(GgufVocabulary {
        model: "llama".to_owned(),
        pre: Some("default".to_owned()),
        add_space_prefix: Some(space_prefix),
        scores,
        tokens,
        types,
        ..GgufVocabulary::default()
    })
}

/// Sets the GGUF types of bytes, the unknown token and added tokens that spell spaces.
fn retype(definition: &Definition, tokens: &mut [String], types: &mut [TokenType], inexact: &mut Inexact) {
    let unmergeable: HashSet<u32> = definition.added_tokens.iter().map(|token| token.id).collect();
    let merged: HashSet<String> = definition
        .model
        .merges
        .iter()
        .filter_map(|merge| merge.parts())
        .map(|(left, right)| format!("{left}{right}"))
        .collect();
    for (index, (text, kind)) in tokens.iter_mut().zip(types).enumerate() {
        let is_added = unmergeable.contains(&(index as u32));
        if *kind == TokenType::Normal && byte_of(text).is_some() {
            *kind = TokenType::Byte;
        } else if is_added && definition.model.unk_token.as_ref() == Some(text) {
            *kind = TokenType::Unknown;
        } else if *kind == TokenType::UserDefined && text.contains('▁') {
            // Written text has spaces where this token has ▁, so it is never recognized whole; merging may make it.
            if merged.contains(text) {
                *kind = TokenType::Normal;
            } else {
                *text = text.replace('▁', " ");
                inexact.add(true, "added tokens that spell spaces as the vocabulary does");
            }
        }
    }
}

/// Whether a space is prepended to a text, according to normalizer or pre-tokenizer.
fn space_prefix(definition: &Definition, inexact: &mut Inexact) -> bool {
    let normalizer = &definition.normalizer;
    let single = std::slice::from_ref(normalizer);
    let steps = match normalizer.get("normalizers").and_then(Value::as_array) {
        Some(steps) => steps.as_slice(),
        None if normalizer.is_null() => &[],
        None => single,
    };
    let text = |step: &Value, path: &str| step.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let (mut prefix, mut replaces, mut others) = (false, false, false);
    for step in steps {
        match text(step, "/type").as_deref() {
            Some("Prepend") if text(step, "/prepend").as_deref() == Some("▁") && !replaces => prefix = true,
            Some("Replace")
                if text(step, "/pattern/String").as_deref() == Some(" ")
                    && text(step, "/content").as_deref() == Some("▁") =>
            {
                replaces = true;
            }
            _ => others = true,
        }
    }
    inexact.add(others, "its normalizer");
    let is_normalized = |token: &Added| token.normalized && (prefix || token.content.contains(' '));
    inexact.add(definition.added_tokens.iter().any(is_normalized), "special tokens that are normalized");
    match text(&definition.pre_tokenizer, "/type").as_deref() {
        None => inexact.add(!replaces, "its spelling of spaces"),
        // Cuts at spaces, of which the normalizer has left none.
        Some("Split")
            if replaces && text(&definition.pre_tokenizer, "/pattern/String").as_deref() == Some(" ") => {}
        Some("Metaspace") => {
            let scheme = text(&definition.pre_tokenizer, "/prepend_scheme");
            prefix |= scheme.as_deref() != Some("never");
            // It puts no space before a text that begins with one, and may put one before the first text only.
            inexact.add(scheme.as_deref() != Some("never"), "where it puts spaces");
            let splits = definition.pre_tokenizer.get("split").and_then(Value::as_bool).unwrap_or(true);
            inexact.add(splits, "its pre-tokenizer");
        }
        Some(_) => inexact.add(true, "its pre-tokenizer"),
    }
    prefix
}
