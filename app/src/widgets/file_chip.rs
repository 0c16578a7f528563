//! A text file that goes with a message: its name, how much it is, and for one that waits a way to take it off.

use egui::{CursorIcon, Frame, Margin, Sense, Ui};

use super::button;
use crate::text::{labels, sentences};
use crate::theme::{GRID, MEDIUM, Palette, RADIUS_SMALL, Scale, icons, text};

/// Most characters of a file that are shown under the pointer.
const PREVIEW_CHARS: usize = 600;

/// Shows a file; `content` is shown under the pointer.
pub fn chip(ui: &mut Ui, name: &str, more: &str, content: &str) {
    frame(ui, name, more, content, |_| ());
}

/// Shows a file that can be taken off; says whether it was.
pub fn removable(ui: &mut Ui, name: &str, more: &str, content: &str) -> bool {
    frame(ui, name, more, content, |ui| {
        let label = sentences::item_of(labels::detach(), name);
        button::icon(ui, icons::CLOSE, &label).clicked()
    })
}

fn frame<R>(ui: &mut Ui, name: &str, more: &str, content: &str, end: impl FnOnce(&mut Ui) -> R) -> R {
    let palette = Palette::of(ui);
    let chip = Frame::new().fill(palette.hover).corner_radius(RADIUS_SMALL);
    let shown = chip.inner_margin(Margin { left: 10, right: 6, top: 0, bottom: 0 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            ui.set_min_height(GRID * 8.0);
            ui.label(text(ui, icons::FILE, Scale::Body, "").color(palette.soft));
            ui.label(text(ui, name, Scale::Small, MEDIUM));
            ui.label(text(ui, more, Scale::Small, "").color(palette.soft));
            end(ui)
        })
        .inner
    });
    let response = ui.interact(shown.response.rect, shown.response.id.with("content"), Sense::hover());
    button::describe(&response, &sentences::item_of(labels::attached_file(), name), None);
    response.on_hover_cursor(CursorIcon::Default).on_hover_ui(|ui| {
        ui.label(content.chars().take(PREVIEW_CHARS).collect::<String>());
    });
    shown.inner
}
