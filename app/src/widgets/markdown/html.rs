//! The few tags of HTML that replies use: read from raw HTML, the rest dropped with their text kept.

/// Names of HTML's elements. A tag of another name, as in `List<String>`, is text.
const ELEMENTS: &str = " a abbr address article aside audio b blockquote body br button caption center cite code col colgroup \
     data dd del details dfn dialog div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr \
     html i iframe img input ins kbd label legend li link main mark meta nav object ol optgroup option output p picture pre \
     progress q s samp script section select small source span strike strong style sub summary sup svg table tbody td \
     template textarea tfoot th thead time title tr tt u ul var video wbr ";

/// A part of raw HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Markup<'a> {
    /// Words between tags.
    Words(&'a str),
    /// A tag that opens, by name in its own case.
    Open(&'a str),
    /// A tag that closes.
    Close(&'a str),
}

/// The parts of raw HTML in order; comments are left out.
pub(super) fn markups(html: &str) -> Vec<Markup<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (words, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !words.is_empty() {
            found.push(Markup::Words(words));
        }
        let (markup, length) = tag_at(tag);
        found.extend(markup);
        rest = &tag[length..];
    }
    found
}

/// The tag that begins here, and its length.
fn tag_at(tag: &str) -> (Option<Markup<'_>>, usize) {
    let Some(inside) = tag.strip_prefix('<') else { return (None, 0) };
    if let Some(comment) = inside.strip_prefix("!--") {
        // A comment that is still open hides what follows.
        return (None, comment.find("-->").map_or(tag.len(), |end| end + 7));
    }
    let Some(end) = inside.find('>') else { return (Some(Markup::Words(tag)), tag.len()) };
    let (whole, length) = (&tag[..end + 2], end + 2);
    let (name, closes) = match inside.strip_prefix('/') {
        Some(name) => (name, true),
        None => (inside, false),
    };
    let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
    let is_element = !name.is_empty() && ELEMENTS.contains(&format!(" {} ", name.to_ascii_lowercase()));
    match (is_element, closes) {
        (false, _) => (Some(Markup::Words(whole)), length),
        (true, false) => (Some(Markup::Open(name)), length),
        (true, true) => (Some(Markup::Close(name)), length),
    }
}

/// By how much raw HTML opens more folds than it closes.
pub(super) fn folds_opened(html: &str) -> isize {
    let count = |markup: &Markup<'_>| match markup {
        Markup::Open(name) if name.eq_ignore_ascii_case("details") => 1,
        Markup::Close(name) if name.eq_ignore_ascii_case("details") => -1,
        _ => 0,
    };
    markups(html).iter().map(count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_words_and_comments_are_told_apart() {
        let html = "a<b class=\"x\">c</b><!-- gone -->d List<String> <br/>";
        let expected = [
            Markup::Words("a"),
            Markup::Open("b"),
            Markup::Words("c"),
            Markup::Close("b"),
            Markup::Words("d List"),
            Markup::Words("<String>"),
            Markup::Words(" "),
            Markup::Open("br"),
        ];
        assert_eq!(markups(html), expected);
        assert_eq!(markups("<!-- open"), []);
        assert_eq!(markups("<b"), [Markup::Words("<b")]);
        assert_eq!(folds_opened("<details>\n<summary>x</summary>"), 1);
    }
}
