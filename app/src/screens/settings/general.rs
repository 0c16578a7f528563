//! The page of what concerns the whole program: language, one folder for all data, and the way back to the first settings.

use egui::Ui;

use super::part::{caption, caption_with_reset, choice};
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::state::{Language, State};
use crate::text::{labels, settings};
use crate::theme::{GRID, icons};
use crate::widgets::button;
use crate::widgets::path::path;

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    language(ui, state.settings.language, commands);
    ui.add_space(GRID);
    portable(ui, state);
    ui.add_space(GRID);
    reset(ui, commands);
}

fn language(ui: &mut Ui, now: Option<Language>, commands: &CommandSender) {
    let back = now.map(|_| SettingsCommand::SetLanguage(None));
    caption_with_reset(ui, (labels::language(), labels::language_more()), back, commands);
    let word = |language: Option<Language>| language.map_or(labels::language_system(), Language::name);
    choice(ui, labels::language(), word(now), |ui| {
        for choice in std::iter::once(None).chain(Language::ALL.map(Some)) {
            if ui.selectable_label(choice == now, word(choice)).clicked() {
                commands.send(SettingsCommand::SetLanguage(choice));
            }
        }
    });
}

/// Whether everything lies in one folder, and how to have it so.
fn portable(ui: &mut Ui, state: &State) {
    match &state.places.portable {
        Some(folder) => {
            caption(ui, settings::portable(), settings::portable_is());
            path(ui, folder);
        }
        None => caption(ui, settings::portable(), settings::portable_how()),
    }
}

/// Resets all settings, after asking once more.
fn reset(ui: &mut Ui, commands: &CommandSender) {
    caption(ui, labels::reset(), settings::reset_more());
    let id = ui.scope_id().with("reset");
    let mut asks = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    if asks {
        ui.label(settings::reset_sure());
        ui.horizontal(|ui| {
            if button::danger(ui, icons::AGAIN, labels::reset()).clicked() {
                commands.send(SettingsCommand::Reset);
                asks = false;
            }
            if button::outlined(ui, "", labels::cancel()).clicked() {
                asks = false;
            }
        });
    } else if button::outlined(ui, icons::AGAIN, labels::reset()).clicked() {
        asks = true;
    }
    ui.data_mut(|data| data.insert_temp(id, asks));
}
