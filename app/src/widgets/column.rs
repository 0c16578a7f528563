//! The center column: as wide as text is pleasant to read, in the middle of what there is.

use egui::{Rect, Ui, UiBuilder};

use crate::theme::{COLUMN, GRID};

/// Shows `contents` in a centered column.
pub fn column<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_rect_before_wrap();
    let width = (room.width() - GRID * 12.0).clamp(GRID * 40.0, COLUMN);
    let left = room.center().x - width / 2.0;
    let rect = Rect::from_min_max(
        egui::pos2(left.round(), room.top()),
        egui::pos2(left.round() + width, room.bottom()),
    );
    let shown = ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.set_width(width);
        contents(ui)
    });
    shown.inner
}
