//! The settings drawer: every setting with its effect in words, and a way back where it is not what it was at first.

mod files;
mod looks;
pub(super) mod model;
pub(super) mod part;

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui};

use super::forms::Forms;
use super::replies;
use crate::command::{ChatsCommand, SettingsCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Screen, State, Titles};
use crate::text::{about, labels};
use crate::theme::{BOLD, GRID, Scale, icons};
use crate::widgets::button;
use crate::widgets::card::hairline;
use crate::widgets::segmented::segmented;

use part::{caption, caption_with_reset, section};

/// Shows the drawer.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(GRID * 8.0);
            ui.label(crate::theme::text(ui, labels::settings(), Scale::Body, BOLD));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button::icon(ui, icons::CLOSE, labels::close_settings()).clicked() {
                    commands.send(ViewCommand::ToggleDrawer);
                }
            });
        });
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 16 }).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            parts(ui, state, forms, commands);
        });
    });
}

fn parts(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    // In a chat, what concerns the chat comes first.
    let in_chat = state.screen == Screen::Chat;
    if in_chat {
        replies::show(ui, state, &mut forms.replies, commands);
        hairline(ui);
    }
    model::show(ui, state, commands);
    hairline(ui);
    if !in_chat {
        replies::show(ui, state, &mut forms.replies, commands);
        hairline(ui);
    }
    files::show(ui, state, commands);
    hairline(ui);
    chats(ui, state, commands);
    hairline(ui);
    looks::show(ui, state, commands);
    hairline(ui);
    if button::quiet(ui, icons::AGAIN, labels::reset()).clicked() {
        commands.send(SettingsCommand::Reset);
    }
    if button::quiet(ui, icons::PRODUCT, about::about()).clicked() {
        commands.send(ViewCommand::Show(Screen::About));
    }
}

/// Where titles come from, and chats of other programs.
fn chats(ui: &mut Ui, state: &State, commands: &CommandSender) {
    section(ui, labels::section_chats());
    let now = state.settings.titles;
    let back = (now != Titles::ByModel).then_some(SettingsCommand::SetTitles(Titles::ByModel));
    caption_with_reset(ui, (labels::titles(), labels::titles_more()), back, commands);
    let choices =
        [(Titles::ByModel, labels::titles_by_model()), (Titles::FirstWords, labels::titles_first_words())];
    if let Some(titles) = segmented(ui, labels::titles(), &choices, now) {
        commands.send(SettingsCommand::SetTitles(titles));
    }
    ui.add_space(GRID);
    caption(ui, labels::import(), labels::import_more());
    if button::outlined(ui, icons::IMPORT, labels::choose_export()).clicked() {
        commands.send(ChatsCommand::ChooseImport);
    }
}
