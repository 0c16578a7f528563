//! Markdown to blocks. What is nested in HTML's `<details>` is a block like any other; of further HTML only a few tags count.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::blocks::{Block, CellSide, ListItem, MarkdownTable, Shift, Span, SpanKind};
use super::formulas::{DISPLAYED, END, INLINE, carried};
use super::highlight::parts;
use super::html::{Markup, markups};

/// Deepest nesting of lists and quotes; what is nested deeper stays at that depth.
pub(super) const DEEPEST: usize = 12;

/// What is understood beyond CommonMark.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_FOOTNOTES);

/// Parses Markdown to blocks.
pub fn parse(text: &str) -> Vec<Block> {
    parse_carried(&carried(text))
}

/// Parses what a person typed: lines end where they were ended, and tags are text.
pub fn parse_typed(text: &str) -> Vec<Block> {
    let mut builder = Builder { typed: true, ..Builder::default() };
    for event in Parser::new_ext(&carried(text), OPTIONS) {
        builder.take(event);
    }
    builder.finish()
}

/// Parses Markdown whose formulas are carried between private characters already.
pub(super) fn parse_carried(text: &str) -> Vec<Block> {
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
    Table(MarkdownTable),
    Fold { summary: Vec<Span>, blocks: Vec<Block> },
    Footnote { number: usize, blocks: Vec<Block> },
}

/// How often each tag is open that changes how words look.
#[derive(Default)]
struct Tags {
    bold: usize,
    italic: usize,
    struck: usize,
    underlined: usize,
    above: usize,
    below: usize,
    code: usize,
    key: usize,
}

impl Tags {
    fn count(&mut self, name: &str) -> Option<&mut usize> {
        Some(match name {
            "b" | "strong" => &mut self.bold,
            "i" | "em" | "cite" | "var" | "dfn" => &mut self.italic,
            "s" | "del" | "strike" => &mut self.struck,
            "u" | "ins" => &mut self.underlined,
            "sup" => &mut self.above,
            "sub" => &mut self.below,
            "code" | "samp" | "tt" => &mut self.code,
            "kbd" => &mut self.key,
            _ => return None,
        })
    }
}

#[derive(Default)]
struct Builder {
    typed: bool,
    done: Vec<Block>,
    open: Vec<Open>,
    spans: Vec<Span>,
    cells: Vec<Vec<Span>>,
    link: Option<String>,
    bold: usize,
    italic: usize,
    struck: usize,
    /// Tags of HTML, which end with their paragraph at the latest.
    tags: Tags,
    code: Option<(String, String)>,
    skipped: usize,
    /// Labels of footnotes, in the order of their numbers.
    notes: Vec<String>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) => self.words(&words),
            Event::Html(html) | Event::InlineHtml(html) if self.typed => self.words(&html),
            Event::Html(html) | Event::InlineHtml(html) => {
                for markup in markups(&html) {
                    self.markup(markup);
                }
            }
            Event::Code(words) | Event::InlineMath(words) | Event::DisplayMath(words) => {
                self.push(Span { text: words.into_string(), kind: SpanKind::Code, ..self.style() });
            }
            Event::SoftBreak => self.words(if self.typed { "\n" } else { " " }),
            Event::HardBreak => self.words("\n"),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(is_done) => {
                if let Some(Open::Item(item)) = self.open.last_mut() {
                    item.task = Some(is_done);
                }
            }
            Event::FootnoteReference(label) => {
                let number = self.number_of(&label).to_string();
                self.push(Span { text: number, shift: Shift::Above, ..self.style() });
            }
        }
    }

    fn number_of(&mut self, label: &str) -> usize {
        let known = self.notes.iter().position(|note| note == label);
        known.unwrap_or_else(|| {
            self.notes.push(label.to_owned());
            self.notes.len() - 1
        }) + 1
    }

    /// A span without text, as words are set now.
    fn style(&self) -> Span {
        let Tags { bold, italic, struck, underlined, above, below, code, key } = self.tags;
        Span {
            text: String::new(),
            kind: match (code > 0, key > 0) {
                (_, true) => SpanKind::Key,
                (true, false) => SpanKind::Code,
                (false, false) => SpanKind::Words,
            },
            bold: self.bold + bold > 0,
            italic: self.italic + italic > 0,
            struck: self.struck + struck > 0,
            underlined: underlined > 0,
            shift: match (above > 0, below > 0) {
                (true, _) => Shift::Above,
                (false, true) => Shift::Below,
                (false, false) => Shift::On,
            },
            link: self.link.clone(),
        }
    }

    fn markup(&mut self, markup: Markup<'_>) {
        match markup {
            // Lines of HTML break anywhere.
            Markup::Words(words) => {
                let words = words.replace('\n', " ");
                if !words.trim().is_empty() || !self.spans.is_empty() {
                    self.words(&words);
                }
            }
            Markup::Open(name) => {
                let name = name.to_ascii_lowercase();
                match name.as_str() {
                    "br" => self.words("\n"),
                    "hr" => {
                        self.flush();
                        self.block(Block::Rule);
                    }
                    "details" => self.nest(Open::Fold { summary: Vec::new(), blocks: Vec::new() }),
                    "p" | "div" | "summary" | "li" | "tr" => self.flush(),
                    name => {
                        if let Some(count) = self.tags.count(name) {
                            *count += 1;
                        }
                    }
                }
            }
            Markup::Close(name) => {
                let name = name.to_ascii_lowercase();
                match name.as_str() {
                    "summary" => {
                        let spans = self.line();
                        match self.open.last_mut() {
                            Some(Open::Fold { summary, .. }) if summary.is_empty() => *summary = spans,
                            _ => self.block(Block::Paragraph(spans)),
                        }
                    }
                    "details" => {
                        self.flush();
                        if matches!(self.open.last(), Some(Open::Fold { .. })) {
                            self.close();
                        }
                    }
                    "p" | "div" | "li" | "tr" => self.flush(),
                    name => {
                        if let Some(count) = self.tags.count(name) {
                            *count = count.saturating_sub(1);
                        }
                    }
                }
            }
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
            Tag::FootnoteDefinition(label) => {
                let number = self.number_of(&label);
                self.nest(Open::Footnote { number, blocks: Vec::new() });
            }
            Tag::Table(sides) => {
                let side = |side: &Alignment| match side {
                    Alignment::None | Alignment::Left => CellSide::Left,
                    Alignment::Center => CellSide::Middle,
                    Alignment::Right => CellSide::Right,
                };
                let sides = sides.iter().map(side).collect();
                self.nest(Open::Table(MarkdownTable { sides, ..MarkdownTable::default() }));
            }
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.link = Some(dest_url.into_string());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(level) => {
                let spans = self.line();
                self.block(Block::Heading(level as u8, spans));
            }
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    let text = text.trim_end_matches('\n').to_owned();
                    if language == "math" {
                        self.block(Block::Formula(text));
                    } else {
                        let parts = parts(&language, &text);
                        self.block(Block::Code { language, text, parts });
                    }
                }
            }
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::FootnoteDefinition => {
                self.flush();
                // A fold that was never closed ends with what it was opened in.
                while self.skipped == 0 && matches!(self.open.last(), Some(Open::Fold { .. })) {
                    self.close();
                }
                self.close();
            }
            TagEnd::TableCell => {
                let cell = self.line();
                self.cells.push(cell);
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.cells);
                if let Some(Open::Table(MarkdownTable { head, rows, .. })) = self.open.last_mut() {
                    if tag == TagEnd::TableHead { *head = cells } else { rows.push(cells) }
                }
            }
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.link = None,
            _ => {}
        }
    }

    fn words(&mut self, words: &str) {
        match &mut self.code {
            Some((_, text)) => text.push_str(words),
            None => self.push(Span { text: words.to_owned(), ..self.style() }),
        }
    }

    fn push(&mut self, span: Span) {
        match self.spans.last_mut() {
            Some(last) if same_style(last, &span) => last.text.push_str(&span.text),
            _ => self.spans.push(span),
        }
    }

    /// The spans of a line that ends here, with its formulas as spans of their own.
    fn line(&mut self) -> Vec<Span> {
        self.tags = Tags::default();
        let spans = std::mem::take(&mut self.spans);
        if !spans.iter().any(|span| span.text.contains([INLINE, DISPLAYED])) {
            return spans;
        }
        spans.iter().flat_map(with_formulas).collect()
    }

    /// Turns loose words into a paragraph, with displayed formulas as blocks of their own.
    fn flush(&mut self) {
        let spans = self.line();
        let mut paragraph = Vec::new();
        for span in spans {
            if span.kind == (SpanKind::Formula { displayed: true }) {
                self.paragraph(std::mem::take(&mut paragraph));
                self.block(Block::Formula(span.text));
            } else {
                paragraph.push(span);
            }
        }
        self.paragraph(paragraph);
    }

    fn paragraph(&mut self, mut spans: Vec<Span>) {
        if let Some(first) = spans.first_mut().filter(|first| first.kind == SpanKind::Words) {
            first.text = first.text.trim_start().to_owned();
        }
        if let Some(last) = spans.last_mut().filter(|last| last.kind == SpanKind::Words) {
            last.text.truncate(last.text.trim_end().len());
        }
        spans.retain(|span| !span.text.is_empty());
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
            Some(Open::Table(table)) => self.block(Block::Table(table)),
            Some(Open::Fold { summary, blocks }) => self.block(Block::Fold { summary, blocks }),
            Some(Open::Footnote { number, blocks }) => self.block(Block::Footnote { number, blocks }),
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
            Some(Open::Quote(blocks) | Open::Fold { blocks, .. } | Open::Footnote { blocks, .. }) => {
                blocks.push(block);
            }
            Some(Open::Item(item)) => item.blocks.push(block),
            _ => self.done.push(block),
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.flush();
        while !self.open.is_empty() {
            self.skipped = 0;
            self.close();
        }
        self.done
    }
}

/// The parts of a span, with formulas as spans of their own.
fn with_formulas(span: &Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut rest = span.text.as_str();
    while let Some(at) = rest.find([INLINE, DISPLAYED]) {
        let displayed = rest[at..].starts_with(DISPLAYED);
        let Some((tex, after)) = rest[at..].split_once(END) else { break };
        if at > 0 {
            found.push(Span { text: rest[..at].to_owned(), ..span.clone() });
        }
        let text = tex.trim_start_matches([INLINE, DISPLAYED]).to_owned();
        found.push(Span { text, kind: SpanKind::Formula { displayed }, ..span.clone() });
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Span { text: rest.to_owned(), ..span.clone() });
    }
    found
}

fn same_style(a: &Span, b: &Span) -> bool {
    let style = |span: &Span| (span.kind, span.bold, span.italic, span.struck, span.underlined, span.shift);
    style(a) == style(b) && a.link == b.link
}

#[cfg(test)]
mod tests;
