//! Recognition of special tokens in a text, for vocabularies that the crate tokenizers does not support.

use std::collections::{HashMap, HashSet};

/// Tokens that are recognized whole wherever they occur; the longest one at each position.
#[derive(Debug, Default)]
pub(super) struct SpecialTokens {
    tokens: HashMap<Box<str>, Special>,
    /// Lengths of the tokens, longest first.
    lengths: Vec<usize>,
    /// Whether a token begins with each byte.
    first_bytes: Vec<bool>,
}

/// One special token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Special {
    /// Id of the token.
    pub(super) id: u32,
    /// Whether it strips the white space after it.
    pub(super) strips_right: bool,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Ordinary text, not empty.
    Text(&'a str),
    /// A special token.
    Token(u32),
}

impl SpecialTokens {
    /// The tokens of these texts; the first of equal texts is used, and empty ones are ignored.
    pub(super) fn new(tokens: impl Iterator<Item = (Box<str>, Special)>) -> Self {
        let mut map = HashMap::new();
        for (text, special) in tokens.filter(|(text, _)| !text.is_empty()) {
            map.entry(text).or_insert(special);
        }
        let mut lengths: Vec<usize> = map.keys().map(|text| text.len()).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        let firsts: HashSet<u8> = map.keys().map(|text| text.as_bytes()[0]).collect();
        let first_bytes = (0..=u8::MAX).map(|byte| firsts.contains(&byte)).collect();
        Self { tokens: map, lengths, first_bytes }
    }

    /// Splits `text` into special tokens and the text between them.
    pub(super) fn split<'a>(&self, text: &'a str) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        let (mut done, mut at) = (0, 0);
        while at < text.len() {
            let Some((special, length)) = self.at(text, at) else {
                at += 1;
                continue;
            };
            if done < at {
                parts.push(Part::Text(&text[done..at]));
            }
            parts.push(Part::Token(special.id));
            at += length;
            if special.strips_right {
                at = text.len() - text[at..].trim_start().len();
            }
            done = at;
        }
        if done < text.len() {
            parts.push(Part::Text(&text[done..]));
        }
        parts
    }

    /// All tokens with their ids, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.tokens.iter().map(|(text, special)| (&**text, special.id))
    }

    /// Whether a token begins at byte `at`.
    pub(super) fn begins_at(&self, text: &str, at: usize) -> bool {
        self.at(text, at).is_some()
    }

    /// The longest token at byte `at`, with its length.
    fn at(&self, text: &str, at: usize) -> Option<(Special, usize)> {
        if !self.first_bytes.get(usize::from(text.as_bytes()[at])).copied().unwrap_or(false) {
            return None;
        }
        self.lengths.iter().find_map(|&length| {
            let special = self.tokens.get(text.get(at..at + length)?)?;
            Some((*special, length))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(list: &[(&str, u32, bool)]) -> SpecialTokens {
        SpecialTokens::new(
            list.iter().map(|&(text, id, strips_right)| (text.into(), Special { id, strips_right })),
        )
    }

    #[test]
    fn the_longest_token_wins_and_text_stays_between() {
        let special = tokens(&[("<a>", 1, false), ("<a><b>", 2, false), ("é", 3, false)]);
        let parts = special.split("x<a><b>é <a>y");
        let expected = [
            Part::Text("x"),
            Part::Token(2),
            Part::Token(3),
            Part::Text(" "),
            Part::Token(1),
            Part::Text("y"),
        ];
        assert_eq!(parts, expected);
        assert_eq!(special.split(""), []);
        assert_eq!(SpecialTokens::default().split("é"), [Part::Text("é")]);
    }

    #[test]
    fn a_token_may_swallow_the_white_space_after_it() {
        let special = tokens(&[("<u>", 7, true)]);
        assert_eq!(special.split("<u> \n hi"), [Part::Token(7), Part::Text("hi")]);
        assert_eq!(special.split("<u>\n"), [Part::Token(7)]);
    }
}
