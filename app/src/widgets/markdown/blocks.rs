//! Markdown as a tree of blocks. Raw HTML is text; images are their description.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::highlight::{CodePart, parts};

/// Deepest nesting of lists and quotes; what is nested deeper stays at that depth.
const DEEPEST: usize = 12;

/// One part of a line.
#[allow(clippy::struct_excessive_bools, reason = "each is a mark of its own, and all sixteen mixtures exist")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Text of the span.
    pub text: String,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is italic.
    pub italic: bool,
    /// Whether it is struck through.
    pub struck: bool,
    /// Whether it is code.
    pub code: bool,
    /// Where it leads.
    pub link: Option<String>,
}

/// One entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListItem {
    /// A done or open task.
    pub task: Option<bool>,
    /// Blocks of the item.
    pub blocks: Vec<Block>,
}

/// One block of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph of spans.
    Paragraph(Vec<Span>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Span>),
    /// Code and its language.
    Code {
        /// The language's name; may be empty.
        language: String,
        /// Text of the code.
        text: String,
        /// Its parts, as their ends and what they are.
        parts: Vec<(usize, CodePart)>,
    },
    /// A list; ordered ones start at a number.
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        /// Items of the list.
        items: Vec<ListItem>,
    },
    /// A quotation of blocks.
    Quote(Vec<Block>),
    /// A table of cells.
    Table {
        /// The heading's cells.
        head: Vec<Vec<Span>>,
        /// The rows' cells.
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// A line across.
    Rule,
}

/// What is understood beyond CommonMark.
pub(super) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// Parses Markdown, with formulas made readable.
pub fn parse(text: &str) -> Vec<Block> {
    parse_readable(&super::latex::readable(text))
}

/// Parses Markdown whose formulas are readable already.
pub(super) fn parse_readable(text: &str) -> Vec<Block> {
    let mut builder = Builder::default();
    for event in Parser::new_ext(text, OPTIONS) {
        builder.take(event);
    }
    builder.finish()
}

/// A block that is still open.
enum Open {
    Quote(Vec<Block>),
    List { start: Option<u64>, items: Vec<ListItem> },
    Item(ListItem),
    Table { head: Vec<Vec<Span>>, rows: Vec<Vec<Vec<Span>>> },
}

#[derive(Default)]
struct Builder {
    done: Vec<Block>,
    open: Vec<Open>,
    spans: Vec<Span>,
    cells: Vec<Vec<Span>>,
    style: Span,
    bold: usize,
    italic: usize,
    code: Option<(String, String)>,
    skipped: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) | Event::Html(words) | Event::InlineHtml(words) => self.words(&words),
            Event::Code(words) | Event::InlineMath(words) | Event::DisplayMath(words) => {
                self.push(Span { text: words.into_string(), code: true, ..self.style.clone() });
            }
            Event::SoftBreak => self.words(" "),
            Event::HardBreak => self.words("\n"),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(is_done) => {
                if let Some(Open::Item(item)) = self.open.last_mut() {
                    item.task = Some(is_done);
                }
            }
            Event::FootnoteReference(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } => self.flush(),
            Tag::CodeBlock(kind) => {
                self.flush();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split([' ', ',']).next().unwrap_or_default().to_owned()
                    }
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::BlockQuote(_) => self.nest(Open::Quote(Vec::new())),
            Tag::List(start) => self.nest(Open::List { start, items: Vec::new() }),
            Tag::Item => self.nest(Open::Item(ListItem::default())),
            Tag::Table(_) => self.nest(Open::Table { head: Vec::new(), rows: Vec::new() }),
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.style.struck = true,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.style.link = Some(dest_url.into_string());
            }
            _ => {}
        }
        self.style.bold = self.bold > 0;
        self.style.italic = self.italic > 0;
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(level) => {
                let spans = std::mem::take(&mut self.spans);
                self.block(Block::Heading(level as u8, spans));
            }
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    let text = text.trim_end_matches('\n').to_owned();
                    let parts = parts(&language, &text);
                    self.block(Block::Code { language, text, parts });
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::Table => self.close(),
            TagEnd::TableCell => self.cells.push(std::mem::take(&mut self.spans)),
            TagEnd::TableHead | TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.cells);
                if let Some(Open::Table { head, rows }) = self.open.last_mut() {
                    if tag == TagEnd::TableHead { *head = cells } else { rows.push(cells) }
                }
            }
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Strikethrough => self.style.struck = false,
            TagEnd::Link | TagEnd::Image => self.style.link = None,
            _ => {}
        }
        self.style.bold = self.bold > 0;
        self.style.italic = self.italic > 0;
    }

    fn words(&mut self, words: &str) {
        match &mut self.code {
            Some((_, text)) => text.push_str(words),
            None => self.push(Span { text: words.to_owned(), ..self.style.clone() }),
        }
    }

    fn push(&mut self, span: Span) {
        match self.spans.last_mut() {
            Some(last) if same_style(last, &span) => last.text.push_str(&span.text),
            _ => self.spans.push(span),
        }
    }

    /// Turns loose words into a paragraph.
    fn flush(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().any(|span| !span.text.trim().is_empty()) {
            self.block(Block::Paragraph(spans));
        }
    }

    fn nest(&mut self, open: Open) {
        self.flush();
        if self.open.len() >= DEEPEST {
            self.skipped += 1;
        } else {
            self.open.push(open);
        }
    }

    fn close(&mut self) {
        self.flush();
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match self.open.pop() {
            Some(Open::Quote(blocks)) => self.block(Block::Quote(blocks)),
            Some(Open::List { start, items }) => self.block(Block::List { start, items }),
            Some(Open::Table { head, rows }) => self.block(Block::Table { head, rows }),
            Some(Open::Item(item)) => {
                if let Some(Open::List { items, .. }) = self.open.last_mut() {
                    items.push(item);
                }
            }
            None => {}
        }
    }

    fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Quote(blocks)) => blocks.push(block),
            Some(Open::Item(item)) => item.blocks.push(block),
            _ => self.done.push(block),
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.flush();
        self.done
    }
}

fn same_style(a: &Span, b: &Span) -> bool {
    (a.bold, a.italic, a.struck, a.code, &a.link) == (b.bold, b.italic, b.struck, b.code, &b.link)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Span {
        Span { text: text.into(), ..Span::default() }
    }

    #[test]
    fn paragraphs_carry_their_styles() {
        let blocks = parse("one **two** *three* `four` ~~five~~ [six](http://x)");
        let Block::Paragraph(spans) = &blocks[0] else { panic!("{blocks:?}") };
        let found: Vec<(&str, bool, bool, bool, bool, bool)> = spans
            .iter()
            .map(|s| (s.text.trim(), s.bold, s.italic, s.code, s.struck, s.link.is_some()))
            .filter(|s| !s.0.is_empty())
            .collect();
        assert_eq!(
            found,
            [
                ("one", false, false, false, false, false),
                ("two", true, false, false, false, false),
                ("three", false, true, false, false, false),
                ("four", false, false, true, false, false),
                ("five", false, false, false, true, false),
                ("six", false, false, false, false, true),
            ]
        );
    }

    #[test]
    fn lists_nest_and_tasks_are_known() {
        let blocks = parse("3. a\n   - [x] b\n   - [ ] c\n4. d");
        let Block::List { start: Some(3), items } = &blocks[0] else { panic!("{blocks:?}") };
        assert_eq!(items.len(), 2);
        let Block::List { start: None, items } = &items[0].blocks[1] else { panic!("{blocks:?}") };
        assert_eq!(items.iter().map(|item| item.task).collect::<Vec<_>>(), [Some(true), Some(false)]);
    }

    #[test]
    fn an_unfinished_fence_is_code_already() {
        let blocks = parse("See:\n```rust\nfn main() {");
        let parts = vec![(2, CodePart::Keyword), (11, CodePart::Plain)];
        let expected = Block::Code { language: "rust".into(), text: "fn main() {".into(), parts };
        assert_eq!(blocks[1], expected);
    }

    #[test]
    fn tables_have_heads_and_rows() {
        let blocks = parse("| a | b |\n|---|---|\n| 1 | 2 |");
        let expected = Block::Table {
            head: vec![vec![span("a")], vec![span("b")]],
            rows: vec![vec![vec![span("1")], vec![span("2")]]],
        };
        assert_eq!(blocks, [expected]);
    }

    #[test]
    fn deep_nesting_is_bounded() {
        let blocks = parse(&format!("{} deep", ">".repeat(5000)));
        let mut depth = 0;
        let mut inner = &blocks;
        while let Some(Block::Quote(next)) = inner.first() {
            depth += 1;
            inner = next;
        }
        assert_eq!(depth, DEEPEST);
    }
}
