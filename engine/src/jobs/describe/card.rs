//! The card of a repository as Markdown to read: without the block of keys at its head, and without HTML.
//!
//! Cards are full of HTML for pictures, badges and centered headings, of which a reader of Markdown sees only the marks.

/// `card` without the block of keys between two lines of dashes at its head, and without comments and tags outside of code.
pub(super) fn readable(card: &str) -> String {
    let mut text = String::with_capacity(card.len());
    let mut in_code = false;
    for line in without_comments(without_head(card)).lines() {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        in_code ^= is_fence;
        if in_code || is_fence {
            text.push_str(line);
        } else {
            push_without_tags(&mut text, line);
        }
        text.push('\n');
    }
    text.trim().to_owned()
}

fn without_head(card: &str) -> &str {
    let rest = card.strip_prefix("---").and_then(|rest| rest.split_once("\n---")).map(|(_, rest)| rest);
    rest.map_or(card, |rest| rest.trim_start_matches('-')).trim_start()
}

fn without_comments(card: &str) -> String {
    let mut text = String::with_capacity(card.len());
    let mut rest = card;
    while let Some((before, after)) = rest.split_once("<!--") {
        text.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

/// Appends `line` without its tags; what stands between backticks stays, and so does a `<` that begins no tag, as in `a < b`.
fn push_without_tags(text: &mut String, line: &str) {
    let mut rest = line;
    let mut in_code = false;
    while let Some(at) = rest.find(['<', '`']) {
        text.push_str(&rest[..at]);
        let (mark, after) = rest[at..].split_at(1);
        let begins_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let is_address = ["http://", "https://", "mailto:"].iter().any(|start| after.starts_with(start));
        match after.split_once('>') {
            Some((_, behind)) if mark == "<" && begins_tag && !is_address && !in_code => rest = behind,
            _ => {
                in_code ^= mark == "`";
                text.push_str(mark);
                rest = after;
            }
        }
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_begins_after_its_keys() {
        assert_eq!(readable("---\nlicense: mit\n---\n\n# A\n---\nb"), "# A\n---\nb");
        assert_eq!(readable("# A\n\n---\nb"), "# A\n\n---\nb");
        assert_eq!(readable("---\r\na: b\r\n---\r\nText"), "Text");
        assert_eq!(readable(""), "");
    }

    #[test]
    fn html_is_left_out_where_it_is_no_code() {
        assert_eq!(readable("<p align=\"center\">\n<img src=\"x\">\n</p>\n# A<br>\nb"), "# A\nb");
        assert_eq!(readable("a<!-- hidden\nlines -->b"), "ab");
        assert_eq!(
            readable("`<s>` is a token, 1 < 2, <https://x.y>"),
            "`<s>` is a token, 1 < 2, <https://x.y>"
        );
        assert_eq!(readable("```html\n<b>\n```\n<b>c</b>"), "```html\n<b>\n```\nc");
        assert_eq!(readable("a <unfinished"), "a <unfinished");
    }
}
