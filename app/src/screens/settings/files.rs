//! The drawer's part on files and the network.

use egui::Ui;

use super::part::{caption, caption_with_reset, section};
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::state::State;
use crate::text::settings;
use crate::theme::{GRID, icons};
use crate::widgets::button;
use crate::widgets::path::path;
use crate::widgets::segmented::segmented;

/// Shows the part.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    section(ui, settings::section_files());
    models_folder(ui, state, commands);
    ui.add_space(GRID);
    offline(ui, state, commands);
    ui.add_space(GRID);
    portable(ui, state);
}

fn models_folder(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let back = state.settings.models_folder.as_ref().map(|_| SettingsCommand::SetModelsFolder(None));
    caption_with_reset(ui, (settings::models_folder(), settings::models_folder_more()), back, commands);
    path(ui, &state.places.models);
    if button::outlined(ui, icons::FOLDER, settings::choose_models_folder()).clicked() {
        commands.send(SettingsCommand::ChooseModelsFolder);
    }
}

fn offline(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let now = state.settings.offline;
    let back = now.then_some(SettingsCommand::SetOffline(false));
    caption_with_reset(ui, (settings::offline(), settings::offline_more()), back, commands);
    let choices = [(false, settings::switch_off()), (true, settings::switch_on())];
    if let Some(offline) = segmented(ui, settings::offline(), &choices, now) {
        commands.send(SettingsCommand::SetOffline(offline));
    }
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
