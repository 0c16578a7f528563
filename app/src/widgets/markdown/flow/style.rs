//! How lines are set, and the grounds behind some of their words.

use egui::{Color32, Rect, Ui};

use super::super::blocks::CellSide;
use crate::theme::{Palette, Scale, font};

/// How lines are set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct LineStyle {
    /// Size of the text in points.
    pub(in super::super) size: f32,
    /// Whether all of it is bold.
    pub(in super::super) strong: bool,
    /// Whether it stands back.
    pub(in super::super) soft: bool,
    /// Where lines break; infinite for one line.
    pub(in super::super) width: f32,
    /// Where lines stand that are shorter than the longest.
    pub(in super::super) side: CellSide,
}

impl LineStyle {
    /// Text of the window's size, this much larger, as wide as there is room.
    pub(in super::super) fn of(ui: &Ui, larger: f32) -> Self {
        let size = (font(ui, Scale::Body, "").size * larger * 2.0).round() / 2.0;
        Self { size, strong: false, soft: false, width: ui.available_width(), side: CellSide::Left }
    }

    /// The height of a line.
    pub(in super::super) fn line_height(&self) -> f32 {
        (self.size * 1.5).round()
    }

    pub(super) fn color(&self, palette: &Palette) -> Color32 {
        if self.soft { palette.soft } else { palette.text }
    }
}

/// A ground behind words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ground {
    pub(super) rect: Rect,
    pub(super) is_key: bool,
}
