//! The tree to boxes: a list's signs beside each other with TeX's spaces between them, everything else by its own file.

use super::boxes::{Ink, MathBox};
use super::constants::{
    AXIS_HEIGHT, BAR_EXTRA, BAR_RULE_THICKNESS, BAR_VERTICAL_GAP, DISPLAY_OPERATOR_MIN_HEIGHT, FRAME_GAP,
    FRAME_RULE, NULL_DELIMITER_SPACE, SCRIPT_SCALE, SCRIPT_SCRIPT_SCALE, SUPERSCRIPT_SHIFT_UP,
};
use super::metrics::{metrics, upright};
use super::parser::Formula;
use super::tree::{Class, Level, Mark, Node};

/// Extent of a sign that the mathematics font lacks, as shares of the size.
const OTHER_HEIGHT: f32 = 0.75;
const OTHER_DEPTH: f32 = 0.25;

/// The advance of a character that the mathematics font lacks, as a share of the size.
pub(in super::super) type OtherAdvance<'a> = &'a dyn Fn(char) -> f32;

/// How a part is set.
#[derive(Clone, Copy)]
pub(in super::super) struct Setting<'a> {
    /// Font size of the whole formula in points.
    size: f32,
    pub(super) level: Level,
    /// Whether scripts rise less, as below a rule.
    pub(super) cramped: bool,
    other: OtherAdvance<'a>,
}

impl Formula {
    /// Lays the formula out.
    pub(in super::super) fn typeset(&self, setting: Setting<'_>) -> MathBox {
        setting.list(&self.0)
    }
}

impl<'a> Setting<'a> {
    /// The setting of a whole formula of this font size in points.
    pub(in super::super) fn new(size: f32, displayed: bool, other: OtherAdvance<'a>) -> Self {
        let level = if displayed { Level::Display } else { Level::Text };
        Self { size, level, cramped: false, other }
    }

    /// Font size in points at this level.
    pub(super) fn em(&self) -> f32 {
        self.size
            * match self.level {
                Level::Display | Level::Text => 1.0,
                Level::Script => SCRIPT_SCALE,
                Level::ScriptScript => SCRIPT_SCRIPT_SCALE,
            }
    }

    pub(super) fn at(self, level: Level) -> Self {
        Self { level, ..self }
    }

    pub(super) fn cramped(self) -> Self {
        Self { cramped: true, ..self }
    }

    /// The setting of a script.
    pub(super) fn script(self) -> Self {
        self.at(if self.level <= Level::Text { Level::Script } else { Level::ScriptScript })
    }

    /// The height of the axis, on which fractions and delimiters are centered.
    pub(super) fn axis(&self) -> f32 {
        AXIS_HEIGHT * self.em()
    }

    /// A sign in this size. The font's prime is raised by itself: as a script it is as large as on the line.
    pub(super) fn sign(&self, sign: char) -> MathBox {
        if sign == '′' && self.level >= Level::Script {
            let size = self.em() / SCRIPT_SCALE;
            return self.sign_of_size(sign, size).lowered(SUPERSCRIPT_SHIFT_UP * size);
        }
        self.sign_of_size(sign, self.em())
    }

    fn sign_of_size(&self, sign: char, size: f32) -> MathBox {
        let inks = if sign == ' ' { Vec::new() } else { vec![(0.0, 0.0, Ink::Sign { sign, size })] };
        let Some(measures) = metrics(sign) else {
            let (width, height) = ((self.other)(sign) * size, OTHER_HEIGHT * size);
            return MathBox { width, height, depth: OTHER_DEPTH * size, inks, ..MathBox::default() };
        };
        MathBox {
            width: measures.advance * size,
            height: measures.top.max(0.0) * size,
            depth: (-measures.bottom).max(0.0) * size,
            italic: measures.italic * size,
            accent: measures.accent.map(|accent| accent * size),
            inks,
        }
    }

    /// A sign with its middle on the axis.
    pub(super) fn centered(&self, sign: char) -> MathBox {
        let glyph = self.sign(sign);
        let down = (glyph.height - glyph.depth) / 2.0 - self.axis();
        glyph.lowered(down)
    }

    /// Signs beside each other.
    pub(super) fn list(&self, nodes: &[Node]) -> MathBox {
        let classes = classes(nodes);
        let mut row = MathBox::default();
        let mut before: Option<Class> = None;
        for (node, class) in nodes.iter().zip(classes) {
            if let (Some(before), Some(class)) = (before, class) {
                row.width += space_between(before, class, self.level) * self.em();
            }
            let part = self.node(node);
            row.append(&part);
            if nodes.len() == 1 {
                // One sign alone is treated as itself, by accents and scripts.
                row.accent = part.accent;
            }
            before = class.or(before);
        }
        row
    }

    /// One node of a list.
    pub(super) fn node(&self, node: &Node) -> MathBox {
        match node {
            Node::Sign(sign, _) => self.sign(*sign),
            Node::Text(words) => self.words(words),
            Node::Name { name, .. } => self.words(name),
            Node::Large { sign, .. } => self.large(*sign),
            Node::Space(em) => MathBox::space(em * self.em()),
            Node::Group(list) | Node::Classed(_, list) => self.list(list),
            Node::Styled(level, list) => self.at(*level).list(list),
            Node::Fraction { above, below, rule, level } => {
                self.at(level.unwrap_or(self.level)).fraction(above, below, *rule)
            }
            Node::Root { index, inside } => self.root(index, inside),
            Node::Scripts { base, above, below, limits } => {
                self.scripted(base, above.as_deref(), below.as_deref(), *limits)
            }
            Node::Stack { base, above, below } => {
                let base = self.list(base);
                self.with_limits(&base, above.as_deref(), below.as_deref())
            }
            Node::Accent { sign, wide, base } => self.accented(*sign, *wide, base),
            Node::Brace { sign, above, base } => self.braced(*sign, *above, base),
            Node::Arrow { sign, above, below } => self.arrow(*sign, above, below),
            Node::Fenced { open, close, parts, between } => self.fenced(*open, *close, parts, between),
            Node::Sized { sign, height, .. } => self.delimiter(*sign, height * self.em()),
            Node::Grid(grid) => self.grid(grid),
            Node::Marked(mark, list) => self.marked(*mark, list),
            Node::Tag(list) => {
                let mut tag = MathBox::space(2.0 * self.em());
                tag.append(&self.list(list));
                tag
            }
        }
    }

    fn words(&self, words: &str) -> MathBox {
        let mut row = MathBox::default();
        for c in words.chars() {
            row.append(&self.sign(c));
        }
        row.italic = 0.0;
        row
    }

    /// A large operator with its middle on the axis, larger where it is displayed.
    pub(super) fn large(&self, sign: char) -> MathBox {
        if self.level != Level::Display {
            return self.centered(sign);
        }
        let forms = upright(sign).map_or(&[][..], |growth| &growth.forms);
        let extent = |sign: &char| metrics(*sign).map_or(0.0, |measures| measures.top - measures.bottom);
        let high = forms.iter().find(|form| extent(form) >= DISPLAY_OPERATOR_MIN_HEIGHT * 0.99);
        self.centered(*high.or(forms.last()).unwrap_or(&sign))
    }

    fn marked(&self, mark: Mark, list: &[Node]) -> MathBox {
        let em = self.em();
        let (gap, thickness, extra) = (BAR_VERTICAL_GAP * em, BAR_RULE_THICKNESS * em, BAR_EXTRA * em);
        let mut inside = match mark {
            Mark::Over => self.cramped().list(list),
            _ => self.list(list),
        };
        match mark {
            Mark::Over => {
                let raise = inside.height + gap;
                inside.put(&MathBox::rule(inside.width, thickness, raise), 0.0, 0.0);
                inside.height += extra;
            }
            Mark::Under => {
                let raise = -inside.depth - gap - thickness;
                inside.put(&MathBox::rule(inside.width, thickness, raise), 0.0, 0.0);
                inside.depth += extra;
            }
            Mark::Frame => inside = framed(&inside, em),
            Mark::Not => {
                let slash = self.sign('/');
                let x = (inside.width - slash.width) / 2.0;
                inside.put(&slash, x, 0.0);
            }
            Mark::Cancel => {
                let line =
                    Ink::Line { right: inside.width, down: -inside.extent(), thickness: FRAME_RULE * em };
                inside.inks.push((0.0, inside.depth, line));
            }
            Mark::Phantom => inside = inside.emptied(),
        }
        inside
    }

    /// Room beside a fraction.
    pub(super) fn beside(&self) -> f32 {
        NULL_DELIMITER_SPACE * self.em()
    }
}

fn framed(inside: &MathBox, em: f32) -> MathBox {
    let (gap, thickness) = (FRAME_GAP * em, FRAME_RULE * em);
    let (height, depth) = (inside.height + gap, inside.depth + gap);
    let width = inside.width + 2.0 * gap;
    let mut frame = MathBox::default();
    frame.put_wide(inside, gap, 0.0);
    frame.put_wide(&MathBox::rule(width, thickness, height - thickness), 0.0, 0.0);
    frame.put(&MathBox::rule(width, thickness, -depth), 0.0, 0.0);
    for x in [0.0, width - thickness] {
        frame.put(&MathBox::rule(thickness, height + depth, -depth), x, 0.0);
    }
    frame
}

/// What a node is to its neighbors; `None` for spaces.
fn class_of(node: &Node) -> Option<Class> {
    Some(match node {
        Node::Space(_) => return None,
        Node::Sign(_, class) | Node::Sized { class, .. } | Node::Classed(class, _) => *class,
        Node::Name { .. } | Node::Large { .. } => Class::Op,
        Node::Fraction { .. } | Node::Fenced { .. } => Class::Inner,
        Node::Arrow { .. } => Class::Rel,
        Node::Scripts { base, .. } => class_of(base)?,
        Node::Stack { base, .. } | Node::Brace { base, .. } | Node::Marked(Mark::Phantom, base) => {
            match base.as_slice() {
                [only] => class_of(only)?,
                _ => Class::Ord,
            }
        }
        _ => Class::Ord,
    })
}

/// Classes of a list's nodes. A binary operator without a term on both sides is a sign like any other (TeXbook, appendix G,
/// rules 5 and 6).
fn classes(nodes: &[Node]) -> Vec<Option<Class>> {
    let mut classes: Vec<Option<Class>> = nodes.iter().map(class_of).collect();
    let mut before: Option<usize> = None;
    for at in 0..classes.len() {
        let Some(class) = classes[at] else { continue };
        let last = before.and_then(|before| classes[before]);
        match class {
            Class::Bin => {
                if matches!(
                    last,
                    None | Some(Class::Bin | Class::Op | Class::Rel | Class::Open | Class::Punct)
                ) {
                    classes[at] = Some(Class::Ord);
                }
            }
            Class::Rel | Class::Close | Class::Punct => {
                if let Some(before) = before.filter(|_| last == Some(Class::Bin)) {
                    classes[before] = Some(Class::Ord);
                }
            }
            _ => {}
        }
        before = Some(at);
    }
    if let Some(before) = before.filter(|before| classes[*before] == Some(Class::Bin)) {
        classes[before] = Some(Class::Ord);
    }
    classes
}

/// Space between neighbors in em (TeXbook, chapter 18). In scripts, only that around operators is kept.
fn space_between(left: Class, right: Class, level: Level) -> f32 {
    use Class::{Bin, Close, Inner, Op, Open, Ord, Punct, Rel};
    let (mu, in_scripts) = match (left, right) {
        (Ord | Close | Inner, Op) | (Op, Ord | Op) => (3.0, true),
        (Ord | Close | Inner, Bin) | (Bin, Ord | Op | Open | Inner) => (4.0, false),
        (Ord | Op | Close | Inner, Rel) | (Rel, Ord | Op | Open | Inner) => (5.0, false),
        (Ord | Op | Close, Inner) | (Inner, Ord | Open | Punct | Inner) | (Punct, _) => (3.0, false),
        _ => (0.0, true),
    };
    if level <= Level::Text || in_scripts { mu / 18.0 } else { 0.0 }
}
