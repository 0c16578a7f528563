//! The first screen: three ways to a running chat.

use egui::{Align, Layout, ScrollArea, Ui};

use super::models::{ready, recent};
use crate::command::{ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Screen, State};
use crate::text::{self, labels, models};
use crate::theme::{GRID, Palette, Scale, icons};
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::model_row::{ModelRow, model_row};

/// Shows the first screen.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            let air = (ui.ctx().content_rect().height() * 0.09 - GRID * 6.0).max(GRID * 2.0);
            ui.add_space(air);
            headline(ui);
            ui.add_space(GRID * 4.0);
            choose(ui, state, commands);
            ui.vertical_centered(|ui| {
                let soft = Palette::of(ui).soft;
                ui.label(crate::theme::text(ui, labels::drop_hint(), Scale::Small, "").color(soft));
            });
            ready(ui, state, commands);
            recent(ui, state, commands);
            ui.add_space(GRID * 8.0);
        });
    });
}

fn headline(ui: &mut Ui) {
    let soft = Palette::of(ui).soft;
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.heading(labels::welcome());
        ui.add_space(GRID);
        ui.scope(|ui| {
            ui.set_max_width(520.0);
            ui.label(crate::theme::text(ui, labels::welcome_more(), Scale::Body, "").color(soft));
        });
    });
}

/// The ways in.
fn choose(ui: &mut Ui, state: &State, commands: &CommandSender) {
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        if let Some(starter) = state.library.starter() {
            let figure = text::bytes(starter.bytes);
            let row = ModelRow {
                icon: icons::STARTER,
                name: labels::try_starter(),
                more: labels::try_starter_more(),
                figure: &figure,
            };
            if model_row(ui, row).clicked() {
                commands.send(ModelCommand::ChatWith(starter.path.clone()));
            }
        }
        let find = ModelRow {
            icon: icons::SEARCH,
            name: models::find_models(),
            more: models::find_models_more(),
            figure: "",
        };
        if model_row(ui, find).clicked() {
            commands.send(ViewCommand::Show(Screen::Discover));
        }
        let folder = ModelRow {
            icon: icons::FOLDER,
            name: labels::choose_folder(),
            more: labels::choose_folder_more(),
            figure: "",
        };
        if model_row(ui, folder).clicked() {
            commands.send(ModelCommand::ChooseFolder);
        }
        let file = ModelRow {
            icon: icons::FILE,
            name: labels::choose_file(),
            more: labels::choose_file_more(),
            figure: "",
        };
        if model_row(ui, file).clicked() {
            commands.send(ModelCommand::ChooseFile);
        }
    });
}
