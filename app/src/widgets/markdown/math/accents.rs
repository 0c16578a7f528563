//! Accents, braces and arrows as wide as what they carry.

use super::boxes::MathBox;
use super::constants::ACCENT_BASE_HEIGHT;
use super::layout::Setting;
use super::metrics::{across, drawn, metrics};
use super::tree::Node;

/// Gap between a brace and what it holds, in em.
const BRACE_GAP: f32 = 0.15;
/// Least length of an arrow, in em.
const SHORTEST_ARROW: f32 = 1.5;
/// How far an arrow reaches over what it carries, at each end, in em.
const ARROW_OVER: f32 = 0.3;

impl Setting<'_> {
    /// An accent over its base (TeXbook, appendix G, rule 12).
    pub(super) fn accented(&self, sign: char, wide: bool, base: &[Node]) -> MathBox {
        let em = self.em();
        let base = self.cramped().list(base);
        let sign = if wide { self.widest_form(sign, base.width) } else { drawn(sign) };
        let measures = metrics(sign).unwrap_or_default();
        let middle =
            measures.accent.filter(|_| !wide).unwrap_or(f32::midpoint(measures.left, measures.right)) * em;
        // Over one sign the accent leans with it.
        let at = base.accent.filter(|_| !wide).unwrap_or(base.width / 2.0);
        let mut accented = base;
        let raise = (accented.height - ACCENT_BASE_HEIGHT * em).max(0.0);
        let mut accent = self.sign(sign);
        accent.width = 0.0;
        accented.put(&accent, at - middle, -raise);
        accented
    }

    /// The widest form of an accent that is not wider than its base.
    fn widest_form(&self, sign: char, width: f32) -> char {
        let size = |form: char| metrics(form).map_or(0.0, |form| form.right - form.left) * self.em();
        let forms = across(sign).or(across(drawn(sign))).map_or(&[][..], |growth| &growth.forms);
        let mut fitting = forms.iter().copied().filter(|form| size(*form) <= width * 1.05);
        fitting.next_back().map_or(drawn(sign), drawn)
    }

    /// A brace over or under its base.
    pub(super) fn braced(&self, sign: char, above: bool, base: &[Node]) -> MathBox {
        let mut braced = self.list(base);
        let brace = self.widened(sign, braced.width);
        let gap = BRACE_GAP * self.em();
        let (top, bottom) = ink_of(&brace);
        let down = if above { -(braced.height + gap) - bottom } else { braced.depth + gap - top };
        let x = (braced.width - brace.width) / 2.0;
        braced.put(&brace, x, down);
        if above {
            braced.height = braced.height.max(-(top + down));
        } else {
            braced.depth = braced.depth.max(bottom + down);
        }
        braced.italic = 0.0;
        braced.accent = None;
        braced
    }

    /// An arrow as long as what it carries.
    pub(super) fn arrow(&self, sign: char, above: &[Node], below: &[Node]) -> MathBox {
        let laid_out = |list: &[Node]| (!list.is_empty()).then(|| self.script().list(list));
        let (above, below) = (laid_out(above), laid_out(below));
        let widest = [&above, &below].into_iter().flatten().map(|part| part.width).fold(0.0, f32::max);
        let length = (widest + 2.0 * ARROW_OVER * self.em()).max(SHORTEST_ARROW * self.em());
        let arrow = self.widened(sign, length);
        self.stacked(&arrow, above.as_ref(), below.as_ref())
    }
}

/// Upper and lower edge of a box's signs, y going down.
fn ink_of(part: &MathBox) -> (f32, f32) {
    let edges = part.inks.iter().filter_map(|(_, y, ink)| {
        let super::boxes::Ink::Sign { sign, size } = ink else { return None };
        let measures = metrics(*sign)?;
        Some((y - measures.top * size, y - measures.bottom * size))
    });
    edges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((-part.height, part.depth))
}
