//! Roots (TeXbook, appendix G, rule 11).

use super::boxes::MathBox;
use super::constants::{
    RADICAL_DEGREE_BOTTOM_RAISE, RADICAL_DISPLAY_VERTICAL_GAP, RADICAL_EXTRA_ASCENDER,
    RADICAL_KERN_AFTER_DEGREE, RADICAL_KERN_BEFORE_DEGREE, RADICAL_RULE_THICKNESS, RADICAL_VERTICAL_GAP,
};
use super::layout::Setting;
use super::tree::{Level, Node};

impl Setting<'_> {
    /// A root sign over `inside`, with its index.
    pub(super) fn root(&self, index: &[Node], inside: &[Node]) -> MathBox {
        let em = self.em();
        let inside = self.cramped().list(inside);
        let least =
            if self.level == Level::Display { RADICAL_DISPLAY_VERTICAL_GAP } else { RADICAL_VERTICAL_GAP };
        let thickness = RADICAL_RULE_THICKNESS * em;
        let wanted = inside.extent() + least * em + thickness;
        let sign = self.grown('√', wanted);
        // What the sign is larger than it had to be goes half above the contents.
        let gap = least * em + (sign.extent() - wanted).max(0.0) / 2.0;
        let top = inside.height + gap + thickness;
        let down = sign.height - top;
        let sign = sign.lowered(down);
        let mut root = MathBox::default();
        if !index.is_empty() {
            let index = self.at(Level::ScriptScript).list(index);
            let raise = RADICAL_DEGREE_BOTTOM_RAISE * sign.extent() - sign.depth + index.depth;
            // The index ends within the sign, whose left edge a wide index pushes.
            let overlap = -RADICAL_KERN_AFTER_DEGREE * em;
            let x = (RADICAL_KERN_BEFORE_DEGREE * em + index.width - overlap).max(0.0);
            root.put(&index, x + overlap - index.width, -raise);
            root.width = x;
        }
        let x = root.width;
        root.put_wide(&sign, x, 0.0);
        let x = root.width;
        root.put(&MathBox::rule(inside.width, thickness, top - thickness), x, 0.0);
        root.put_wide(&inside, x, 0.0);
        root.height += RADICAL_EXTRA_ASCENDER * em;
        root
    }
}
