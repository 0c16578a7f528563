//! The bar at the foot of the page of a model on the Hub: the chosen precision with what it takes, and the buttons that
//! download it. A file that is ready comes first, since it is the smaller download and needs no work here.

use egui::Ui;
use nibble_engine::jobs::protocol::{FetchRequest, ModelPage, ReadyMade, Wish};
use nibble_engine::quant::Precision;

use super::hub_precisions::fitting_file;
use crate::command::{Command, DownloadsCommand};
use crate::inbox::CommandSender;
use crate::state::{HubPage, State};
use crate::text::{self, labels, model_sentences, models};
use crate::theme::{BOLD, Palette, Scale, icons};
use crate::widgets::button;

/// Whether there is something to download at the chosen precision.
pub(super) fn is_needed(page: &HubPage, known: &ModelPage) -> bool {
    let Some(precision) = page.precision.as_deref() else { return false };
    let has_way = known.checkpoint_bytes.is_some() || fitting_file(known, precision).is_some();
    has_way && !known.needs_agreement && known.refusal.is_none()
}

/// Shows what is in the bar.
pub(super) fn show(ui: &mut Ui, state: &State, page: &HubPage, known: &ModelPage, commands: &CommandSender) {
    let Some(precision) = page.precision.as_deref() else { return };
    chosen(ui, known, precision);
    ui.horizontal_wrapped(|ui| {
        for (index, (words, command)) in ways(state, known, precision).into_iter().enumerate() {
            let is_first = index == 0;
            let press = if is_first { button::primary } else { button::outlined };
            let is_pressed = is_first
                && ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Enter));
            if press(ui, icons::DOWNLOAD, &words).clicked() || is_pressed {
                commands.send(command);
            }
        }
    });
}

/// The chosen precision: size, memory, speed.
fn chosen(ui: &mut Ui, known: &ModelPage, precision: &str) {
    let advice = known.advice.iter().find(|one| one.precision.name() == precision);
    let facts = advice.map(|one| {
        let speed = one
            .tokens_per_second
            .map(|speed| model_sentences::at_pace(&text::rate(speed), models::pace(speed)));
        let memory = model_sentences::in_memory_of(&text::bytes(one.memory_bytes));
        [Some(text::bytes(one.disk_bytes)), Some(memory), speed]
    });
    let facts: Vec<_> = facts.into_iter().flatten().flatten().collect();
    let soft = Palette::of(ui).soft;
    ui.horizontal_wrapped(|ui| {
        ui.label(crate::theme::text(ui, labels::precision_spelling(precision), Scale::Body, BOLD));
        ui.label(crate::theme::text(ui, facts.join(" · "), Scale::Small, "").color(soft));
    });
}

/// The downloads that lead to a precision, each with what its button says.
fn ways(state: &State, known: &ModelPage, precision: &str) -> Vec<(String, Command)> {
    let threads = state.settings.threads;
    let fetch = |repo: &str, wish: Wish| {
        DownloadsCommand::Add(FetchRequest { repo: repo.to_owned(), revision: None, wish, threads }).into()
    };
    let ready = fitting_file(known, precision).map(|ReadyMade { repo, file, bytes, .. }| {
        (model_sentences::take_file(&text::bytes(*bytes)), fetch(repo, Wish::Gguf(file.clone())))
    });
    // A file that is ready may have a type that Nibble reads but does not write.
    let format = precision.parse::<Precision>().ok().filter(|_| known.checkpoint_bytes.is_some());
    let made = format.map(|format| {
        (models::download_and_quantize().to_owned(), fetch(&known.facts.repo, Wish::Quantized(format)))
    });
    ready.into_iter().chain(made).collect()
}
