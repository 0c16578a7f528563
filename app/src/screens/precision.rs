//! The choice of a precision in few words, for the drawer.

use crate::base::USUAL_PRECISIONS;
use egui::Ui;
use nibble_engine::quant::Precision;

use super::predicted::{fit_color, predicted_bytes};
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::state::{Source, State};
use crate::text::{self, labels, quality, sentences};
use crate::theme::{GRID, Palette, Scale};
use crate::widgets::segmented::{ChoiceCard, choice_cards};

/// Shows the choice, and the memory that is free below it. A format that is not one of the usual three is shown beside them.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let chosen = state.settings.precision;
    let other = Some(chosen).filter(|chosen| !USUAL_PRECISIONS.contains(chosen));
    let offered: Vec<Precision> = USUAL_PRECISIONS.into_iter().chain(other).collect();
    let cards: Vec<ChoiceCard> = offered.iter().map(|precision| card(ui, state, *precision)).collect();
    let position = offered.iter().position(|precision| *precision == chosen);
    if let Some(index) = choice_cards(ui, labels::precision(), &cards, position.unwrap_or_default()) {
        commands.send(SettingsCommand::SetPrecision(offered[index]));
    }
    if let Some(memory) = state.memory {
        ui.add_space(GRID);
        let (free, all) = (text::bytes(memory.available_bytes), text::bytes(memory.total_bytes));
        let words = sentences::item_of(labels::free_memory(), &sentences::used_of(&free, &all));
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
    }
}

fn card(ui: &Ui, state: &State, precision: Precision) -> ChoiceCard {
    let summary = state.source.as_ref().and_then(Source::summary);
    let advice = state.source.as_ref().map(Source::advice).unwrap_or_default();
    let advice = advice.iter().find(|one| one.precision == precision);
    let verdict = advice.map(|one| {
        let fit = one.verdict;
        (labels::fit(fit).to_owned(), fit_color(Palette::of(ui), fit))
    });
    let bytes = summary.and_then(|summary| predicted_bytes(summary, precision));
    ChoiceCard {
        title: labels::precision_name(precision),
        more: quality::purpose(precision).to_owned(),
        figure: bytes.map(text::bytes).unwrap_or_default(),
        verdict,
    }
}
