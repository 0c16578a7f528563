//! What can be done with a model of the library.

use egui::Ui;
use nibble_engine::jobs::protocol::LibraryModel;

use crate::command::{Command, CompareCommand, LibraryCommand, ModelCommand, QualityCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::State;
use crate::text::{labels, models, quality, workshop};
use crate::theme::{GRID, icons};
use crate::widgets::button;

/// Shows the menu.
pub(super) fn show(ui: &mut Ui, state: &State, model: &LibraryModel, commands: &CommandSender) {
    ui.set_width(GRID * 74.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut item = |icon: &str, words: &str, command: Command| {
        if button::row(ui, icon, words, false).clicked() {
            commands.send(command);
            ui.close();
        }
    };
    if model.problem.is_none() {
        item(icons::NEW_CHAT, labels::chat(), ModelCommand::ChatWith(model.path.clone()).into());
        item(icons::MODELS, models::quantize_from(), ModelCommand::ShowPage(model.path.clone()).into());
    }
    if state.quality.of(&model.path).is_some() {
        item(icons::SPEED, quality::quality_report(), QualityCommand::Show(model.path.clone()).into());
    }
    if model.problem.is_none() {
        item(icons::MODELS, workshop::compare_open(), CompareCommand::With(model.path.clone()).into());
    }
    item(icons::CHECK, models::verify(), LibraryCommand::Verify(model.name.clone()).into());
    item(icons::FOLDER, models::reveal(), ViewCommand::Reveal(model.path.clone()).into());
    let mut delete = |words: &str, name: &String| {
        if button::danger_row(ui, icons::DELETE, words).clicked() {
            commands.send(LibraryCommand::AskRemove(Some(name.clone())));
            ui.close();
        }
    };
    if let Some(original) = &model.original {
        delete(models::free_original(), original);
    }
    if model.origin.can_be_removed() {
        delete(models::delete_model(), &model.name);
    }
}
