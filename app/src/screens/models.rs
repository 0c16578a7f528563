//! Models on this machine: those ready to chat, those opened lately, and ways to open another.

use egui::{ScrollArea, Ui};

use crate::command::{Command, CommandSender};
use crate::state::State;
use crate::text::{self, labels};
use crate::theme::{GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::column::column;
use crate::widgets::model_row::{ModelRow, model_row};

/// Shows the models.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            ui.add_space(GRID * 4.0);
            ui.heading(labels::models());
            ui.add_space(GRID * 2.0);
            ui.horizontal_wrapped(|ui| {
                if button::primary(ui, icons::FOLDER, labels::choose_folder()).clicked() {
                    commands.send(Command::ChooseFolder);
                }
                if button::outlined(ui, icons::FILE, labels::choose_file()).clicked() {
                    commands.send(Command::ChooseFile);
                }
            });
            if state.library.models.is_empty() && state.settings.recent.is_empty() {
                empty(ui);
            }
            ready(ui, state, commands);
            recent(ui, state, commands);
            ui.add_space(GRID * 8.0);
        });
    });
}

fn empty(ui: &mut Ui) {
    let soft = Palette::of(ui).soft;
    ui.add_space(GRID * 8.0);
    ui.vertical_centered(|ui| {
        ui.label(crate::theme::text(ui, labels::no_models(), Scale::Body, MEDIUM));
        ui.label(crate::theme::text(ui, labels::no_models_more(), Scale::Body, "").color(soft));
    });
}

/// A heading above a list.
pub(super) fn heading(ui: &mut Ui, words: &str) {
    let soft = Palette::of(ui).soft;
    ui.add_space(GRID * 4.0);
    ui.horizontal(|ui| {
        ui.add_space(GRID * 3.0);
        ui.label(crate::theme::text(ui, words, Scale::Small, MEDIUM).color(soft));
    });
}

/// The models ready to chat.
pub(super) fn ready(ui: &mut Ui, state: &State, commands: &CommandSender) {
    if state.library.models.is_empty() {
        return;
    }
    heading(ui, labels::ready_models());
    ui.spacing_mut().item_spacing.y = 2.0;
    for model in &state.library.models {
        let figure = text::bytes(model.bytes);
        let icon = if model.is_starter { icons::STARTER } else { icons::MODELS };
        let row = model_row(ui, ModelRow { icon, name: &model.name, more: "", figure: &figure });
        if row.clicked() {
            commands.send(Command::ChatWith(model.path.clone()));
        }
    }
}

/// The models opened lately.
pub(super) fn recent(ui: &mut Ui, state: &State, commands: &CommandSender) {
    if state.settings.recent.is_empty() {
        return;
    }
    heading(ui, labels::recent_models());
    ui.spacing_mut().item_spacing.y = 2.0;
    for path in &state.settings.recent {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let folder = path.parent().map(|parent| parent.display().to_string()).unwrap_or_default();
        let gone = state.library.missing.contains(path);
        let figure = if gone { labels::gone() } else { "" };
        let is_file = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"));
        let icon = if is_file { icons::FILE } else { icons::FOLDER };
        let row = model_row(ui, ModelRow { icon, name: &name, more: &folder, figure });
        if row.clicked() {
            commands.send(Command::OpenModel(path.clone()));
        }
        row.context_menu(|ui| {
            ui.set_min_width(GRID * 44.0);
            if button::row(ui, icons::DELETE, labels::forget(), false).clicked() {
                commands.send(Command::ForgetRecent(path.clone()));
                ui.close();
            }
        });
    }
}
