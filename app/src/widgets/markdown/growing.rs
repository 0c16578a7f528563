//! A text that grows: what can no longer change is parsed once, and only its last block anew at every step.

use pulldown_cmark::{Event, Parser};

use super::Block;
use super::formulas::carried;
use super::html::folds_opened;
use super::parse::{OPTIONS, parse_carried};

/// The text so far with its formulas carried between private characters, parsed. Links that a later line explains stay as they are written until the
/// text is whole and [`super::parse::parse`] reads it at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Growing {
    text: String,
    blocks: Vec<Block>,
    /// How many bytes of the text can no longer change what they mean, and how many blocks they are.
    done: (usize, usize),
}

impl Growing {
    /// The blocks of `text`, whether it continues the text of the call before or is another one. A formula that ends changes
    /// what it looked like before, so the text is another one then.
    pub(super) fn blocks(&mut self, text: &str) -> &[Block] {
        let text = carried(text);
        if !text.starts_with(self.text.as_str()) {
            *self = Self::default();
        }
        let more = &text[self.text.len()..];
        if !more.is_empty() {
            self.text.push_str(more);
            self.read_on();
        }
        &self.blocks
    }

    fn read_on(&mut self) {
        let (n_bytes, n_blocks) = self.done;
        self.blocks.truncate(n_blocks);
        let open = &self.text[n_bytes..];
        let (closed, open) = open.split_at(last_beginning(open));
        if !closed.is_empty() {
            self.blocks.extend(parse_carried(closed));
            self.done = (n_bytes + closed.len(), self.blocks.len());
        }
        self.blocks.extend(parse_carried(open));
    }
}

/// Where the last block begins that stands by itself after an empty line; 0 if none does. What comes before it is closed:
/// no line further down reaches over an empty line into it, except into a fold that is still open.
fn last_beginning(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut folds = 0_isize;
    let mut last = 0;
    for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
        let begins = depth == 0 && matches!(event, Event::Start(_) | Event::Rule);
        let (before, after) = text.split_at(range.start);
        // A number alone may become the next entry of a list before it.
        let is_sure = after.bytes().any(|byte| !byte.is_ascii_digit());
        if begins && folds <= 0 && is_sure && before.ends_with("\n\n") {
            last = range.start;
        }
        match event {
            Event::Html(html) | Event::InlineHtml(html) => folds = (folds + folds_opened(&html)).max(0),
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::super::parse::parse;
    use super::*;

    const PIECES: [&str; 19] = [
        "A line with **strong** and `code`.",
        "\n",
        "\n\n",
        "\n\n\n",
        "## Heading\n",
        "- one\n- two\n",
        "  continued\n",
        "    indented\n",
        "1. first\n\n2. second\n",
        "```rust\nfn main() {}\n\n// end\n```\n",
        "```\nopen",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "> quoted\n",
        "---\n",
        "\\[\n- x^2\n\\]\n",
        "*half",
        "<details>\n<summary>more</summary>\n\n",
        "</details>\n",
        "a <b>tag and $x",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(5), cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_at_every_step_what_the_whole_text_is(
            pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..12),
            step in 1_usize..9,
        ) {
            let text = pieces.concat();
            let mut growing = Growing::default();
            for end in (1..=text.len()).filter(|end| end % step == 0 || *end == text.len()) {
                prop_assert_eq!(growing.blocks(&text[..end]), parse(&text[..end]));
            }
        }
    }

    #[test]
    fn what_is_closed_is_not_read_again_and_another_text_begins_anew() {
        let mut growing = Growing::default();
        growing.blocks("one\n\ntwo\n\nthree");
        assert_eq!(growing.done, (10, 2));
        assert_eq!(growing.blocks("one\n\nother"), parse("one\n\nother"));
    }
}
