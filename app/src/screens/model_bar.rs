//! The bar at the foot of the open model's page: what the chosen run makes and takes, and the buttons that start it or a chat.

use egui::Ui;
use nibble_engine::jobs::{ModelSummary, QualityReport};

use super::predicted::predicted_bytes;
use crate::command::{ModelCommand, QualityCommand, QuantizeCommand};
use crate::inbox::CommandSender;
use crate::state::{Purpose, Source, State};
use crate::text::{self, labels, quality, workshop, workshop_sentences};
use crate::theme::{BOLD, Palette, Scale, icons};
use crate::widgets::button;

/// Shows what is in the bar.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    source: &Source,
    summary: &ModelSummary,
    commands: &CommandSender,
) {
    let pressed = ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Enter));
    if pressed {
        commands.send(QuantizeCommand::Start);
    }
    chosen(ui, state, summary);
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

/// The chosen precision or limit, with the size of the file and what the run takes.
fn chosen(ui: &mut Ui, state: &State, summary: &ModelSummary) {
    let precision = state.settings.precision;
    let budget = state.quantize.choice.budget;
    let (name, bytes) = match budget {
        None => (labels::precision_name(precision), predicted_bytes(summary, precision)),
        Some(budget) => {
            let advice = state.source.as_ref().map(Source::advice).unwrap_or_default();
            (workshop_sentences::of_limit(&text::bytes(budget.bytes)), budget.file_bytes(advice))
        }
    };
    let size = bytes.map(text::bytes).filter(|size| budget.is_none() || !name.contains(size.as_str()));
    let facts: Vec<_> = size.into_iter().chain(estimate(state)).collect();
    let soft = Palette::of(ui).soft;
    ui.horizontal_wrapped(|ui| {
        ui.label(crate::theme::text(ui, text::sentence(&name), Scale::Body, BOLD));
        ui.label(crate::theme::text(ui, facts.join(" · "), Scale::Small, "").color(soft));
    });
}

/// What the chosen run would take; what cannot be estimated runs all the same.
fn estimate(state: &State) -> Option<String> {
    if let Some(estimate) = &state.quantize.estimate {
        let (time, memory) = (text::estimated(estimate.seconds), text::bytes(estimate.peak_bytes));
        return Some(workshop_sentences::estimate(&time, &memory));
    }
    let is_asked = state.pending.find(|purpose| *purpose == Purpose::Estimate).is_some();
    is_asked.then(|| workshop::estimating().to_owned())
}

/// What is known of the quality of this model, or of what it became at the chosen precision.
fn report_of<'a>(state: &'a State, source: &Source) -> Option<&'a QualityReport> {
    let precision = state.settings.precision.name();
    let made = |report: &&QualityReport| report.original == source.path && report.precision == precision;
    state.quality.of(&source.path).or_else(|| state.quality.reports.iter().find(made))
}
