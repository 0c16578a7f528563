//! Formulas within Markdown: found before Markdown is parsed, whose own marks they are full of, and carried through it between
//! private characters.

use std::borrow::Cow;

/// What stands before a formula in a line.
pub(super) const INLINE: char = '\u{F_FF00}';
/// What stands before a displayed formula.
pub(super) const DISPLAYED: char = '\u{F_FF01}';
/// What stands after a formula.
pub(super) const END: char = '\u{F_FF02}';

/// Pairs of marks around formulas, and whether those are displayed.
const MARKS: [(&str, &str, bool); 4] =
    [("\\(", "\\)", false), ("\\[", "\\]", true), ("$$", "$$", true), ("$", "$", false)];

/// Environments that are formulas without marks around them.
const ENVIRONMENTS: [&str; 7] =
    ["equation", "align", "gather", "multline", "alignat", "eqnarray", "displaymath"];

/// Markdown whose formulas stand between private characters, escaped; code is left as it is.
pub(super) fn carried(markdown: &str) -> Cow<'_, str> {
    if !["$", "\\(", "\\[", "\\begin{"].iter().any(|mark| markdown.contains(mark)) {
        return Cow::Borrowed(markdown);
    }
    let mut text = String::with_capacity(markdown.len() + markdown.len() / 2);
    let mut at = 0;
    while at < markdown.len() {
        let rest = &markdown[at..];
        let length = code_at(rest, text.is_empty() || text.ends_with('\n'));
        if length > 0 {
            text.push_str(&rest[..length]);
            at += length;
        } else if let Some(found) = formula_at(rest, text.chars().next_back()) {
            let quoted = quote_before(&text);
            text.push(if found.displayed { DISPLAYED } else { INLINE });
            escape(found.tex, quoted, &mut text);
            text.push(END);
            at += found.length;
        } else {
            // A dollar that was escaped is not a mark.
            let escaped = rest.starts_with("\\$") || rest.starts_with("\\\\");
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

struct Found<'a> {
    tex: &'a str,
    /// With its marks.
    length: usize,
    displayed: bool,
}

/// The formula that begins here.
fn formula_at(rest: &str, before: Option<char>) -> Option<Found<'_>> {
    if let Some(found) = environment_at(rest) {
        return Some(found);
    }
    let (open, close, displayed) = MARKS.into_iter().find(|(open, ..)| rest.starts_with(open))?;
    let inside = &rest[open.len()..];
    let end = close_at(inside, close)?;
    let (tex, after) = (&inside[..end], inside[end + close.len()..].chars().next());
    let too_wide = tex.contains("\n\n") || tex.trim().is_empty();
    // Sums of money are no formulas: a single dollar must hug its formula, on both sides.
    let loose = tex.starts_with(char::is_whitespace) || tex.ends_with(char::is_whitespace);
    let touched = before.is_some_and(char::is_alphanumeric) || after.is_some_and(char::is_alphanumeric);
    let is_money = open == "$" && (loose || touched || tex.contains('\n'));
    let length = open.len() + end + close.len();
    (!too_wide && !is_money).then_some(Found { tex, length, displayed })
}

/// Where `close` stands that is not escaped.
fn close_at(inside: &str, close: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = inside[at..].find(['\\', '$']) {
        let here = at + found;
        if inside[here..].starts_with(close) {
            return Some(here);
        }
        let length = if inside[here..].starts_with('\\') {
            1 + inside[here + 1..].chars().next().map_or(0, char::len_utf8)
        } else {
            1
        };
        at = here + length;
    }
    None
}

/// The environment that begins here, which is a formula by itself.
fn environment_at(rest: &str) -> Option<Found<'_>> {
    let (name, _) = rest.strip_prefix("\\begin{")?.split_once('}')?;
    if !ENVIRONMENTS.contains(&name.trim_end_matches('*')) {
        return None;
    }
    let close = format!("\\end{{{name}}}");
    let length = rest.find(&close)? + close.len();
    (!rest[..length].contains("\n\n")).then_some(Found { tex: &rest[..length], length, displayed: true })
}

/// The marks of quotations with which the line that is being written begins.
fn quote_before(text: &str) -> usize {
    let line = text.rsplit('\n').next().unwrap_or_default();
    line.chars().take_while(|c| matches!(c, '>' | ' ')).filter(|c| *c == '>').count()
}

/// A formula in one line, without the marks of quotations before its lines, with a backslash before all that Markdown could take
/// for its own.
fn escape(tex: &str, n_quotes: usize, text: &mut String) {
    let lines = tex.lines().enumerate().map(|(at, line)| {
        let mut line = line;
        for _ in 0..if at > 0 { n_quotes } else { 0 } {
            line = line.trim_start();
            line = line.strip_prefix('>').unwrap_or(line);
        }
        line.trim()
    });
    for (at, line) in lines.filter(|line| !line.is_empty()).enumerate() {
        if at > 0 {
            text.push(' ');
        }
        for c in line.chars() {
            if c.is_ascii_punctuation() {
                text.push('\\');
            }
            text.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between the private characters, unescaped.
    fn found(markdown: &str) -> Vec<(bool, String)> {
        let text = carried(markdown);
        let mut formulas = Vec::new();
        for part in text.split([INLINE, DISPLAYED]).skip(1) {
            let before = text[..part.as_ptr() as usize - text.as_ptr() as usize].chars().next_back();
            let tex = part.split(END).next().unwrap_or_default();
            let mut plain = String::new();
            let mut letters = tex.chars();
            while let Some(c) = letters.next() {
                plain.extend(if c == '\\' { letters.next() } else { Some(c) });
            }
            formulas.push((before == Some(DISPLAYED), plain));
        }
        formulas
    }

    #[test]
    fn formulas_are_found_in_all_their_marks() {
        for (markdown, displayed, tex) in [
            (r"so \(x^2 + y_1\) is", false, r"x^2 + y_1"),
            ("\\[ \\sum_{i=1}^{n} i\n= 3 \\]", true, r"\sum_{i=1}^{n} i = 3"),
            (r"$\alpha$.", false, r"\alpha"),
            (r"$$e^{i\pi}$$", true, r"e^{i\pi}"),
            (r"$5\$ + x$", false, r"5\$ + x"),
            (r"\(a \\ b\)", false, r"a \\ b"),
            ("> $$\n> a\n> b\n> $$", true, "a b"),
            ("\\begin{align*}\na &= b\n\\end{align*}", true, r"\begin{align*} a &= b \end{align*}"),
        ] {
            assert_eq!(found(markdown), [(displayed, tex.to_owned())], "{markdown}");
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
            "\\begin{itemize} a \\end{itemize}",
        ] {
            assert_eq!(carried(text), text);
        }
    }
}
