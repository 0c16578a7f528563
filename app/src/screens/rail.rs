//! The left rail: new chat, the chats, running work, models and settings.

use egui::{Align, Layout, Panel, ScrollArea, Ui};

use crate::command::{Command, CommandSender};
use crate::state::{Chat, QuantizeRun, Screen, State};
use crate::text::{self, labels};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::{button, meter};

/// Shows the rail.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    ui.spacing_mut().item_spacing.y = 2.0;
    head(ui, commands);
    ui.add_space(GRID * 2.0);
    if button::row(ui, icons::NEW_CHAT, labels::NEW_CHAT, false).clicked() {
        commands.send(Command::NewChat);
    }
    let foot =
        Panel::bottom("rail foot").frame(egui::Frame::new()).show_separator_line(false).resizable(false);
    foot.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        if let Some(run) = &state.quantize.run {
            job(ui, run, commands);
        }
        ui.add_space(GRID * 2.0);
        let on_models = matches!(state.screen, Screen::Models | Screen::Model);
        if button::row(ui, icons::MODELS, labels::MODELS, on_models).clicked() {
            commands.send(Command::Show(Screen::Models));
        }
        if button::row(ui, icons::SETTINGS, labels::SETTINGS, state.drawer_open).clicked() {
            commands.send(Command::ToggleDrawer);
        }
    });
    chats(ui, state, commands);
}

fn head(ui: &mut Ui, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.add_space(GRID * 2.5);
        let palette = Palette::of(ui);
        ui.label(crate::theme::text(ui, icons::PRODUCT, Scale::Body, "").color(palette.accent));
        ui.label(crate::theme::text(ui, labels::PRODUCT, Scale::Body, BOLD));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button::icon(ui, icons::RAIL, labels::HIDE_RAIL).clicked() {
                commands.send(Command::ToggleRail);
            }
        });
    });
}

fn chats(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let listed: Vec<&Chat> = state.chats.all.iter().filter(|chat| !chat.messages.is_empty()).collect();
    if listed.is_empty() {
        return;
    }
    ui.add_space(GRID * 4.0);
    ui.horizontal(|ui| {
        ui.add_space(GRID * 2.5);
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, labels::CHATS, Scale::Small, MEDIUM).color(soft));
    });
    ui.add_space(GRID);
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, crate::theme::ROW, listed.len(), |ui, range| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for chat in &listed[range] {
            ui.push_id(chat.id.0, |ui| chat_row(ui, state, chat, commands));
        }
    });
}

fn chat_row(ui: &mut Ui, state: &State, chat: &Chat, commands: &CommandSender) {
    let chosen = state.screen == Screen::Chat && state.chats.current == Some(chat.id);
    let title = if chat.title.is_empty() { labels::UNTITLED } else { &chat.title };
    let row = button::row(ui, "", title, chosen);
    if row.clicked() {
        commands.send(Command::OpenChat(chat.id));
    }
    let deletes = row.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Delete));
    if deletes {
        commands.send(Command::DeleteChat(chat.id));
    }
    row.context_menu(|ui| {
        ui.set_min_width(GRID * 44.0);
        if button::row(ui, icons::DELETE, labels::DELETE_CHAT, false).clicked() {
            commands.send(Command::DeleteChat(chat.id));
            ui.close();
        }
    });
}

/// The row of a running quantization.
fn job(ui: &mut Ui, run: &QuantizeRun, commands: &CommandSender) {
    let palette = Palette::of(ui);
    let words = format!("{} → {}", run.name, labels::precision(run.precision));
    egui::Frame::new().inner_margin(egui::Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let right =
                if run.cancelling { labels::CANCELLING.to_owned() } else { text::percent(run.fraction()) };
            let room = ui.available_width() - GRID * 20.0;
            ui.scope(|ui| {
                ui.set_max_width(room);
                ui.add(egui::Label::new(crate::theme::text(ui, words, Scale::Small, MEDIUM)).truncate());
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = GRID;
                let cancel = ui.add_enabled_ui(!run.cancelling, |ui| {
                    button::icon(ui, icons::CLOSE, labels::CANCEL).clicked()
                });
                if cancel.inner {
                    commands.send(Command::CancelQuantize);
                }
                ui.label(crate::theme::text(ui, right, Scale::Small, "").color(palette.soft));
            });
        });
        meter::bar(ui, run.fraction(), &format!("{}: {}", run.name, text::percent(run.fraction())));
    });
}
