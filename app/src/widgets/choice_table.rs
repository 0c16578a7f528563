//! A table of which one row is chosen. Figures end below each other, at the right of their columns; names and verdicts begin so.

use egui::{Color32, CursorIcon, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2};

use super::button::{describe, one_line, paint_focus};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, RADIUS_SMALL, Scale, font};

/// Height of a row.
const HEIGHT: f32 = 48.0;

/// A table: what its rows are, and where its columns begin, as shares of the width.
#[derive(Clone, Copy, Debug)]
pub struct ChoiceTable<'a> {
    /// Of what a row is one; read by screen readers before its name.
    pub name: &'a str,
    /// Left edges of the columns, the first at 0.
    pub columns: &'a [f32],
}

/// One row: a name, figures, and a verdict in its own color.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Name of the row.
    pub name: String,
    /// Below the name.
    pub more: String,
    /// Figures of the columns between.
    pub figures: Vec<String>,
    /// The last column and its color.
    pub verdict: (String, Color32),
}

impl ChoiceTable<'_> {
    /// Shows the names of the columns.
    pub fn head(&self, ui: &mut Ui, names: &[&str]) {
        let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), GRID * 6.0), Sense::hover());
        let soft = Palette::of(ui).soft;
        for (index, words) in names.iter().enumerate() {
            let cell = self.cell(rect, index);
            let text = one_line(ui, words, font(ui, Scale::Small, ""), cell.width());
            let is_figure = (1..names.len().saturating_sub(1)).contains(&index);
            let left = if is_figure { cell.right() - text.size().x } else { cell.left() };
            ui.painter().galley(Pos2::new(left, cell.center().y - text.size().y / 2.0), text, soft);
        }
    }

    /// Shows a row.
    pub fn row(&self, ui: &mut Ui, row: &TableRow, chosen: bool) -> Response {
        let palette = Palette::of(ui);
        let (rect, response) =
            ui.allocate_exact_size(Vec2::new(ui.available_width(), HEIGHT), Sense::click());
        let figures: String = row.figures.iter().flat_map(|figure| [", ", figure]).collect();
        describe(
            &response,
            &format!("{}: {}{figures}, {}", self.name, row.name, row.verdict.0),
            Some(chosen),
        );
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let fill = match (chosen, response.hovered()) {
            (true, _) => palette.accent_tint,
            (false, true) => palette.tint,
            (false, false) => Color32::TRANSPARENT,
        };
        let line = if chosen { palette.accent } else { Color32::TRANSPARENT };
        ui.painter().rect(rect, RADIUS_SMALL, fill, Stroke::new(1.5, line), StrokeKind::Inside);
        paint_focus(ui, rect, &response);
        self.paint_name(ui, rect, row);
        let middle = |cell: Rect, height: f32| cell.center().y - height / 2.0;
        for (index, figure) in row.figures.iter().enumerate() {
            let cell = self.cell(rect, index + 1);
            let text = one_line(ui, figure, font(ui, Scale::Small, ""), cell.width());
            let at = Pos2::new(cell.right() - text.size().x, middle(cell, text.size().y));
            ui.painter().galley(at, text, palette.text);
        }
        let cell = self.cell(rect, row.figures.len() + 1);
        let text = one_line(ui, &row.verdict.0, font(ui, Scale::Small, MEDIUM), cell.width());
        let at = Pos2::new(cell.left(), middle(cell, text.size().y));
        ui.painter().galley(at, text, row.verdict.1);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }

    fn paint_name(&self, ui: &Ui, rect: Rect, row: &TableRow) {
        let palette = Palette::of(ui);
        let cell = self.cell(rect, 0);
        let name = one_line(ui, &row.name, font(ui, Scale::Body, BOLD), cell.width());
        let more = one_line(ui, &row.more, font(ui, Scale::Small, ""), cell.width());
        let both = if row.more.is_empty() { name.size().y } else { name.size().y + more.size().y };
        let top = rect.center().y - both / 2.0;
        let below = top + name.size().y;
        ui.painter().galley(Pos2::new(cell.left(), top), name, palette.text);
        if !row.more.is_empty() {
            ui.painter().galley(Pos2::new(cell.left(), below), more, palette.soft);
        }
    }

    /// A cell's place in a row.
    fn cell(&self, row: Rect, index: usize) -> Rect {
        let inner = row.shrink2(Vec2::new(GRID * 3.0, 0.0));
        let at = |share: f32| inner.left() + inner.width() * share;
        let left = self.columns.get(index).map_or(inner.right(), |share| at(*share));
        let right = self.columns.get(index + 1).map_or(inner.right(), |next| at(*next) - GRID * 4.0);
        Rect::from_min_max(Pos2::new(left, row.top()), Pos2::new(right, row.bottom()))
    }
}
