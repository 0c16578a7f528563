//! Fractions, and stacks without a rule (TeXbook, appendix G, rule 15).

use super::boxes::MathBox;
use super::constants::{
    FRACTION_DENOMINATOR_DISPLAY_SHIFT_DOWN, FRACTION_DENOMINATOR_SHIFT_DOWN, FRACTION_DISPLAY_GAP_MIN,
    FRACTION_GAP_MIN, FRACTION_NUMERATOR_DISPLAY_SHIFT_UP, FRACTION_NUMERATOR_SHIFT_UP,
    FRACTION_RULE_THICKNESS, STACK_BOTTOM_DISPLAY_SHIFT_DOWN, STACK_BOTTOM_SHIFT_DOWN, STACK_DISPLAY_GAP_MIN,
    STACK_GAP_MIN, STACK_TOP_DISPLAY_SHIFT_UP, STACK_TOP_SHIFT_UP,
};
use super::layout::Setting;
use super::tree::{Level, Node};

impl Setting<'_> {
    /// One above the other.
    pub(super) fn fraction(&self, above: &[Node], below: &[Node], rule: bool) -> MathBox {
        let inner = match self.level {
            Level::Display => self.at(Level::Text),
            Level::Text => self.at(Level::Script),
            Level::Script | Level::ScriptScript => self.at(Level::ScriptScript),
        };
        let (above, below) = (inner.list(above), inner.cramped().list(below));
        let (em, displayed) = (self.em(), self.level == Level::Display);
        let pick = |display: f32, text: f32| if displayed { display * em } else { text * em };
        let (up, down) = if rule {
            let thickness = FRACTION_RULE_THICKNESS * em;
            let gap = pick(FRACTION_DISPLAY_GAP_MIN, FRACTION_GAP_MIN) + thickness / 2.0;
            let up = pick(FRACTION_NUMERATOR_DISPLAY_SHIFT_UP, FRACTION_NUMERATOR_SHIFT_UP);
            let down = pick(FRACTION_DENOMINATOR_DISPLAY_SHIFT_DOWN, FRACTION_DENOMINATOR_SHIFT_DOWN);
            (up.max(self.axis() + gap + above.depth), down.max(gap - self.axis() + below.height))
        } else {
            let up = pick(STACK_TOP_DISPLAY_SHIFT_UP, STACK_TOP_SHIFT_UP);
            let down = pick(STACK_BOTTOM_DISPLAY_SHIFT_DOWN, STACK_BOTTOM_SHIFT_DOWN);
            let gap = (up - above.depth) - (below.height - down);
            let missing = (pick(STACK_DISPLAY_GAP_MIN, STACK_GAP_MIN) - gap).max(0.0) / 2.0;
            (up + missing, down + missing)
        };
        let (width, beside) = (above.width.max(below.width), self.beside());
        let mut fraction = MathBox::default();
        fraction.put(&above, beside + (width - above.width) / 2.0, -up);
        fraction.put(&below, beside + (width - below.width) / 2.0, down);
        if rule {
            let thickness = FRACTION_RULE_THICKNESS * em;
            fraction.put(&MathBox::rule(width, thickness, self.axis() - thickness / 2.0), beside, 0.0);
        }
        fraction.width = width + 2.0 * beside;
        fraction
    }
}
