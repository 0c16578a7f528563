//! The page about the program: its version, where its files are, its licenses, and what a report of a fault needs.

use std::path::Path;

use egui::{Align, Layout, Ui};

use crate::command::ViewCommand;
use crate::inbox::CommandSender;
use crate::platform::licenses;
use crate::state::State;
use crate::text::{about, labels, sentences, settings};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale, icons, text};
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::path::path;

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    head(ui);
    ui.add_space(GRID * 4.0);
    places(ui, state, commands);
    ui.add_space(GRID * 2.0);
    license(ui, commands);
    ui.add_space(GRID * 2.0);
    reports(ui, commands);
}

fn head(ui: &mut Ui) {
    let palette = Palette::of(ui);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.label(text(ui, icons::PRODUCT, Scale::Title, "").color(palette.accent));
        ui.heading(labels::product());
        let version = sentences::version(env!("CARGO_PKG_VERSION"));
        ui.label(text(ui, version, Scale::Small, "").color(palette.soft));
        ui.label(text(ui, about::about_more(), Scale::Body, "").color(palette.soft));
    });
}

fn places(ui: &mut Ui, state: &State, commands: &CommandSender) {
    title(ui, about::places());
    card(ui, |ui| {
        let places = &state.places;
        place(ui, about::place_settings(), &places.settings_file, commands);
        place(ui, about::place_chats(), &places.chats_file, commands);
        place(ui, labels::models(), &places.models, commands);
        place(ui, about::place_log(), &places.log_file, commands);
    });
}

/// One thing, its path, and the way there.
fn place(ui: &mut Ui, name: &str, at: &Path, commands: &CommandSender) {
    ui.horizontal(|ui| {
        let room = ui.available_width() - GRID * 10.0;
        ui.vertical(|ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.label(text(ui, name, Scale::Body, MEDIUM));
            path(ui, at);
        });
        let label = sentences::item_of(settings::open_folder(), name);
        if button::icon(ui, icons::FOLDER, &label).clicked() {
            commands.send(ViewCommand::Reveal(at.to_owned()));
        }
    });
}

fn license(ui: &mut Ui, commands: &CommandSender) {
    title(ui, about::licenses());
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(text(ui, about::license_own(), Scale::Body, ""));
        let soft = Palette::of(ui).soft;
        ui.label(text(ui, about::license_fonts(), Scale::Small, "").color(soft));
        let parts = sentences::license_parts(licenses::n_parts());
        ui.label(text(ui, parts, Scale::Small, "").color(soft));
        if button::outlined(ui, icons::FILE, about::show_licenses()).clicked() {
            commands.send(ViewCommand::ShowLicenses);
        }
    });
}

fn reports(ui: &mut Ui, commands: &CommandSender) {
    title(ui, about::for_reports());
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        let soft = Palette::of(ui).soft;
        ui.label(text(ui, about::copy_diagnostics_more(), Scale::Small, "").color(soft));
        if button::outlined(ui, icons::COPY, about::copy_diagnostics()).clicked() {
            commands.send(ViewCommand::CopyDiagnostics);
        }
    });
}

fn title(ui: &mut Ui, words: &str) {
    ui.label(text(ui, words, Scale::Body, BOLD));
}
