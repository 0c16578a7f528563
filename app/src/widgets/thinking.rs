//! What a model thinks before it answers, folded away.

use egui::{Label, Ui};

use super::button;
use crate::text::{duration, labels, sentences};
use crate::theme::{GRID, Palette, Scale, icons, text};

/// Shows thoughts, folded at first; `growing` while the model is at them, and how long they took in seconds once known.
pub fn show(ui: &mut Ui, thoughts: &str, growing: bool, took: Option<f64>) {
    let id = ui.scope_id().with("thoughts");
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let palette = Palette::of(ui);
    let label = match took {
        _ if growing => labels::thinks().to_owned(),
        Some(seconds) => sentences::thought_for(&duration(seconds)),
        None => labels::thoughts().to_owned(),
    };
    let icon = if open { icons::UNFOLDED } else { icons::FOLDED };
    let words = text(ui, format!("{icon} {label}"), Scale::Small, "").color(palette.soft);
    let fold = ui.add(egui::Button::new(words).frame(false));
    button::describe(&fold, &label, Some(open));
    button::paint_focus(ui, fold.rect, &fold);
    if fold.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    if open {
        let left = egui::Margin { left: 16, ..egui::Margin::ZERO };
        egui::Frame::new().inner_margin(left).show(ui, |ui| {
            ui.add(Label::new(text(ui, thoughts, Scale::Small, "").color(palette.soft)));
        });
    }
    ui.add_space(GRID);
}
