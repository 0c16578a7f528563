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
    ui.set_min_width(GRID * 64.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut item = |icon: &str, words: &str, command: Command| {
        if button::row(ui, icon, words, false).clicked() {
            commands.send(command);
            ui.close();
        }
    };
    if model.problem.is_none() {
        item(icons::NEW_CHAT, labels::chat(), ModelCommand::ChatWith(model.path.clone()).into());
        item(icons::MODELS, models::quantize_from(), ModelCommand::Open(model.path.clone()).into());
    }
    if state.quality.of(&model.path).is_some() {
        item(icons::SPEED, quality::quality_report(), QualityCommand::Show(model.path.clone()).into());
    }
    if model.problem.is_none() {
        item(icons::MODELS, workshop::compare_open(), CompareCommand::With(model.path.clone()).into());
    }
    item(icons::CHECK, models::verify(), LibraryCommand::Verify(model.name.clone()).into());
    item(icons::FOLDER, models::reveal(), ViewCommand::Reveal(model.path.clone()).into());
    if let Some(original) = &model.original {
        item(
            icons::DELETE,
            models::free_original(),
            LibraryCommand::AskRemove(Some(original.clone())).into(),
        );
    }
    if model.origin.can_be_removed() {
        item(
            icons::DELETE,
            models::delete_model(),
            LibraryCommand::AskRemove(Some(model.name.clone())).into(),
        );
    }
}
