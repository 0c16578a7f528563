//! Facts of one thing: name above value, in as many columns as there is room for.

use egui::Ui;

use crate::theme::{GRID, MEDIUM, Palette, Scale, text};

/// Narrowest place that takes three columns.
const THREE_COLUMNS: f32 = 560.0;

/// Shows pairs of name and value.
pub fn facts(ui: &mut Ui, rows: &[(&str, String)]) {
    let columns = if ui.available_width() >= THREE_COLUMNS { 3 } else { 2 };
    let width = ui.available_width() / columns as f32 - GRID * 2.0;
    let soft = Palette::of(ui).soft;
    for line in rows.chunks(columns) {
        ui.horizontal_top(|ui| {
            for (name, value) in line {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.label(text(ui, *name, Scale::Small, "").color(soft));
                    ui.label(text(ui, value, Scale::Body, MEDIUM));
                });
            }
        });
    }
}
