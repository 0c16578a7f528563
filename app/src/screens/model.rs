//! The open model: what it is, what it can become, and the run that makes it so.

use egui::{ScrollArea, Ui};
use nibble_engine::jobs::{Failure, ModelSummary};

use super::back::back;
use super::running::Work;
use super::{curve, model_bar, precision_table, quantize_advanced, quantize_goals, unfinished};
use crate::command::ModelCommand;
use crate::inbox::CommandSender;
use crate::state::{Goal, Look, QuantizeJob, Screen, Source, State, name_of_path};
use crate::text::{self, labels, model_sentences, quality_sentences};
use crate::theme::{BOLD, GRID, Palette, Scale, icons};
use crate::widgets::action_bar::with_action_bar;
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::notice::details;
use crate::widgets::path::path;

/// Shows the open model.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Some(source) = &state.source else {
        return super::welcome::show(ui, state, commands);
    };
    let idle = source.summary().filter(|summary| run_of(state, summary).is_none());
    match idle {
        Some(summary) => with_action_bar(
            ui,
            "model bar",
            |ui| page(ui, state, source, commands),
            |ui| model_bar::show(ui, state, source, summary, commands),
        ),
        None => page(ui, state, source, commands),
    }
}

fn page(ui: &mut Ui, state: &State, source: &Source, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 3.0;
            ui.add_space(GRID * 2.0);
            back(ui, Screen::Models, commands);
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

/// What is wrong with the model, in a sentence, and what to do: another file, or another folder.
fn failed(ui: &mut Ui, source: &Source, failure: &Failure, commands: &CommandSender) {
    let palette = Palette::of(ui);
    let place = source.path.display().to_string();
    // The place stands below.
    let message = failure
        .message
        .strip_suffix(&place)
        .map_or(&*failure.message, |rest| rest.trim_end_matches([' ', ':']));
    ui.heading(file_name(source));
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(crate::theme::text(ui, icons::WARNING, Scale::Body, "").color(palette.bad));
            ui.label(crate::theme::text(ui, labels::unreadable(), Scale::Body, BOLD));
        });
        ui.label(text::sentence(message));
        path(ui, &source.path);
        details(ui, &failure.details);
        ui.add_space(GRID);
        let folder = (icons::FOLDER, labels::choose_folder(), ModelCommand::ChooseFolder);
        let (first, second) = if source.is_gguf() {
            ((icons::FILE, labels::choose_other_file(), ModelCommand::ChooseFile), folder)
        } else {
            (folder, (icons::FILE, labels::choose_file(), ModelCommand::ChooseFile))
        };
        ui.horizontal_wrapped(|ui| {
            if button::primary(ui, first.0, first.1).clicked() {
                commands.send(first.2);
            }
            if button::outlined(ui, second.0, second.1).clicked() {
                commands.send(second.2);
            }
        });
    });
}

fn known(ui: &mut Ui, state: &State, source: &Source, summary: &ModelSummary, commands: &CommandSender) {
    ui.heading(&summary.name);
    facts(ui, summary);
    if let Some(run) = run_of(state, summary) {
        let made = state.settings.unfinished.iter().find(|kept| kept.target == run.request.target);
        let form = made.map_or_else(|| labels::precision_name(run.precision), unfinished::form);
        return Work::quantizing(run, text::sentences::quantizing_to(&form)).show(ui, commands);
    }
    if let Some(run) = state.quality.run.as_ref().filter(|run| run.request.original == summary.path) {
        let title = quality_sentences::measuring(&summary.name);
        Work::measuring(run, title).show(ui, commands);
    }
    unfinished::show(ui, state, Some(&summary.path), commands);
    if summary.tensors.iter().any(|tensor| !tensor.dtype.is_float()) {
        warning(ui, &model_sentences::already_quantized(&text::decimals(summary.bits_per_weight, 1)));
    }
    quantize_goals::show(ui, state, source, summary, commands);
    let curve_run = state.quantize.curve_run.as_ref().filter(|run| run.source == summary.path);
    if let Some(run) = curve_run {
        Work::measuring_curve(run).show(ui, commands);
    } else if state.goal() == Some(Goal::Memory) || state.quantize.curve_of(&summary.path).is_some() {
        curve::show(ui, state, source, summary, commands);
    }
    precision_table::context(ui, state, commands);
    quantize_advanced::show(ui, state, source, summary, commands);
}

/// The run that quantizes this model.
fn run_of<'a>(state: &'a State, summary: &ModelSummary) -> Option<&'a QuantizeJob> {
    state.quantize.run.as_ref().filter(|run| run.request.source == summary.path)
}

/// A card that says what to think of before the run.
fn warning(ui: &mut Ui, words: &str) {
    let palette = Palette::of(ui);
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.label(crate::theme::text(ui, icons::WARNING, Scale::Body, "").color(palette.warn));
            ui.add(egui::Label::new(crate::theme::text(ui, words, Scale::Body, "")).wrap());
        });
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
        crate::widgets::facts::facts(ui, &rows);
        let soft = Palette::of(ui).soft;
        let place = text::sentences::item_of(labels::location(), &summary.path.display().to_string());
        ui.add(egui::Label::new(crate::theme::text(ui, place, Scale::Small, "").color(soft)).truncate());
    });
}

fn file_name(source: &Source) -> String {
    if source.is_gguf() {
        return source.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    }
    name_of_path(&source.path)
}
