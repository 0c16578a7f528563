//! Quantizing runs that were paused, or that ended with the program: each can be resumed or discarded.

use std::path::Path;

use egui::Ui;

use crate::command::QuantizeCommand;
use crate::inbox::CommandSender;
use crate::state::{KeptRun, State};
use crate::text::{self, labels, models, sentences, workshop, workshop_sentences};
use crate::theme::{GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::card::card;

/// Shows the paused runs, of one model if `source` names it.
pub(super) fn show(ui: &mut Ui, state: &State, source: Option<&Path>, commands: &CommandSender) {
    let running = state.quantize.run.as_ref().map(|run| &run.request.target);
    let paused = state.settings.unfinished.iter().filter(|run| Some(&run.target) != running);
    for run in paused.filter(|run| source.is_none_or(|source| run.source == source)) {
        ui.push_id(&run.target, |ui| row(ui, state, run, commands));
    }
}

/// What a run makes, in words.
pub(super) fn form(run: &KeptRun) -> String {
    run.budget.map_or_else(
        || labels::precision_name(run.precision),
        |bytes| workshop_sentences::of_limit(&text::bytes(bytes)),
    )
}

fn row(ui: &mut Ui, state: &State, run: &KeptRun, commands: &CommandSender) {
    let soft = Palette::of(ui).soft;
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = GRID;
        ui.label(crate::theme::text(ui, sentences::becomes(&run.name, &form(run)), Scale::Body, MEDIUM));
        let words = format!("{} {}", icons::PAUSE, workshop::paused_run());
        ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
        ui.horizontal_wrapped(|ui| {
            let is_free = !state.is_lane_taken();
            let resume = ui
                .add_enabled_ui(is_free, |ui| button::outlined(ui, icons::GO_ON, models::resume()).clicked());
            if resume.inner {
                commands.send(QuantizeCommand::Resume(run.target.clone()));
            }
            if button::quiet(ui, icons::DELETE, workshop::discard()).clicked() {
                commands.send(QuantizeCommand::Discard(run.target.clone()));
            }
        });
    });
}
