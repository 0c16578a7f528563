//! Grounds to put things on.

use egui::{Frame, InnerResponse, Margin, Stroke, Ui};

use crate::theme::{GRID, Palette, RADIUS};

/// A card with an outline.
pub fn card<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(RADIUS)
        .inner_margin(Margin::same(16))
        .show(ui, contents)
}

/// A hairline across, with room around it.
pub fn hairline(ui: &mut Ui) {
    ui.add_space(GRID);
    let rect = ui.available_rect_before_wrap();
    let (line, _) = ui.allocate_exact_size(egui::Vec2::new(rect.width(), 1.0), egui::Sense::hover());
    ui.painter().hline(line.x_range(), line.center().y, Stroke::new(1.0, Palette::of(ui).line));
    ui.add_space(GRID);
}
