//! The settings of the program, page by page: every setting with its effect in words, and a way back where it is not what it was
//! at first.

mod about;
mod appearance;
mod chats;
mod general;
mod models;
mod network;
pub(super) mod part;
pub(super) mod performance;
mod shortcuts;

use egui::{Frame, Margin, Rect, ScrollArea, Ui, UiBuilder};

pub(super) use network::TokenForm;

use super::forms::Forms;
use crate::command::ViewCommand;
use crate::inbox::CommandSender;
use crate::state::{SettingsPage, State};
use crate::text::{about as about_words, labels, settings};
use crate::theme::{GRID, icons};
use crate::widgets::button;
use crate::widgets::column::column;

/// Width of the list of pages.
const LIST: f32 = 240.0;

/// Narrowest screen that has the list beside the page.
const SIDE_BY_SIDE: f32 = 640.0;

/// Shows the screen.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let room = ui.available_rect_before_wrap();
    if room.width() < SIDE_BY_SIDE {
        column(ui, |ui| {
            part::choice(ui, settings::pages(), page_name(state.settings_page), |ui| {
                for page in SettingsPage::ALL {
                    if ui.selectable_label(page == state.settings_page, page_name(page)).clicked() {
                        commands.send(ViewCommand::ShowSettings(page));
                    }
                }
            });
        });
        ui.add_space(GRID * 2.0);
        return scrolled(ui, state, forms, commands);
    }
    let (list, page) = room.split_left_right_at_x(room.left() + LIST);
    pages(&mut child(ui, list, "pages"), state, commands);
    scrolled(&mut child(ui, page, "page"), state, forms, commands);
}

fn child(ui: &mut Ui, rect: Rect, name: &str) -> Ui {
    ui.new_child(UiBuilder::new().max_rect(rect).id_salt(name))
}

/// The list of pages.
fn pages(ui: &mut Ui, state: &State, commands: &CommandSender) {
    Frame::new().inner_margin(Margin { left: 20, right: 4, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for page in SettingsPage::ALL {
            let is_shown = page == state.settings_page;
            if button::row(ui, page_icon(page), page_name(page), is_shown).clicked() {
                commands.send(ViewCommand::ShowSettings(page));
            }
        }
    });
}

fn scrolled(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let area = ScrollArea::vertical().id_salt(page_name(state.settings_page)).auto_shrink(false);
    area.show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            ui.add_space(GRID * 2.0);
            match state.settings_page {
                SettingsPage::General => general::show(ui, state, commands),
                SettingsPage::Appearance => appearance::show(ui, state, commands),
                SettingsPage::Chats => chats::show(ui, state, forms, commands),
                SettingsPage::Models => models::show(ui, state, commands),
                SettingsPage::Performance => performance::show(ui, state, commands),
                SettingsPage::Network => network::show(ui, state, &mut forms.token, commands),
                SettingsPage::Shortcuts => shortcuts::show(ui),
                SettingsPage::About => about::show(ui, state, commands),
            }
            ui.add_space(GRID * 8.0);
        });
    });
}

/// What people call a page.
pub(super) fn page_name(page: SettingsPage) -> &'static str {
    match page {
        SettingsPage::General => settings::section_general(),
        SettingsPage::Appearance => labels::section_looks(),
        SettingsPage::Chats => labels::section_chats(),
        SettingsPage::Models => labels::models(),
        SettingsPage::Performance => settings::section_performance(),
        SettingsPage::Network => settings::section_network(),
        SettingsPage::Shortcuts => settings::section_shortcuts(),
        SettingsPage::About => about_words::about(),
    }
}

fn page_icon(page: SettingsPage) -> &'static str {
    match page {
        SettingsPage::General => icons::SETTINGS,
        SettingsPage::Appearance => icons::APPEARANCE,
        SettingsPage::Chats => icons::CHAT,
        SettingsPage::Models => icons::MODELS,
        SettingsPage::Performance => icons::SPEED,
        SettingsPage::Network => icons::NETWORK,
        SettingsPage::Shortcuts => icons::KEYBOARD,
        SettingsPage::About => icons::PRODUCT,
    }
}
