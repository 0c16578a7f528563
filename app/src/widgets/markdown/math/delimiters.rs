//! Signs that grow: delimiters and roots upright, braces and arrows across, from larger forms or from parts (OpenType MATH,
//! "MathVariants").

use super::boxes::MathBox;
use super::constants::{DELIMITER_FACTOR, DELIMITER_SHORTFALL, MIN_CONNECTOR_OVERLAP};
use super::layout::Setting;
use super::metrics::{Growth, across, metrics, upright};
use super::tree::Node;

/// Most copies of a part that is repeated.
const MOST_COPIES: usize = 400;

impl Setting<'_> {
    /// Delimiters as high as what they hold.
    pub(super) fn fenced(
        &self,
        open: Option<char>,
        close: Option<char>,
        parts: &[Vec<Node>],
        between: &[char],
    ) -> MathBox {
        let parts: Vec<MathBox> = parts.iter().map(|part| self.list(part)).collect();
        let farthest = parts
            .iter()
            .map(|part| (part.height - self.axis()).max(part.depth + self.axis()))
            .fold(0.0, f32::max);
        let whole = 2.0 * farthest;
        let wanted = (whole * DELIMITER_FACTOR).max(whole - DELIMITER_SHORTFALL * self.em());
        let delimiter = |sign: Option<char>| match sign {
            Some(sign) => self.delimiter(sign, wanted),
            None => MathBox::space(self.beside()),
        };
        let mut row = delimiter(open);
        for (at, part) in parts.iter().enumerate() {
            row.append(part);
            if let Some(sign) = between.get(at) {
                row.width += 0.15 * self.em();
                row.append(&delimiter(Some(*sign)));
                row.width += 0.15 * self.em();
            }
        }
        row.append(&delimiter(close));
        row.italic = 0.0;
        row.accent = None;
        row
    }

    /// A delimiter of at least this extent, with its middle on the axis.
    pub(super) fn delimiter(&self, sign: char, extent: f32) -> MathBox {
        let grown = self.grown(sign, extent);
        let down = (grown.height - grown.depth) / 2.0 - self.axis();
        grown.lowered(down)
    }

    /// The smallest form of a sign of at least this extent, or one made of parts; the largest there is otherwise.
    pub(super) fn grown(&self, sign: char, extent: f32) -> MathBox {
        let Some(growth) = upright(sign) else { return self.sign(sign) };
        let size = |form: &char| metrics(*form).map_or(0.0, |form| form.top - form.bottom) * self.em();
        match fitting(sign, growth, extent, size) {
            Form::One(form) => self.sign(form),
            Form::Parts => self.assembled(growth, extent, true),
        }
    }

    /// The same, across.
    pub(super) fn widened(&self, sign: char, width: f32) -> MathBox {
        let Some(growth) = across(sign) else { return self.sign(sign) };
        let size = |form: &char| metrics(*form).map_or(0.0, |form| form.right - form.left) * self.em();
        match fitting(sign, growth, width, size) {
            Form::One(form) => self.sign(form),
            Form::Parts => self.assembled(growth, width, false),
        }
    }

    /// A sign made of parts, from the bottom up or from left to right, whose joints overlap as much as the length asks for.
    fn assembled(&self, growth: &Growth, length: f32, is_upright: bool) -> MathBox {
        let em = self.em();
        let wanted = length / em;
        let of = |repeats: bool| growth.parts.iter().filter(move |part| part.repeats == repeats);
        let (fixed, n_fixed): (f32, usize) = (of(false).map(|part| part.length).sum(), of(false).count());
        let (repeated, n_repeated): (f32, usize) = (of(true).map(|part| part.length).sum(), of(true).count());
        let gain = repeated - n_repeated as f32 * MIN_CONNECTOR_OVERLAP;
        let least = fixed - n_fixed.saturating_sub(1) as f32 * MIN_CONNECTOR_OVERLAP;
        let copies = if gain > 0.0 { ((wanted - least) / gain).ceil().max(0.0) as usize } else { 0 };
        let copies = copies.min(MOST_COPIES);
        let parts: Vec<_> = growth
            .parts
            .iter()
            .flat_map(|part| std::iter::repeat_n(part, if part.repeats { copies } else { 1 }))
            .collect();
        let full: f32 = parts.iter().map(|part| part.length).sum();
        let n_joints = parts.len().saturating_sub(1).max(1) as f32;
        let most = parts.windows(2).map(|pair| pair[0].end.min(pair[1].start)).fold(f32::MAX, f32::min);
        let overlap =
            ((full - wanted) / n_joints).clamp(MIN_CONNECTOR_OVERLAP, most.max(MIN_CONNECTOR_OVERLAP));
        let mut whole = MathBox::default();
        let mut along = 0.0;
        for part in parts {
            let measures = metrics(part.sign).unwrap_or_default();
            let mut ink = self.sign(part.sign);
            if is_upright {
                // From the foot of the ink, wherever its baseline is.
                (ink.height, ink.depth) = (measures.top * em, -measures.bottom * em);
                whole.put_wide(&ink, 0.0, -(along - measures.bottom * em));
            } else {
                whole.put(&ink, along - measures.left * em, 0.0);
            }
            along += (part.length - overlap) * em;
        }
        if !is_upright {
            whole.width = along + overlap * em;
        }
        whole
    }
}

enum Form {
    One(char),
    Parts,
}

fn fitting(sign: char, growth: &Growth, wanted: f32, size: impl Fn(&char) -> f32) -> Form {
    if size(&sign) >= wanted {
        return Form::One(sign);
    }
    match growth.forms.iter().find(|form| size(form) >= wanted) {
        Some(form) => Form::One(*form),
        None if growth.parts.is_empty() => Form::One(*growth.forms.last().unwrap_or(&sign)),
        None => Form::Parts,
    }
}
