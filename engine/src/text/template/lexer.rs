//! What jinja2's lexer does before it parses, and bounds that keep strangers' templates from exhausting the parser.
//!
//! jinja2 3.1, `lexer.py`: every kind of line end becomes `\n`; string literals have Python's escapes. Blocks of the tag
//! `generation`, which transformers adds, mark replies for training; for rendering they always run. Tags in strings, comments and
//! raw blocks are text.

use super::literal::string_length;
use super::percent;
use crate::text::Error;

/// Longest source in bytes; the longest real templates have 20,000.
const LONGEST_SOURCE: usize = 1 << 20;
/// Operators of one tag, each of which the parser may nest; the longest real expressions have some dozens.
const MOST_OPERATORS: usize = 500;
/// Branches of all `if` blocks together, which nest as well.
const MOST_BRANCHES: usize = 500;

/// A template's source as minijinja is to see it.
///
/// # Errors
/// [`Error::TemplateSyntax`] for sources that are too long or nest too deeply.
pub(super) fn prepared(source: &str) -> Result<String, Error> {
    if source.len() > LONGEST_SOURCE {
        return Err(refused(0, format!("it has {} bytes, of at most {LONGEST_SOURCE}", source.len())));
    }
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut lexer = Lexer { rest: &source, output: String::with_capacity(source.len()), branches: 0 };
    while lexer.step()? {}
    Ok(lexer.output)
}

fn refused(line: usize, message: String) -> Error {
    Error::TemplateSyntax { line, message }
}

struct Lexer<'s> {
    rest: &'s str,
    output: String,
    branches: usize,
}

impl<'s> Lexer<'s> {
    /// Copies text up to the next tag, and that tag; `false` at the end.
    fn step(&mut self) -> Result<bool, Error> {
        let found =
            ["{{", "{%", "{#"].into_iter().filter_map(|open| Some((self.rest.find(open)?, open))).min();
        let Some((start, open)) = found else {
            self.copy(self.rest.len());
            return Ok(false);
        };
        self.copy(start);
        match open {
            "{#" => {
                let end = self.rest.find("#}").map_or(self.rest.len(), |end| end + 2);
                self.copy(end);
            }
            _ => self.tag(if open == "{{" { "}}" } else { "%}" })?,
        }
        Ok(true)
    }

    /// Copies a tag that ends with `close`; of a raw block, all of it.
    fn tag(&mut self, close: &str) -> Result<(), Error> {
        let tag = self.extent(close)?;
        let word = tag.trim_matches(|c: char| c.is_whitespace() || "{%-+}".contains(c));
        match word {
            "raw" => {
                let end = end_of_raw(&self.rest[tag.len()..]).map_or(self.rest.len(), |end| tag.len() + end);
                self.copy(end);
                return Ok(());
            }
            "generation" => self.output.push_str(&tag.replace("generation", "if true")),
            "endgeneration" => self.output.push_str(&tag.replace("endgeneration", "endif")),
            _ => {
                let is_branch = word.starts_with("elif") || word.starts_with("else");
                self.branches += usize::from(is_branch);
                if self.branches > MOST_BRANCHES {
                    return Err(refused(self.line(), format!("it has more than {MOST_BRANCHES} branches")));
                }
                let mut plain = String::with_capacity(tag.len());
                with_plain_escapes(tag, &mut plain);
                percent::with_calls(&plain, &mut self.output);
            }
        }
        self.rest = &self.rest[tag.len()..];
        Ok(())
    }

    /// The tag that `rest` begins with, which ends with `close` outside of strings, or with the source.
    fn extent(&self, close: &str) -> Result<&'s str, Error> {
        let (mut at, mut operators, mut depth) = (2, 0, 0_usize);
        let bytes = self.rest.as_bytes();
        while at < bytes.len() {
            // An object in braces may end right before the tag does.
            if depth == 0 && self.rest[at..].starts_with(close) {
                return Ok(&self.rest[..(at + close.len()).min(bytes.len())]);
            }
            match bytes[at] {
                quote @ (b'\'' | b'"') => {
                    at += string_length(&self.rest[at..], quote);
                    continue;
                }
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'|' | b'.' | b'[' | b'(' | b'~' | b'+' | b'-' | b'*' | b'/' | b'%' | b'=' | b'<' | b'>' => {
                    operators += 1;
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    let length = self.rest[at..]
                        .find(|c: char| !c.is_alphanumeric() && c != '_')
                        .unwrap_or(self.rest.len() - at);
                    let word = &self.rest[at..at + length];
                    operators +=
                        usize::from(matches!(word, "not" | "and" | "or" | "in" | "is" | "if" | "else"));
                    at += length;
                    continue;
                }
                _ => {}
            }
            if operators > MOST_OPERATORS {
                let message = format!("one tag has more than {MOST_OPERATORS} operators");
                return Err(refused(self.line(), message));
            }
            at += self.rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        Ok(self.rest)
    }

    fn copy(&mut self, length: usize) {
        let (text, rest) = self.rest.split_at(length);
        self.output.push_str(text);
        self.rest = rest;
    }

    /// The line that is being read.
    fn line(&self) -> usize {
        self.output.matches('\n').count() + 1
    }
}

/// Where the raw block ends whose contents `rest` begins with.
fn end_of_raw(rest: &str) -> Option<usize> {
    rest.match_indices("{%").find_map(|(start, _)| {
        let end = start + rest[start..].find("%}")? + 2;
        let word = rest[start..end].trim_matches(|c: char| c.is_whitespace() || "{%-+}".contains(c));
        (word == "endraw").then_some(end)
    })
}

/// Appends a tag with the escapes in its strings that only Python knows replaced by what they stand for.
fn with_plain_escapes(tag: &str, output: &mut String) {
    let mut rest = tag;
    while let Some(start) = rest.find(['\'', '"']) {
        output.push_str(&rest[..start]);
        let length = string_length(&rest[start..], rest.as_bytes()[start]);
        let literal = rest.get(start..start + length).unwrap_or(&rest[start..]);
        escapes(literal, output);
        rest = &rest[start + literal.len()..];
    }
    output.push_str(rest);
}

/// Appends a string literal: `\U0001F600` as its character, `\a` and `\v` as theirs, a line end behind a backslash not at all.
fn escapes(literal: &str, output: &mut String) {
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        output.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let digits = after.strip_prefix('U').and_then(|digits| digits.get(..8));
        let wide = digits.and_then(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
        rest = match (after.chars().next(), wide) {
            (_, Some(c)) => {
                output.push(c);
                &after[9..]
            }
            (Some('a'), _) => {
                output.push_str("\\x07");
                &after[1..]
            }
            (Some('v'), _) => {
                output.push_str("\\x0b");
                &after[1..]
            }
            (Some('\n'), _) => &after[1..],
            (Some(c), _) => {
                output.push('\\');
                output.push(c);
                &after[c.len_utf8()..]
            }
            (None, _) => {
                output.push('\\');
                after
            }
        };
    }
    output.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_escapes_are_as_jinja2_reads_them() {
        for (source, expected) in [
            ("a\r\nb\rc\n", "a\nb\nc\n"),
            (r"{{ '\U0001F600\n' }}\U0001F600", "{{ '😀\\n' }}\\U0001F600"),
            (r#"{{ "\a\\U0001F600" }}"#, r#"{{ "\x07\\U0001F600" }}"#),
            ("{% generation %}x{%- endgeneration -%}", "{% if true %}x{%- endif -%}"),
            (
                "{% raw %}{% generation %}{% endraw %}{{ '{% generation %}' }}{# {% generation %} #}",
                "{% raw %}{% generation %}{% endraw %}{{ '{% generation %}' }}{# {% generation %} #}",
            ),
            ("{{ {'a': {'b': 1}} }}", "{{ {'a': {'b': 1}} }}"),
            ("{{ 'a", "{{ 'a"),
            ("{% raw %}{{", "{% raw %}{{"),
        ] {
            assert_eq!(prepared(source).unwrap(), expected, "{source}");
        }
    }

    #[test]
    fn sources_that_would_exhaust_the_parser_are_refused() {
        let chains = ["not ", "- ", "a ~ ", "a.", "a|b|", "a if b else ", "a and ", "(", "a["];
        for chain in chains {
            let source = format!("{{{{ {}x }}}}", chain.repeat(20_000));
            assert!(matches!(prepared(&source), Err(Error::TemplateSyntax { .. })), "{chain}");
        }
        let branches = format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(10_000));
        assert!(matches!(prepared(&branches), Err(Error::TemplateSyntax { line: 1, .. })));
        assert!(matches!(prepared(&"x".repeat(LONGEST_SOURCE + 1)), Err(Error::TemplateSyntax { .. })));
    }

    #[test]
    fn any_source_is_read_to_its_end() {
        crate::text::testing::runner(2000)
            .run(&"([{}%#'\"\\\\é\n ]|raw|endraw|generation|U0001F600){0,20}", |source| {
                let _ = prepared(&source);
                Ok(())
            })
            .unwrap();
    }
}
