//! Which tokens of a GGUF file are control tokens, whatever type the file gives them.
//!
//! Types are written by many converters, and some give none at all, or call the end of a turn an ordinary or a user-defined
//! token. Then the marks of the template are cut into pieces, and replies do not stop. llama.cpp makes control tokens of such
//! tokens by their names; here the template counts too, since what it writes itself are marks.

use std::collections::HashSet;

use super::byte_token::byte_of;
use super::end_tokens::is_end_name;
use super::vocabulary::{GgufVocabulary, TokenType};

/// Longest mark that is looked for in a template, in bytes.
const LONGEST_MARK: usize = 64;

impl GgufVocabulary {
    /// Gives control tokens that the file types otherwise their type: tokens whose names end a turn, those of `bos`, `eos` and
    /// `eot`, and ordinary ones that the chat templates write as marks.
    pub fn settle_types(&mut self) {
        if self.types.is_empty() {
            self.types = self.types_by_spelling();
        }
        let named = [self.bos, self.eos, self.eot];
        let templates =
            self.chat_template.iter().chain(self.named_templates.iter().map(|(_, source)| source));
        let written: HashSet<String> =
            templates.flat_map(|source| marks_in(source)).map(str::to_owned).collect();
        let is_mark = |id: u32, text: &str| named.contains(&Some(id)) || written.contains(text);
        // What merging makes is text; a mark is a token that no merge leads to.
        let candidates = (0u32..).zip(&self.tokens).filter(|(id, text)| {
            self.token_type(*id) == TokenType::Normal && is_bracketed(text) && is_mark(*id, text)
        });
        let mut unmade: HashSet<&str> = candidates.map(|(_, text)| text.as_str()).collect();
        if !unmade.is_empty() {
            for merge in &self.merges {
                unmade.remove(merge.replacen(' ', "", 1).as_str());
            }
        }
        let settle = |(id, text): (u32, &String)| match self.token_type(id) {
            TokenType::Normal | TokenType::UserDefined if is_end_name(text) => Some(TokenType::Control),
            TokenType::UserDefined if named.contains(&Some(id)) && is_bracketed(text) => {
                Some(TokenType::Control)
            }
            TokenType::Normal if unmade.contains(text.as_str()) => {
                let is_control = has_bars(text) || named.contains(&Some(id)) || text == "<start_of_turn>";
                Some(if is_control { TokenType::Control } else { TokenType::UserDefined })
            }
            _ => None,
        };
        let settled: Vec<(u32, TokenType)> = (0u32..)
            .zip(&self.tokens)
            .filter_map(|(id, text)| settle((id, text)).map(|kind| (id, kind)))
            .collect();
        for (id, kind) in settled {
            if let Some(place) = self.types.get_mut(id as usize) {
                *place = kind;
            }
        }
    }

    /// Types for a file that gives none: bytes and the unknown token by their spelling.
    fn types_by_spelling(&self) -> Vec<TokenType> {
        let is_scored = self.model == "llama";
        let kind = |(id, text): (u32, &String)| match text.as_str() {
            _ if !is_scored => TokenType::Normal,
            "<unk>" if self.unknown.is_none_or(|unknown| unknown == id) => TokenType::Unknown,
            "<s>" | "</s>" => TokenType::Control,
            text if byte_of(text).is_some() => TokenType::Byte,
            _ => TokenType::Normal,
        };
        (0u32..).zip(&self.tokens).map(kind).collect()
    }
}

/// Whether a token is spelled as marks are: `<…>`, or capitals in brackets such as `[/INST]`. Code has `[0]` and `[i]`.
pub(super) fn is_bracketed(text: &str) -> bool {
    let inner = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    let is_tag =
        inner('<', '>').is_some_and(|inner| !inner.is_empty() && !inner.contains(char::is_whitespace));
    let is_capitals = inner('[', ']').is_some_and(|inner| {
        let name = inner.strip_prefix('/').unwrap_or(inner);
        name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    });
    (is_tag && byte_of(text).is_none()) || is_capitals
}

/// Whether a mark is spelled `<|…|>`, with one of the bars that models use: such are for the model alone.
fn has_bars(text: &str) -> bool {
    ['|', '｜'].iter().any(|bar| text.starts_with(&format!("<{bar}")) && text.ends_with(&format!("{bar}>")))
}

/// The stretches of a template's source that are spelled as marks.
pub(super) fn marks_in(source: &str) -> impl Iterator<Item = &str> {
    let starts = source.match_indices(['<', '[']);
    starts.flat_map(move |(start, open)| {
        let close = if open == "<" { '>' } else { ']' };
        let end =
            (start..=source.len().min(start + LONGEST_MARK)).rev().find(|end| source.is_char_boundary(*end));
        let near = &source[start..end.unwrap_or(start)];
        near.match_indices(close).map(move |(at, _)| &near[..=at]).filter(|mark| is_bracketed(mark))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(types: &[TokenType], template: &str) -> GgufVocabulary {
        let tokens = ["a", "<|im_start|>", "<|im_end|>", "<think>", "[0]", "[INST]", "<b>", "<|x|>"];
        let mut vocabulary = GgufVocabulary {
            model: "gpt2".to_owned(),
            tokens: tokens.map(str::to_owned).to_vec(),
            types: types.to_vec(),
            merges: vec!["<|x |>".to_owned()],
            chat_template: Some(template.to_owned()),
            ..GgufVocabulary::default()
        };
        vocabulary.settle_types();
        vocabulary
    }

    #[test]
    fn what_the_template_writes_is_no_ordinary_text() {
        use TokenType::{Control, Normal, UserDefined};
        let template = "{{ messages[0] }}<|im_start|>'<|im_end|>' <think>[INST]<|x|>";
        let expected = [Normal, Control, Control, UserDefined, Normal, UserDefined, Normal, Normal];
        for types in [vec![Normal; 8], Vec::new()] {
            let vocabulary = vocabulary(&types, template);
            assert_eq!(vocabulary.types, expected);
            assert_eq!(vocabulary.end_tokens(), [2]);
        }
    }

    #[test]
    fn a_user_defined_end_ends_and_other_user_defined_tokens_stay_shown() {
        use TokenType::{Control, UserDefined};
        let vocabulary = vocabulary(&[UserDefined; 8], "<|im_start|><think>");
        let mut expected = [UserDefined; 8];
        expected[2] = Control;
        assert_eq!(vocabulary.types, expected);
    }

    #[test]
    fn marks_are_found_in_a_template() {
        let found: Vec<&str> = marks_in("a < b > <|é|>x</s>[INST][i]<{{ x }}>").collect();
        assert_eq!(found, ["<|é|>", "<|é|>x</s>", "</s>", "[INST]"]);
    }
}
