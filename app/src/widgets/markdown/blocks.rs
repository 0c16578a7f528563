//! Markdown as a tree of blocks.

use super::highlight::CodePart;

/// How words are set among others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// Words like any other.
    #[default]
    Words,
    /// Code in a line.
    Code,
    /// A key of the keyboard.
    Key,
    /// The TeX of a formula, without the marks around it.
    Formula {
        /// Whether it stands on a line of its own where that can be.
        displayed: bool,
    },
}

/// Where words stand about the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shift {
    /// Words on the line.
    #[default]
    On,
    /// Small and above it.
    Above,
    /// Small and below it.
    Below,
}

/// One part of a line.
#[allow(clippy::struct_excessive_bools, reason = "each is a mark of its own, and all mixtures exist")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Text of the span.
    pub text: String,
    /// How it is set among others.
    pub kind: SpanKind,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is italic.
    pub italic: bool,
    /// Whether it is struck through.
    pub struck: bool,
    /// Whether it is underlined.
    pub underlined: bool,
    /// Where it stands about the line.
    pub shift: Shift,
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

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CellSide {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Middle,
    /// At the right edge.
    Right,
}

/// Rows of cells below a head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MarkdownTable {
    /// Where the cells of each column stand.
    pub sides: Vec<CellSide>,
    /// The heading's cells.
    pub head: Vec<Vec<Span>>,
    /// The rows' cells.
    pub rows: Vec<Vec<Vec<Span>>>,
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
    /// The TeX of a displayed formula.
    Formula(String),
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
    Table(MarkdownTable),
    /// Blocks that are folded away below a line.
    Fold {
        /// The line that stays; may be empty.
        summary: Vec<Span>,
        /// What is folded away.
        blocks: Vec<Block>,
    },
    /// A note that the text refers to.
    Footnote {
        /// Number of the note.
        number: usize,
        /// Blocks of the note.
        blocks: Vec<Block>,
    },
    /// A line across.
    Rule,
}
