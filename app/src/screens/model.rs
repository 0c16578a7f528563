//! The open model: what it is, what it can become, and the run that makes it so.

use egui::{ScrollArea, Ui};
use nibble_engine::jobs::{Failure, ModelSummary};

use super::precision;
use crate::command::{Command, CommandSender};
use crate::state::{Look, QuantizeRun, Source, State};
use crate::text::{self, labels};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::notice::details;
use crate::widgets::{button, meter};

/// Shows the open model.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Some(source) = &state.source else {
        return super::welcome::show(ui, state, commands);
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 3.0;
            ui.add_space(GRID * 4.0);
            match &source.look {
                Look::Reading => reading(ui, source),
                Look::Failed(failure) => failed(ui, source, failure, commands),
                Look::Known(summary) => known(ui, state, source, summary, commands),
            }
            ui.add_space(GRID * 8.0);
        });
    });
}

fn reading(ui: &mut Ui, source: &Source) {
    let soft = Palette::of(ui).soft;
    ui.heading(file_name(source));
    ui.horizontal(|ui| {
        ui.add(egui::Spinner::new().size(16.0).color(Palette::of(ui).accent));
        ui.label(crate::theme::text(ui, labels::reading(), Scale::Body, "").color(soft));
    });
}

fn failed(ui: &mut Ui, source: &Source, failure: &Failure, commands: &CommandSender) {
    let palette = Palette::of(ui);
    ui.heading(file_name(source));
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(crate::theme::text(ui, icons::WARNING, Scale::Body, "").color(palette.bad));
            ui.label(crate::theme::text(ui, labels::unreadable(), Scale::Body, BOLD));
        });
        ui.label(&failure.message);
        details(ui, &failure.details);
        ui.add_space(GRID);
        ui.horizontal_wrapped(|ui| {
            if button::primary(ui, icons::FOLDER, labels::choose_folder()).clicked() {
                commands.send(Command::ChooseFolder);
            }
            if button::outlined(ui, icons::FILE, labels::choose_file()).clicked() {
                commands.send(Command::ChooseFile);
            }
        });
    });
}

fn known(ui: &mut Ui, state: &State, source: &Source, summary: &ModelSummary, commands: &CommandSender) {
    ui.heading(&summary.name);
    facts(ui, summary);
    if let Some(run) = &state.quantize.run
        && run.request.source == summary.path
    {
        return progress(ui, run, commands);
    }
    ui.add_space(GRID);
    ui.label(crate::theme::text(ui, labels::precision(), Scale::Body, BOLD));
    precision::show(ui, state, commands);
    ui.add_space(GRID * 2.0);
    let pressed = ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Enter));
    if pressed {
        commands.send(Command::Quantize);
    }
    ui.horizontal_wrapped(|ui| {
        let chat = Command::ChatWith(summary.path.clone());
        if source.is_gguf() {
            if button::primary(ui, "", labels::chat()).clicked() {
                commands.send(chat);
            }
            if button::outlined(ui, "", labels::quantize_and_chat()).clicked() {
                commands.send(Command::Quantize);
            }
        } else {
            if button::primary(ui, "", labels::quantize_and_chat()).clicked() {
                commands.send(Command::Quantize);
            }
            if button::quiet(ui, "", labels::chat_as_it_is()).clicked() {
                commands.send(chat);
            }
        }
    });
}

/// The card of facts.
fn facts(ui: &mut Ui, summary: &ModelSummary) {
    let template = if summary.has_chat_template { labels::template_yes() } else { labels::template_no() };
    let rows = [
        (labels::architecture(), summary.architecture.clone()),
        (labels::parameters(), text::parameters(summary.parameters)),
        (labels::size(), text::bytes(summary.bytes)),
        (labels::context(), text::tokens(summary.context_length)),
        (labels::bits(), text::decimals(summary.bits_per_weight, 2)),
        (labels::template(), template.to_owned()),
    ];
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        let columns = if ui.available_width() >= 560.0 { 3 } else { 2 };
        let width = ui.available_width() / columns as f32 - GRID * 2.0;
        let soft = Palette::of(ui).soft;
        for line in rows.chunks(columns) {
            ui.horizontal_top(|ui| {
                for (name, value) in line {
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        ui.spacing_mut().item_spacing.y = 2.0;
                        ui.label(crate::theme::text(ui, *name, Scale::Small, "").color(soft));
                        ui.label(crate::theme::text(ui, value, Scale::Body, MEDIUM));
                    });
                }
            });
        }
        let place = format!("{}: {}", labels::location(), summary.path.display());
        ui.add(egui::Label::new(crate::theme::text(ui, place, Scale::Small, "").color(soft)).truncate());
    });
}

/// The running quantization in full.
fn progress(ui: &mut Ui, run: &QuantizeRun, commands: &CommandSender) {
    let palette = Palette::of(ui);
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let words = text::sentences::quantizing_to(labels::precision_name(run.precision));
            ui.label(crate::theme::text(ui, words, Scale::Body, BOLD));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(crate::theme::text(ui, text::percent(run.fraction()), Scale::Body, MEDIUM));
            });
        });
        meter::bar(ui, run.fraction(), &text::percent(run.fraction()));
        ui.horizontal(|ui| {
            let item = match &run.progress {
                _ if run.cancelling => labels::cancelling(),
                Some(progress) => &progress.item,
                None => labels::starting(),
            };
            let mono = egui::RichText::new(item).small().color(palette.soft);
            ui.label(mono);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(crate::theme::text(ui, speed_line(run), Scale::Small, "").color(palette.soft));
            });
        });
        ui.add_space(GRID);
        let cancel =
            ui.add_enabled_ui(!run.cancelling, |ui| button::outlined(ui, "", labels::cancel()).clicked());
        if cancel.inner {
            commands.send(Command::CancelQuantize);
        }
    });
}

/// Speed and time left, once known.
fn speed_line(run: &QuantizeRun) -> String {
    match run.seconds_left() {
        Some(seconds) if !run.cancelling => {
            let left = text::sentences::time_left(&text::duration(seconds));
            format!("{} · {left}", text::per_second(run.bytes_per_second))
        }
        _ => String::new(),
    }
}

fn file_name(source: &Source) -> String {
    source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
