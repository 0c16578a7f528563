//! The heading above a list.

use egui::Ui;

use crate::theme::{GRID, MEDIUM, Palette, Scale, text};

/// Shows `words` as the heading above a list.
pub fn list_heading(ui: &mut Ui, words: &str) {
    let soft = Palette::of(ui).soft;
    ui.add_space(GRID * 4.0);
    ui.horizontal(|ui| {
        ui.add_space(GRID * 3.0);
        ui.label(text(ui, words, Scale::Small, MEDIUM).color(soft));
    });
}
