//! jinja2's filter `wordwrap`: Python's `textwrap.wrap`, line by line.

/// Wraps every line of `text` to `width` characters, joined by `wrap`. Words that are longer are broken if `breaks_words`; words
/// break behind hyphens if `breaks_hyphens`.
pub(super) fn word_wrap(
    text: &str,
    width: usize,
    breaks_words: bool,
    wrap: &str,
    breaks_hyphens: bool,
) -> String {
    let wrapped = text.lines().map(|line| {
        let lines = wrapped(&chunks(line, breaks_hyphens), width.max(1), breaks_words);
        lines.join(wrap)
    });
    wrapped.collect::<Vec<_>>().join(wrap)
}

/// A line as words and the white space between them; words in parts behind hyphens if `breaks_hyphens`.
fn chunks(line: &str, breaks_hyphens: bool) -> Vec<&str> {
    let mut chunks = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_space = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != is_space).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        if is_space || !breaks_hyphens {
            chunks.push(chunk);
        } else {
            chunks.extend(parts(chunk));
        }
        rest = after;
    }
    chunks
}

/// A word in the parts that hyphens between letters make.
fn parts(word: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for (at, _) in word.match_indices('-') {
        if ends_in_letters(&word[start..at]) && begins_with_letters(&word[at + 1..]) {
            parts.push(&word[start..=at]);
            start = at + 1;
        }
    }
    parts.push(&word[start..]);
    parts
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_letter(c: char) -> bool {
    is_word(c) && !c.is_numeric()
}

/// Whether a text ends in two word characters, the last of them not a digit.
fn ends_in_letters(text: &str) -> bool {
    let mut chars = text.chars().rev();
    chars.next().is_some_and(is_letter) && chars.next().is_some_and(is_word)
}

/// Whether a text begins with at least two word characters of which a later one is not a digit.
fn begins_with_letters(text: &str) -> bool {
    text.chars().take_while(|c| is_word(*c)).skip(1).any(is_letter)
}

fn wrapped(chunks: &[&str], width: usize, breaks_words: bool) -> Vec<String> {
    let count = |text: &str| text.chars().count();
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut length) = (Vec::new(), 0);
    let mut open: Vec<&str> = chunks.iter().rev().copied().collect();
    while let Some(chunk) = open.pop() {
        // White space begins no line but the first.
        if line.is_empty() && !lines.is_empty() && chunk.trim().is_empty() {
            continue;
        }
        if length + count(chunk) <= width {
            length += count(chunk);
            line.push(chunk);
            continue;
        }
        if count(chunk) > width {
            let room = if breaks_words { (width - length).max(usize::from(line.is_empty())) } else { 0 };
            let cut = chunk.char_indices().nth(room).map_or(chunk.len(), |(at, _)| at);
            if room > 0 {
                line.push(&chunk[..cut]);
                open.push(&chunk[cut..]);
            } else if line.is_empty() {
                line.push(chunk);
            } else {
                open.push(chunk);
            }
        } else {
            open.push(chunk);
        }
        push_line(&mut lines, &mut line);
        length = 0;
    }
    push_line(&mut lines, &mut line);
    lines
}

/// Adds a line without the white space at its end, if there is any of it.
fn push_line(lines: &mut Vec<String>, line: &mut Vec<&str>) {
    while line.last().is_some_and(|chunk| chunk.trim().is_empty()) {
        line.pop();
    }
    if !line.is_empty() {
        lines.push(line.concat());
    }
    line.clear();
}
