//! Scripts and limits (TeXbook, appendix G, rules 13 and 18).

use super::boxes::MathBox;
use super::constants::{
    LOWER_LIMIT_BASELINE_DROP_MIN, LOWER_LIMIT_GAP_MIN, SPACE_AFTER_SCRIPT, SUB_SUPERSCRIPT_GAP_MIN,
    SUBSCRIPT_BASELINE_DROP_MIN, SUBSCRIPT_SHIFT_DOWN, SUBSCRIPT_TOP_MAX, SUPERSCRIPT_BASELINE_DROP_MAX,
    SUPERSCRIPT_BOTTOM_MAX_WITH_SUBSCRIPT, SUPERSCRIPT_BOTTOM_MIN, SUPERSCRIPT_SHIFT_UP,
    SUPERSCRIPT_SHIFT_UP_CRAMPED, UPPER_LIMIT_BASELINE_RISE_MIN, UPPER_LIMIT_GAP_MIN,
};
use super::layout::Setting;
use super::tree::{Level, Node};

impl Setting<'_> {
    /// A base with its scripts, above and below it where it takes limits, else at its right.
    pub(super) fn scripted(
        &self,
        base: &Node,
        above: Option<&[Node]>,
        below: Option<&[Node]>,
        limits: Option<bool>,
    ) -> MathBox {
        let takes_limits = match base {
            Node::Large { limits, .. } | Node::Name { limits, .. } => *limits && self.level == Level::Display,
            Node::Classed(super::tree::Class::Op, _) => self.level == Level::Display,
            // What a brace holds is named above or below it.
            Node::Brace { .. } => true,
            _ => false,
        };
        let laid_out = self.node(base);
        if limits.unwrap_or(takes_limits) {
            return self.with_limits(&laid_out, above, below);
        }
        self.beside_base(base, laid_out, above, below)
    }

    /// Limits above and below a base, in the middle.
    pub(super) fn with_limits(
        &self,
        base: &MathBox,
        above: Option<&[Node]>,
        below: Option<&[Node]>,
    ) -> MathBox {
        let above = above.map(|list| self.script().list(list));
        let below = below.map(|list| self.script().cramped().list(list));
        self.stacked(base, above.as_ref(), below.as_ref())
    }

    /// The same, with limits that are laid out.
    pub(super) fn stacked(
        &self,
        base: &MathBox,
        above: Option<&MathBox>,
        below: Option<&MathBox>,
    ) -> MathBox {
        let em = self.em();
        let widest = [above, below].into_iter().flatten().map(|part| part.width).fold(base.width, f32::max);
        let middle = |part: &MathBox| (widest - part.width) / 2.0;
        let mut stack = MathBox::default();
        stack.put(base, middle(base), 0.0);
        stack.width = widest;
        if let Some(above) = above {
            let gap = (UPPER_LIMIT_GAP_MIN * em + above.depth).max(UPPER_LIMIT_BASELINE_RISE_MIN * em);
            // It leans as its base does.
            stack.put(above, middle(above) + base.italic / 2.0, -(base.height + gap));
        }
        if let Some(below) = below {
            let gap = (LOWER_LIMIT_GAP_MIN * em + below.height).max(LOWER_LIMIT_BASELINE_DROP_MIN * em * 0.7);
            stack.put(below, middle(below) - base.italic / 2.0, base.depth + gap);
        }
        stack
    }

    fn beside_base(
        &self,
        base: &Node,
        laid_out: MathBox,
        above: Option<&[Node]>,
        below: Option<&[Node]>,
    ) -> MathBox {
        let em = self.em();
        let is_sign = match base {
            Node::Sign(..) => true,
            Node::Group(list) => matches!(list.as_slice(), [Node::Sign(..)]),
            _ => false,
        };
        let (drop_above, drop_below) = if is_sign {
            (0.0, 0.0)
        } else {
            let script = self.script().em();
            (
                laid_out.height - SUPERSCRIPT_BASELINE_DROP_MAX * script,
                laid_out.depth + SUBSCRIPT_BASELINE_DROP_MIN * script,
            )
        };
        let above = above.map(|list| self.script().list(list));
        let below = below.map(|list| self.script().cramped().list(list));
        let least_up = if self.cramped { SUPERSCRIPT_SHIFT_UP_CRAMPED } else { SUPERSCRIPT_SHIFT_UP };
        let mut up = above.as_ref().map_or(0.0, |above| {
            drop_above.max(least_up * em).max(above.depth + SUPERSCRIPT_BOTTOM_MIN * em)
        });
        let mut down = below.as_ref().map_or(0.0, |below| {
            drop_below.max(SUBSCRIPT_SHIFT_DOWN * em).max(below.height - SUBSCRIPT_TOP_MAX * em)
        });
        if let (Some(above), Some(below)) = (&above, &below) {
            let gap = (up - above.depth) - (below.height - down);
            let missing = (SUB_SUPERSCRIPT_GAP_MIN * em - gap).max(0.0);
            // First the upper one rises as far as it may, then the lower one sinks.
            let rise = (SUPERSCRIPT_BOTTOM_MAX_WITH_SUBSCRIPT * em - (up - above.depth)).clamp(0.0, missing);
            up += rise;
            down += missing - rise;
        }
        let is_large = matches!(base, Node::Large { .. });
        let (width, italic) = (laid_out.width, laid_out.italic);
        let mut scripted = laid_out;
        // The lower script of a leaning operator stands nearer.
        let (right_above, right_below) =
            if is_large { (width, width - italic) } else { (width + italic, width) };
        if let Some(above) = &above {
            scripted.put_wide(above, right_above, -up);
        }
        if let Some(below) = &below {
            scripted.put_wide(below, right_below, down);
        }
        scripted.width += SPACE_AFTER_SCRIPT * em;
        scripted.italic = 0.0;
        scripted.accent = None;
        scripted
    }
}
