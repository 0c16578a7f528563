//! Words, `::` and signs of a file of Rust, without comments, texts and numbers.

/// One token of code; what is not needed to read imports is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// An identifier or a keyword; `r#` is taken off.
    Word(&'a str),
    /// Path separator, two colons.
    Separator,
    /// Any other single character that is not white space.
    Sign(char),
}

/// The tokens of `code` in their order. Comments, string and character literals, lifetimes and numbers are skipped.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut rest = code;
    let mut found = Vec::new();
    while let Some(c) = rest.chars().next() {
        if let Some(length) = skipped(rest, c) {
            rest = &rest[length..];
        } else if c.is_alphabetic() || c == '_' {
            let length = word_length(rest);
            found.push(Token::Word(&rest[..length]));
            rest = &rest[length..];
        } else if let Some(after) = rest.strip_prefix("::") {
            found.push(Token::Separator);
            rest = after;
        } else {
            found.push(Token::Sign(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    found
}

/// Number of bytes at the start of `rest`, which begins with `c`, that are no token; `None` if one begins here.
fn skipped(rest: &str, c: char) -> Option<usize> {
    if c.is_whitespace() {
        return Some(c.len_utf8());
    }
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    if c.is_ascii_digit() {
        return Some(word_length(rest));
    }
    if c == '\'' {
        return Some(quote(rest));
    }
    let marks = rest.trim_start_matches(['b', 'c', 'r']);
    let prefix = &rest[..rest.len() - marks.len()];
    if !["", "b", "c", "r", "br", "cr"].contains(&prefix) {
        return None;
    }
    let hashes = marks.len() - marks.trim_start_matches('#').len();
    if prefix.ends_with('r') && marks[hashes..].starts_with('"') {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = prefix.len() + hashes + 1;
        return Some(rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len()));
    }
    if prefix == "r" && hashes == 1 {
        return Some(2);
    }
    if let Some(text) = marks.strip_prefix('"') {
        return Some(prefix.len() + 1 + text_length(text, '"'));
    }
    let byte = marks.strip_prefix('\'').filter(|_| prefix == "b")?;
    Some(2 + text_length(byte, '\''))
}

/// Bytes of a word, or of a number.
fn word_length(rest: &str) -> usize {
    rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
}

/// Bytes of a literal after its opening quote, up to and with its closing one.
fn text_length(rest: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        if !escaped && c == end {
            return at + c.len_utf8();
        }
        escaped = !escaped && c == '\\';
    }
    rest.len()
}

/// Bytes of a character literal or of a lifetime.
fn quote(rest: &str) -> usize {
    let mut after = rest.chars().skip(1);
    let (first, second) = (after.next(), after.next());
    if first == Some('\\') || second == Some('\'') {
        1 + text_length(&rest[1..], '\'')
    } else {
        1 + word_length(&rest[1..])
    }
}

/// Bytes of a block comment; such comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while let Some(found) = rest[at..].find(['/', '*']) {
        at += found;
        if rest[at..].starts_with("/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if rest[at..].starts_with("*/") {
            (at, depth) = (at + 2, depth - 1);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

#[test]
fn literals_and_comments_are_no_words() {
    let code = r##"a /* b /* c */ d */ "e \" f" r#"g " h"# 'i' '\'' 'j: b'k' b"l" r#m 1.0e5 n::o // p"##;
    let words: Vec<&str> = tokens(code)
        .into_iter()
        .filter_map(|token| if let Token::Word(word) = token { Some(word) } else { None })
        .collect();
    assert_eq!(words, ["a", "m", "n", "o"]);
    assert!(tokens("a::b").contains(&Token::Separator));
}
