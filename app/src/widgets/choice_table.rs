//! A table of which one row is chosen.

use egui::{Color32, CursorIcon, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2};

use super::button::{describe, one_line, paint_focus};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, RADIUS_SMALL, Scale, font};

/// Height of a row.
const HEIGHT: f32 = 40.0;
/// Where columns begin, as shares of the width.
const COLUMNS: [f32; 5] = [0.0, 0.30, 0.47, 0.64, 0.82];

/// One row: a name, three figures and a verdict in its own colour.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// The name.
    pub name: String,
    /// Behind the name, in the accent.
    pub mark: String,
    /// Figures of the columns after it.
    pub figures: [String; 3],
    /// The last column and its colour.
    pub verdict: (String, Color32),
}

/// Shows the names of the columns.
pub fn head(ui: &mut Ui, columns: [&str; 5]) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), GRID * 6.0), Sense::hover());
    let soft = Palette::of(ui).soft;
    for (index, words) in columns.into_iter().enumerate() {
        let cell = cell(rect, index);
        let text = one_line(ui, words, font(ui, Scale::Small, ""), cell.width());
        ui.painter().galley(Pos2::new(cell.left(), cell.center().y - text.size().y / 2.0), text, soft);
    }
}

/// Shows a row; `name` says of what it is one.
pub fn row(ui: &mut Ui, name: &str, row: &TableRow, chosen: bool) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), HEIGHT), Sense::click());
    let (said, figures) = (&row.name, row.figures.join(", "));
    describe(&response, &format!("{name}: {said}, {figures}, {}", row.verdict.0), Some(chosen));
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
    let write = |index: usize, words: &str, family, color| {
        let cell = cell(rect, index);
        let text = one_line(ui, words, font(ui, Scale::Body, family), cell.width());
        let size = text.size();
        ui.painter().galley(Pos2::new(cell.left(), cell.center().y - size.y / 2.0), text, color);
        cell.left() + size.x
    };
    let end = write(0, &row.name, BOLD, palette.text);
    let room = cell(rect, 0).right() - end - GRID * 2.0;
    if room > GRID * 4.0 {
        let mark = one_line(ui, &row.mark, font(ui, Scale::Small, MEDIUM), room);
        let at = Pos2::new(end + GRID * 2.0, rect.center().y - mark.size().y / 2.0);
        ui.painter().galley(at, mark, palette.accent);
    }
    for (index, figure) in row.figures.iter().enumerate() {
        write(index + 1, figure, "", palette.text);
    }
    write(4, &row.verdict.0, MEDIUM, row.verdict.1);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A cell's place in a row.
fn cell(row: Rect, index: usize) -> Rect {
    let inner = row.shrink2(Vec2::new(GRID * 3.0, 0.0));
    let at = |share: f32| inner.left() + inner.width() * share;
    let right = COLUMNS.get(index + 1).map_or(inner.right(), |next| at(*next) - GRID * 2.0);
    Rect::from_min_max(Pos2::new(at(COLUMNS[index]), row.top()), Pos2::new(right, row.bottom()))
}
