//! The drawer at the right: the settings of the current chat.

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui};

use super::forms::Forms;
use super::replies::{self, Scope};
use super::settings::performance;
use crate::command::ViewCommand;
use crate::inbox::CommandSender;
use crate::state::{SettingsPage, State};
use crate::text::settings;
use crate::theme::{BOLD, GRID, Scale, icons};
use crate::widgets::button;
use crate::widgets::card::hairline;

/// Shows the drawer.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(GRID * 8.0);
            ui.label(crate::theme::text(ui, settings::chat_settings(), Scale::Body, BOLD));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button::icon(ui, icons::CLOSE, settings::close_chat_settings()).clicked() {
                    commands.send(ViewCommand::ToggleDrawer);
                }
            });
        });
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 16 }).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            // What is drawn here may not make it wider than it is.
            ui.set_max_width(ui.available_width());
            replies::show(ui, state, Scope::ThisChat, &mut forms.replies, commands);
            hairline(ui);
            performance::context(ui, state, commands);
            hairline(ui);
            if button::quiet(ui, icons::SETTINGS, settings::defaults_of_chats()).clicked() {
                commands.send(ViewCommand::ShowSettings(SettingsPage::Chats));
            }
        });
    });
}
