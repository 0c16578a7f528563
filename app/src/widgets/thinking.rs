//! What a model thinks before it answers, folded away.

use egui::{Label, Ui};

use super::button;
use crate::text::{duration, labels, sentences};
use crate::theme::{GRID, Palette, Scale, icons, text};

/// Parts a reply into its thoughts, between `<think>` and `</think>`, and what is said to the person.
pub fn split(reply: &str) -> (Option<&str>, &str) {
    let Some(rest) = reply.trim_start().strip_prefix("<think>") else { return (None, reply) };
    let (thoughts, said) = rest.split_once("</think>").unwrap_or((rest, ""));
    let thoughts = thoughts.trim();
    ((!thoughts.is_empty()).then_some(thoughts), said.trim_start())
}

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

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn thoughts_are_parted_from_what_is_said() {
        assert_eq!(split("Hello"), (None, "Hello"));
        assert_eq!(split("<think>\nhm\n</think>\n\nHello"), (Some("hm"), "Hello"));
        assert_eq!(split("<think>hm, I"), (Some("hm, I"), ""));
        assert_eq!(split("<think>\n\n</think>\n\nHello"), (None, "Hello"));
    }
}
