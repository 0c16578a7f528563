//! What can be done with a model of the library.

use egui::Ui;
use nibble_engine::jobs::protocol::LibraryModel;

use crate::command::{Command, CommandSender};
use crate::state::State;
use crate::text::{labels, models, quality};
use crate::theme::{GRID, icons};
use crate::widgets::button;

/// Shows the menu.
pub(super) fn show(ui: &mut Ui, state: &State, model: &LibraryModel, commands: &CommandSender) {
    ui.set_min_width(GRID * 64.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut item = |icon: &str, words: &str, command: Command| {
        if button::row(ui, icon, words, false).clicked() {
            commands.send(command);
            ui.close();
        }
    };
    if model.problem.is_none() {
        item(icons::NEW_CHAT, labels::chat(), Command::ChatWith(model.path.clone()));
        item(icons::MODELS, models::quantize_from(), Command::OpenModel(model.path.clone()));
    }
    if state.quality.of(&model.path).is_some() {
        item(icons::SPEED, quality::quality_report(), Command::ShowQuality(model.path.clone()));
    }
    item(icons::CHECK, models::verify(), Command::VerifyModel(model.name.clone()));
    item(icons::FOLDER, models::reveal(), Command::Reveal(model.path.clone()));
    if let Some(original) = &model.original {
        item(icons::DELETE, models::free_original(), Command::AskRemove(Some(original.clone())));
    }
    if model.origin.can_be_removed() {
        item(icons::DELETE, models::delete_model(), Command::AskRemove(Some(model.name.clone())));
    }
}
