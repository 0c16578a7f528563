//! The open model: what it is, what it can become, and the run that makes it so.

use egui::{ScrollArea, Ui};
use nibble_engine::jobs::{Failure, ModelSummary, QualityReport};

use super::running::Work;
use super::{curve, precision_table, quantize_advanced, quantize_goals, unfinished};
use crate::command::{ModelCommand, QualityCommand, QuantizeCommand};
use crate::inbox::CommandSender;
use crate::state::{Goal, Look, Purpose, Source, State};
use crate::text::{self, labels, quality, quality_sentences, workshop, workshop_sentences};
use crate::theme::{BOLD, GRID, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::notice::details;

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
        crate::widgets::busy::busy(ui, 16.0);
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
        ui.label(text::sentence(&failure.message));
        details(ui, &failure.details);
        ui.add_space(GRID);
        ui.horizontal_wrapped(|ui| {
            if button::primary(ui, icons::FOLDER, labels::choose_folder()).clicked() {
                commands.send(ModelCommand::ChooseFolder);
            }
            if button::outlined(ui, icons::FILE, labels::choose_file()).clicked() {
                commands.send(ModelCommand::ChooseFile);
            }
        });
    });
}

fn known(ui: &mut Ui, state: &State, source: &Source, summary: &ModelSummary, commands: &CommandSender) {
    ui.heading(&summary.name);
    facts(ui, summary);
    if let Some(run) = state.quantize.run.as_ref().filter(|run| run.request.source == summary.path) {
        let made = state.settings.unfinished.iter().find(|kept| kept.target == run.request.target);
        let form = made.map_or_else(|| labels::precision_name(run.precision), unfinished::form);
        return Work::quantizing(run, text::sentences::quantizing_to(&form)).show(ui, commands);
    }
    if let Some(run) = state.quality.run.as_ref().filter(|run| run.request.original == summary.path) {
        let title = quality_sentences::measuring(&summary.name);
        Work::measuring(run, title).show(ui, commands);
    }
    unfinished::show(ui, state, Some(&summary.path), commands);
    quantize_goals::show(ui, state, source, summary, commands);
    let curve_run = state.quantize.curve_run.as_ref().filter(|run| run.source == summary.path);
    if let Some(run) = curve_run {
        Work::measuring_curve(run).show(ui, commands);
    } else if state.goal() == Some(Goal::Memory) || state.quantize.curve_of(&summary.path).is_some() {
        curve::show(ui, state, source, summary, commands);
    }
    precision_table::context(ui, state, commands);
    quantize_advanced::show(ui, state, source, summary, commands);
    estimate(ui, state);
    let pressed = ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Enter));
    if pressed {
        commands.send(QuantizeCommand::Start);
    }
    ui.horizontal_wrapped(|ui| {
        let chat = ModelCommand::ChatWith(summary.path.clone());
        if source.is_gguf() {
            if button::primary(ui, "", labels::chat()).clicked() {
                commands.send(chat);
            }
            if button::outlined(ui, "", labels::quantize_and_chat()).clicked() {
                commands.send(QuantizeCommand::Start);
            }
        } else {
            if button::primary(ui, "", labels::quantize_and_chat()).clicked() {
                commands.send(QuantizeCommand::Start);
            }
            if button::quiet(ui, "", labels::chat_as_it_is()).clicked() {
                commands.send(chat);
            }
        }
        if let Some(report) = report_of(state, source)
            && button::quiet(ui, icons::SPEED, quality::quality_report()).clicked()
        {
            commands.send(QualityCommand::Show(report.model.clone()));
        }
    });
}

/// What the chosen run would take.
fn estimate(ui: &mut Ui, state: &State) {
    let words = match &state.quantize.estimate {
        Some(estimate) => workshop_sentences::estimate(
            &text::estimated(estimate.seconds),
            &text::bytes(estimate.peak_bytes),
        ),
        None if state.pending.find(|purpose| *purpose == Purpose::Estimate).is_some() => {
            workshop::estimating().to_owned()
        }
        // What cannot be estimated runs all the same.
        None => return,
    };
    let soft = Palette::of(ui).soft;
    ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
}

/// What is known of the quality of this model, or of what it became at the chosen precision.
fn report_of<'a>(state: &'a State, source: &Source) -> Option<&'a QualityReport> {
    let precision = state.settings.precision.name();
    let made = |report: &&QualityReport| report.original == source.path && report.precision == precision;
    state.quality.of(&source.path).or_else(|| state.quality.reports.iter().find(made))
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
        crate::widgets::facts::facts(ui, &rows);
        let soft = Palette::of(ui).soft;
        let place = text::sentences::item_of(labels::location(), &summary.path.display().to_string());
        ui.add(egui::Label::new(crate::theme::text(ui, place, Scale::Small, "").color(soft)).truncate());
    });
}

fn file_name(source: &Source) -> String {
    source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
