//! A place where something was found: the chat's title, and a few words around the place.

use egui::{CursorIcon, Pos2, Response, Sense, Ui, Vec2};

use super::button::{describe, one_line, paint_focus};
use crate::theme::{GRID, MEDIUM, Palette, RADIUS_SMALL, ROW, Scale, font};

/// Shows a row of a list's height.
pub fn hit_row(ui: &mut Ui, title: &str, excerpt: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
    describe(&response, &format!("{title}: {excerpt}"), None);
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let palette = Palette::of(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS_SMALL, palette.tint);
    }
    paint_focus(ui, rect, &response);
    let left = rect.left() + GRID * 2.5;
    let room = rect.width() - GRID * 5.0;
    let title = one_line(ui, title, font(ui, Scale::Small, MEDIUM), room);
    let excerpt_line = one_line(ui, excerpt, font(ui, Scale::Small, ""), room);
    let top = rect.center().y - f32::midpoint(title.size().y, excerpt_line.size().y);
    let below = top + title.size().y;
    ui.painter().galley(Pos2::new(left, top), title, palette.text);
    ui.painter().galley(Pos2::new(left, below), excerpt_line, palette.soft);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(excerpt)
}
