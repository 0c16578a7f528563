//! The way back from a page to the screen that it belongs to.

use egui::Ui;

use crate::command::ViewCommand;
use crate::inbox::CommandSender;
use crate::state::Screen;
use crate::text::models;
use crate::theme::icons;
use crate::widgets::button;

/// Shows the way back to the library, or to the search for models.
pub(super) fn back(ui: &mut Ui, screen: Screen, commands: &CommandSender) {
    let words = if screen == Screen::Discover { models::discover() } else { models::library() };
    if button::flush(ui, icons::OLDER, words).clicked() {
        commands.send(ViewCommand::Show(screen));
    }
}
