//! One model in a list: icon, name, a line below, the size at the right.

use egui::{CursorIcon, FontId, Pos2, Response, Sense, Ui, Vec2};

use super::button::{describe_with, one_line, paint_focus};
use crate::theme::{GRID, MEDIUM, Palette, RADIUS, Scale, font};

/// What a row says.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModelRow<'a> {
    /// Icon of the row.
    pub icon: &'a str,
    /// The model's name, also the row's label.
    pub name: &'a str,
    /// A line below it.
    pub more: &'a str,
    /// At the right.
    pub figure: &'a str,
}

/// Shows a row as wide as there is room.
pub fn model_row(ui: &mut Ui, row: ModelRow<'_>) -> Response {
    let palette = Palette::of(ui);
    let height = GRID * 14.0;
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
    let said: Vec<&str> = [row.more, row.figure].into_iter().filter(|words| !words.is_empty()).collect();
    describe_with(&response, row.name, None, &said.join(", "));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, palette.tint);
    }
    paint_focus(ui, rect, &response);
    let inner = rect.shrink2(Vec2::new(GRID * 3.0, GRID * 2.0));
    let ink = if ui.is_enabled() { palette.text } else { palette.soft };
    let icon = FontId::proportional(font(ui, Scale::Body, "").size * 1.4);
    let center = Pos2::new(inner.left() + GRID * 3.0, inner.center().y);
    ui.painter().text(center, egui::Align2::CENTER_CENTER, row.icon, icon, palette.soft);
    let figure = one_line(ui, row.figure, font(ui, Scale::Small, ""), 160.0);
    let left = inner.left() + GRID * 9.0;
    let room = inner.right() - left - figure.size().x - GRID * 3.0;
    let name = one_line(ui, row.name, font(ui, Scale::Body, MEDIUM), room);
    let more = one_line(ui, row.more, font(ui, Scale::Small, ""), room);
    let figure_at = Pos2::new(inner.right() - figure.size().x, inner.center().y - figure.size().y / 2.0);
    let both = if row.more.is_empty() { name.size().y } else { name.size().y + more.size().y + 2.0 };
    let top = inner.center().y - both / 2.0;
    let below = top + name.size().y + 2.0;
    ui.painter().galley(figure_at, figure, palette.soft);
    ui.painter().galley(Pos2::new(left, top), name, ink);
    if !row.more.is_empty() {
        ui.painter().galley(Pos2::new(left, below), more, palette.soft);
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}
