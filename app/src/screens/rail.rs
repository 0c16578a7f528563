//! The left rail: new chat, the chats, running work, models and settings.

use egui::{Align, Layout, Panel, Ui};

use super::forms::Forms;
use super::{chat_list, jobs};
use crate::command::{ChatsCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Screen, State};
use crate::text::labels;
use crate::theme::{BOLD, GRID, Palette, Scale, icons};
use crate::widgets::button;

/// Shows the rail.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    ui.spacing_mut().item_spacing.y = 2.0;
    head(ui, forms, commands);
    ui.add_space(GRID * 2.0);
    if button::row(ui, icons::NEW_CHAT, labels::new_chat(), false).clicked() {
        commands.send(ChatsCommand::New);
    }
    ui.add_space(GRID);
    chat_list::search(ui, state, &mut forms.chat_list, commands);
    let foot =
        Panel::bottom("rail foot").frame(egui::Frame::new()).show_separator_line(false).resizable(false);
    foot.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        jobs::show(ui, state, commands);
        ui.add_space(GRID * 2.0);
        let on_models = !matches!(state.screen, Screen::Chat | Screen::Welcome | Screen::Settings);
        if button::row(ui, icons::MODELS, labels::models(), on_models).clicked() {
            commands.send(ViewCommand::Show(Screen::Models));
        }
        let on_settings = state.screen == Screen::Settings;
        if button::row(ui, icons::SETTINGS, labels::settings(), on_settings).clicked() {
            commands.send(ViewCommand::ShowSettings(state.settings_page));
        }
    });
    chat_list::show(ui, state, &mut forms.chat_list, commands);
}

fn head(ui: &mut Ui, forms: &mut Forms, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.add_space(GRID * 2.5);
        let palette = Palette::of(ui);
        ui.label(crate::theme::text(ui, icons::PRODUCT, Scale::Body, "").color(palette.accent));
        ui.label(crate::theme::text(ui, labels::product(), Scale::Body, BOLD));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button::icon(ui, icons::RAIL, labels::hide_rail()).clicked() {
                // Where the window is narrow, only this time.
                if !std::mem::take(&mut forms.rail_over) {
                    commands.send(ViewCommand::ToggleRail);
                }
            }
        });
    });
}
