//! What a model thinks before it answers, folded away.

use egui::Ui;

use super::button;
use super::markdown::{MarkdownCache, aside_markdown};
use crate::text::{duration, labels, sentences};
use crate::theme::{GRID, Palette, Scale, icons, text};

/// Room between thoughts and the answer.
const BELOW: f32 = GRID * 3.0;

/// Shows thoughts, folded at first; `growing` while the model is at them, and how long they took in seconds once known. Says
/// which of their parts a person wants copied.
pub fn show(
    ui: &mut Ui,
    cache: &mut MarkdownCache,
    thoughts: &str,
    growing: bool,
    took: Option<f64>,
) -> Option<String> {
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
    let mut copied = None;
    if open {
        copied = ui.push_id("thought", |ui| aside_markdown(ui, cache, thoughts)).inner;
        ui.add_space(BELOW - ui.spacing().item_spacing.y);
    } else {
        ui.add_space(GRID);
    }
    copied
}
