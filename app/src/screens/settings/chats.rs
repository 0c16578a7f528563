//! The page on chats: replies where a chat has no settings of its own, where titles come from, chats of other programs.

use egui::Ui;

use super::part::{caption, caption_with_reset, section};
use crate::command::{ChatsCommand, SettingsCommand};
use crate::inbox::CommandSender;
use crate::screens::forms::Forms;
use crate::screens::replies::{self, Scope};
use crate::state::{State, Titles};
use crate::text::{labels, settings};
use crate::theme::{GRID, icons};
use crate::widgets::button;
use crate::widgets::card::hairline;
use crate::widgets::segmented::segmented;

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    titles(ui, state.settings.titles, commands);
    ui.add_space(GRID);
    caption(ui, labels::import(), labels::import_more());
    if button::outlined(ui, icons::IMPORT, labels::choose_export()).clicked() {
        commands.send(ChatsCommand::ChooseImport);
    }
    ui.add_space(GRID);
    hairline(ui);
    section(ui, settings::replies_defaults());
    replies::show(ui, state, Scope::AllChats, &mut forms.replies, commands);
}

fn titles(ui: &mut Ui, now: Titles, commands: &CommandSender) {
    let back = (now != Titles::ByModel).then_some(SettingsCommand::SetTitles(Titles::ByModel));
    caption_with_reset(ui, (labels::titles(), labels::titles_more()), back, commands);
    let choices =
        [(Titles::ByModel, labels::titles_by_model()), (Titles::FirstWords, labels::titles_first_words())];
    if let Some(titles) = segmented(ui, labels::titles(), &choices, now) {
        commands.send(SettingsCommand::SetTitles(titles));
    }
}
