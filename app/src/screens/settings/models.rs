//! The page on models: what they are quantized to, where they go, how long one stays in memory.

use egui::Ui;

use super::part::{caption, caption_with_reset, choice};
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::screens::precision;
use crate::state::State;
use crate::text::{labels, sentences, settings};
use crate::theme::{GRID, icons};
use crate::widgets::button;
use crate::widgets::path::path;

/// Minutes without use offered.
const MINUTES: [u32; 4] = [5, 15, 30, 60];

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    caption(ui, labels::precision(), "");
    precision::show(ui, state, commands);
    ui.add_space(GRID);
    keep_loaded(ui, state, commands);
    ui.add_space(GRID);
    models_folder(ui, state, commands);
}

fn keep_loaded(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let now = state.settings.unload_after_minutes;
    let back = now.map(|_| SettingsCommand::SetUnloadAfter(None));
    caption_with_reset(ui, (settings::keep_loaded(), settings::keep_loaded_more()), back, commands);
    let word = |minutes: Option<u32>| match minutes {
        Some(minutes) => sentences::unload_after(minutes as usize),
        None => settings::keep_always().to_owned(),
    };
    choice(ui, settings::keep_loaded(), &word(now), |ui| {
        for choice in std::iter::once(None).chain(MINUTES.map(Some)) {
            if ui.selectable_label(choice == now, word(choice)).clicked() {
                commands.send(SettingsCommand::SetUnloadAfter(choice));
            }
        }
    });
}

fn models_folder(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let back = state.settings.models_folder.as_ref().map(|_| SettingsCommand::SetModelsFolder(None));
    caption_with_reset(ui, (settings::models_folder(), settings::models_folder_more()), back, commands);
    path(ui, &state.places.models);
    if button::outlined(ui, icons::FOLDER, settings::choose_models_folder()).clicked() {
        commands.send(SettingsCommand::ChooseModelsFolder);
    }
}
