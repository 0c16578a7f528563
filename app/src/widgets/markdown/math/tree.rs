//! A formula as a tree.

/// What a sign is to its neighbors, which decides the space between them (TeXbook, chapter 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Ord,
    Op,
    Bin,
    Rel,
    Open,
    Close,
    Punct,
    Inner,
}

/// How large a formula is set: displayed, in a line, as a script, as a script's script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Display,
    Text,
    Script,
    ScriptScript,
}

/// Where the contents of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Middle,
    Right,
}

/// Nodes from left to right.
pub(super) type List = Vec<Node>;

/// What a line across or around its contents is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A line above.
    Over,
    /// A line below.
    Under,
    /// A frame around it.
    Frame,
    /// A slash through a relation.
    Not,
    /// A line from corner to corner.
    Cancel,
    /// Room without ink.
    Phantom,
}

/// Rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    pub(super) rows: Vec<Vec<List>>,
    /// Where each column's contents stand; the last goes for all further ones.
    pub(super) sides: Vec<Side>,
    /// Space before each column but the first, in em; taken in turn, from the beginning when there are more columns.
    pub(super) gaps: Vec<f32>,
    /// Space between rows beyond the usual, in em.
    pub(super) row_gap: f32,
    pub(super) level: Level,
    /// Columns with a line before them.
    pub(super) upright_lines: Vec<usize>,
    /// Rows with a line above them.
    pub(super) level_lines: Vec<usize>,
}

/// A part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// A sign, in the alphabet it is set in.
    Sign(char, Class),
    /// Words of a text.
    Text(String),
    /// The name of a function; `limits` if its scripts stand above and below where there is room.
    Name { name: String, limits: bool },
    /// A large operator.
    Large { sign: char, limits: bool },
    /// Space in em.
    Space(f32),
    /// What stands in braces.
    Group(List),
    /// What is to be treated as one sign of this class.
    Classed(Class, List),
    /// Set in this size.
    Styled(Level, List),
    /// One above the other, with a rule between or without.
    Fraction { above: List, below: List, rule: bool, level: Option<Level> },
    /// A root and its index.
    Root { index: List, inside: List },
    /// Scripts; `limits` where it was said whether they stand above and below.
    Scripts { base: Box<Node>, above: Option<List>, below: Option<List>, limits: Option<bool> },
    /// Something small above or below.
    Stack { base: List, above: Option<List>, below: Option<List> },
    /// An accent; a wide one grows with its base.
    Accent { sign: char, wide: bool, base: List },
    /// A brace or arrow as wide as its base, above or below it.
    Brace { sign: char, above: bool, base: List },
    /// An arrow as long as what stands above and below it.
    Arrow { sign: char, above: List, below: List },
    /// Delimiters as high as what they hold, which others of the same height may part.
    Fenced { open: Option<char>, close: Option<char>, parts: Vec<List>, between: Vec<char> },
    /// A delimiter of a height in em.
    Sized { sign: char, class: Class, height: f32 },
    /// Rows and columns.
    Grid(Box<Grid>),
    /// A line across or around.
    Marked(Mark, List),
    /// The number of an equation.
    Tag(List),
}
