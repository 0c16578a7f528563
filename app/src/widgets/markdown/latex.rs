//! Formulas in replies, made readable: the common commands of LaTeX as Unicode, in line with the text.
//!
//! `\frac{a}{b}` becomes a/b and `x^2` becomes x². What has no sign of its own keeps its name, so nothing is lost; a true
//! typesetter of formulas is not attempted.

mod signs;

use std::borrow::Cow;

use signs::{sign_of, subscript, superscript};

/// Deepest nesting of groups that is followed.
const DEEPEST: usize = 24;

/// Pairs of marks around formulas.
const MARKS: [(&str, &str); 4] = [("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")];

/// Markdown with its formulas written in Unicode; code is left as it is.
pub(super) fn readable(markdown: &str) -> Cow<'_, str> {
    if !markdown.contains('$') && !markdown.contains("\\(") && !markdown.contains("\\[") {
        return Cow::Borrowed(markdown);
    }
    let mut text = String::with_capacity(markdown.len());
    let mut at = 0;
    while at < markdown.len() {
        let rest = &markdown[at..];
        let length = code_at(rest, text.is_empty() || text.ends_with('\n'));
        if length > 0 {
            text.push_str(&rest[..length]);
            at += length;
        } else if let Some((formula, length)) = formula_at(rest, text.chars().next_back()) {
            escape(&in_unicode(formula), &mut text);
            at += length;
        } else {
            // A dollar that was escaped is not a mark.
            let escaped = rest.starts_with("\\$");
            let length = if escaped { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
            text.push_str(&rest[..length]);
            at += length;
        }
    }
    Cow::Owned(text)
}

/// The length of the code that begins here: a fence with its lines, or words in backticks.
fn code_at(rest: &str, line_begins: bool) -> usize {
    let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~')).unwrap_or(' ');
    let ticks = rest.chars().take_while(|c| *c == mark).count();
    if mark == ' ' || (mark == '~' && ticks < 3) {
        return 0;
    }
    let is_fence = ticks >= 3 && line_begins;
    let closing = if is_fence { format!("\n{}", &rest[..ticks]) } else { rest[..ticks].to_owned() };
    match rest[ticks..].find(&closing) {
        // Words in backticks stand in one paragraph.
        Some(inside) if is_fence || !rest[ticks..][..inside].contains("\n\n") => {
            ticks + inside + closing.len()
        }
        // A fence that is still open goes on to the end.
        None if is_fence => rest.len(),
        _ => ticks,
    }
}

/// The formula that begins here, without its marks, and its length with them.
fn formula_at(rest: &str, before: Option<char>) -> Option<(&str, usize)> {
    let (open, close) = MARKS.into_iter().find(|(open, _)| rest.starts_with(open))?;
    let inside = &rest[open.len()..];
    let end = inside.find(close)?;
    let (formula, after) = (&inside[..end], inside[end + close.len()..].chars().next());
    let too_wide = formula.contains("\n\n") || formula.trim().is_empty();
    // Sums of money are no formulas: a single dollar must hug its formula, on both sides.
    let loose = formula.starts_with(char::is_whitespace) || formula.ends_with(char::is_whitespace);
    let touched = before.is_some_and(char::is_alphanumeric) || after.is_some_and(char::is_alphanumeric);
    let is_money = open == "$" && (loose || touched || formula.contains('\n'));
    (!too_wide && !is_money).then_some((formula, open.len() + end + close.len()))
}

/// Signs that Markdown would take for its own get a backslash.
fn escape(words: &str, text: &mut String) {
    for c in words.trim().chars() {
        if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
}

/// A formula in Unicode.
fn in_unicode(formula: &str) -> String {
    let mut reader = Reader { rest: formula, depth: 0 };
    let text = reader.until_closed();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<char> {
        let first = self.rest.chars().next()?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    /// Everything up to the brace that closes the present group, or the end.
    fn until_closed(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.take() {
            match c {
                '}' => break,
                '{' => text.push_str(&self.nested()),
                '\\' => self.command(&mut text),
                '^' => text.push_str(&raised(&self.argument(), superscript, '^')),
                '_' => text.push_str(&raised(&self.argument(), subscript, '_')),
                '&' | '~' => text.push(' '),
                '\'' => text.push('′'),
                '-' => text.push('−'),
                c if c.is_whitespace() => {
                    if !text.is_empty() && !text.ends_with(char::is_whitespace) {
                        text.push(' ');
                    }
                }
                c => text.push(c),
            }
        }
        text
    }

    fn nested(&mut self) -> String {
        if self.depth >= DEEPEST {
            return String::new();
        }
        self.depth += 1;
        let text = self.until_closed();
        self.depth -= 1;
        text
    }

    /// The group, command or sign that comes next.
    fn argument(&mut self) -> String {
        self.rest = self.rest.trim_start();
        match self.take() {
            Some('{') => self.nested(),
            Some('\\') => {
                let mut text = String::new();
                self.depth += 1;
                if self.depth < DEEPEST {
                    self.command(&mut text);
                }
                self.depth -= 1;
                text
            }
            Some(c) => c.to_string(),
            None => String::new(),
        }
    }

    fn command(&mut self, text: &mut String) {
        let length = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        match name {
            "" => match self.take() {
                Some('\\') => text.push('\n'),
                Some(',' | ';' | ':' | '!' | ' ') => text.push(' '),
                Some(c) => text.push(c),
                None => {}
            },
            "frac" | "dfrac" | "tfrac" => {
                let (above, below) = (self.argument(), self.argument());
                text.extend([grouped(&above).as_str(), "/", &grouped(&below)]);
            }
            "sqrt" => {
                let root =
                    self.option().and_then(|degree| raised_all(&degree, superscript)).unwrap_or_default();
                let inside = self.argument();
                text.extend([root.as_str(), "√", &grouped(&inside)]);
            }
            "text" | "mathrm" | "mathbf" | "mathit" | "mathsf" | "mathcal" | "boldsymbol"
            | "operatorname" | "textbf" | "boxed" => text.push_str(&self.argument()),
            "mathbb" => {
                let letter = self.argument();
                text.push_str(sign_of(&format!("mathbb {letter}")).unwrap_or(&letter));
            }
            "hat" | "bar" | "vec" | "tilde" | "dot" | "overline" => {
                text.push_str(&self.argument());
                text.push_str(sign_of(name).unwrap_or_default());
            }
            "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "displaystyle" | "limits" => {
                if self.rest.starts_with('.') {
                    self.take();
                }
            }
            "begin" | "end" => drop(self.argument()),
            "quad" | "qquad" => text.push_str("  "),
            name => text.push_str(sign_of(name).unwrap_or(name)),
        }
    }

    /// What stands in square brackets here.
    fn option(&mut self) -> Option<String> {
        let (inside, rest) = self.rest.strip_prefix('[')?.split_once(']')?;
        self.rest = rest;
        Some(inside.to_owned())
    }
}

/// A part of a fraction: in parentheses, if it is more than one thing.
fn grouped(text: &str) -> String {
    let simple = text.chars().all(char::is_alphanumeric) || text.chars().count() <= 1;
    if simple { text.to_owned() } else { format!("({})", text.trim()) }
}

/// Raised or lowered signs where all of them exist; otherwise with the mark, grouped.
fn raised(text: &str, sign: fn(char) -> Option<char>, mark: char) -> String {
    let single = text.chars().count() <= 1;
    let plain = || if single { format!("{mark}{text}") } else { format!("{mark}({})", text.trim()) };
    raised_all(text, sign).unwrap_or_else(plain)
}

fn raised_all(text: &str, sign: fn(char) -> Option<char>) -> Option<String> {
    text.chars().filter(|c| *c != ' ').map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_readable() {
        for (latex, expected) in [
            (r"\(x^2 + y_1 \leq \frac{a}{b+c}\)", "x² + y₁ ≤ a/(b+c)"),
            (r"\[ \sum_{i=1}^{n} i = \frac{n(n+1)}{2} \]", "∑ᵢ₌₁ⁿ i = (n(n+1))/2"),
            (r"$\alpha \cdot \sqrt{x+1} \to \infty$", "α · √(x+1) → ∞"),
            (r"$$e^{i\pi} + 1 = 0$$", "e^(iπ) + 1 = 0"),
            (r"\(\mathbb{R}^3 \ni \vec{v}, \text{if } v \neq 0\)", "ℝ³ ∋ v⃗, if v ≠ 0"),
            (r"\(\sqrt[3]{8} = 2\)", "³√8 = 2"),
            (r"\(\left\{ x \in A \right\}\)", "{ x ∈ A }"),
            (r"\(\unknown x\)", "unknown x"),
        ] {
            assert_eq!(readable(latex), expected, "{latex}");
        }
    }

    #[test]
    fn money_code_and_open_formulas_stay() {
        for text in [
            "It costs $5 and $10, or US$3.",
            "Use `$x$` and `\\(y\\)`",
            "```sh\necho $HOME $USER\n```",
            "```\n$a$ still open",
            "so far \\(x + ",
            "an escaped \\$5 and \\$6",
        ] {
            assert_eq!(readable(text), text);
        }
    }

    #[test]
    fn what_markdown_would_take_for_its_own_is_escaped() {
        assert_eq!(readable(r"\(a * b_{xyz} * c\)"), r"a \* b\_(xyz) \* c");
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = format!("\\({}x{}\\)", "\\frac{".repeat(5000), "}{y}".repeat(5000));
        assert!(readable(&deep).len() < 100_000);
        assert!(!readable(&format!("\\({}\\)", "^".repeat(5000))).is_empty());
    }
}
