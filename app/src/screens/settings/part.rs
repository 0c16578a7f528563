//! What the parts of the drawer are built of.

use egui::{Align, Layout, Ui};

use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::text::{sentences, settings};
use crate::theme::{BOLD, MEDIUM, Palette, Scale, text};
use crate::widgets::button;

/// The heading of a part.
pub(in crate::screens) fn section(ui: &mut Ui, words: &str) {
    ui.label(text(ui, words, Scale::Body, BOLD));
}

/// A setting's name and its effect.
pub(in crate::screens) fn caption(ui: &mut Ui, name: &str, more: &str) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.label(text(ui, name, Scale::Small, MEDIUM));
        effect(ui, more);
    });
}

/// The same, with a button that asks for `back`; none where the setting is what it was at first.
pub(super) fn caption_with_reset(
    ui: &mut Ui,
    (name, more): (&str, &str),
    back: Option<SettingsCommand>,
    commands: &CommandSender,
) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 0.0;
        ui.horizontal(|ui| {
            ui.label(text(ui, name, Scale::Small, MEDIUM));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(back) = back
                    && reset(ui, name)
                {
                    commands.send(back);
                }
            });
        });
        effect(ui, more);
    });
}

fn effect(ui: &mut Ui, words: &str) {
    if !words.is_empty() {
        let soft = Palette::of(ui).soft;
        ui.label(text(ui, words, Scale::Small, "").color(soft));
    }
}

/// The button that takes one setting back; no higher than the line it stands in.
fn reset(ui: &mut Ui, name: &str) -> bool {
    ui.spacing_mut().interact_size.y = 0.0;
    ui.spacing_mut().button_padding = egui::Vec2::ZERO;
    let words = text(ui, settings::reset_one(), Scale::Small, MEDIUM).color(Palette::of(ui).accent);
    let response = ui.add(egui::Button::new(words).frame(false));
    button::describe(&response, &sentences::item_of(settings::reset_one(), name), None);
    button::paint_focus(ui, response.rect.expand(2.0), &response);
    response.clicked()
}

/// A box that unfolds choices; screen readers call it `name`.
pub(in crate::screens) fn choice(ui: &mut Ui, name: &str, shown: &str, choices: impl FnOnce(&mut Ui)) {
    let combo = egui::ComboBox::from_id_salt(name).width(ui.available_width()).selected_text(shown);
    let response = combo.show_ui(ui, choices).response;
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name);
        info.current_text_value = Some(shown.to_owned());
        info
    });
    button::follow_focus(&response);
}
