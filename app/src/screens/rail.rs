//! The left rail: new chat, the chats, running work, models and settings.

use egui::{Align, Layout, Panel, Ui};

use super::running::Work;
use super::{Forms, chat_list};
use crate::command::{Command, CommandSender};
use crate::state::{Download, DownloadPhase, Screen, State};
use crate::text::{self, labels, quality_sentences};
use crate::theme::{BOLD, GRID, Palette, Scale, icons};
use crate::widgets::{button, meter};

/// Shows the rail.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    ui.spacing_mut().item_spacing.y = 2.0;
    head(ui, commands);
    ui.add_space(GRID * 2.0);
    if button::row(ui, icons::NEW_CHAT, labels::new_chat(), false).clicked() {
        commands.send(Command::NewChat);
    }
    ui.add_space(GRID);
    chat_list::search(ui, state, &mut forms.chat_list, commands);
    let foot =
        Panel::bottom("rail foot").frame(egui::Frame::new()).show_separator_line(false).resizable(false);
    foot.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        if let Some(run) = &state.quantize.run {
            let title = format!("{} → {}", run.name, labels::precision_name(run.precision));
            Work::quantizing(run, title).row(ui, commands);
        }
        if let Some(run) = &state.quality.run {
            let name = run.request.model.file_stem().unwrap_or_default().to_string_lossy();
            Work::measuring(run, quality_sentences::measuring(&name)).row(ui, commands);
        }
        if let Some(download) = state.downloads.running() {
            downloading(ui, download, commands);
        }
        ui.add_space(GRID * 2.0);
        let on_models = !matches!(state.screen, Screen::Chat | Screen::Welcome);
        if button::row(ui, icons::MODELS, labels::models(), on_models).clicked() {
            commands.send(Command::Show(Screen::Models));
        }
        if button::row(ui, icons::SETTINGS, labels::settings(), state.drawer_open).clicked() {
            commands.send(Command::ToggleDrawer);
        }
    });
    chat_list::show(ui, state, &mut forms.chat_list, commands);
}

fn head(ui: &mut Ui, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.add_space(GRID * 2.5);
        let palette = Palette::of(ui);
        ui.label(crate::theme::text(ui, icons::PRODUCT, Scale::Body, "").color(palette.accent));
        ui.label(crate::theme::text(ui, labels::product(), Scale::Body, BOLD));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button::icon(ui, icons::RAIL, labels::hide_rail()).clicked() {
                commands.send(Command::ToggleRail);
            }
        });
    });
}

/// The row of the download at work, which leads to all of them.
fn downloading(ui: &mut Ui, download: &Download, commands: &CommandSender) {
    let DownloadPhase::Running(work) = &download.phase else { return };
    let percent = text::percent(work.fraction());
    let words = format!("{} · {percent}", download.name());
    if button::row(ui, icons::IMPORT, &words, false).clicked() {
        commands.send(Command::Show(Screen::Downloads));
    }
    egui::Frame::new().inner_margin(egui::Margin::symmetric(10, 0)).show(ui, |ui| {
        meter::bar(ui, work.fraction(), &words);
    });
}
