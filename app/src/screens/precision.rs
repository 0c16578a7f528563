//! The choice of a precision, each with its predicted size and whether it fits; shared by two screens.

use egui::Ui;

use crate::command::{Command, CommandSender};
use crate::state::{Fit, Precision, Source, State, needed_bytes};
use crate::text::{self, labels, sentences};
use crate::theme::{GRID, Palette, Scale};
use crate::widgets::segmented::{ChoiceCard, choice_cards};

/// Shows the choice, and the memory that is free below it.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let cards: Vec<ChoiceCard> = Precision::ALL.iter().map(|precision| card(ui, state, *precision)).collect();
    let chosen = Precision::ALL.iter().position(|precision| *precision == state.settings.precision);
    let clicked = choice_cards(ui, labels::precision(), &cards, chosen.unwrap_or_default());
    if let Some(index) = clicked {
        commands.send(Command::SetPrecision(Precision::ALL[index]));
    }
    if let Some(memory) = state.memory {
        ui.add_space(GRID);
        let (free, all) = (text::bytes(memory.available_bytes), text::bytes(memory.total_bytes));
        let words = sentences::item_of(labels::free_memory(), &sentences::used_of(&free, &all));
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
    }
}

/// Predicted bytes of the open model at a precision.
pub(super) fn predicted(state: &State, precision: Precision) -> Option<u64> {
    let summary = state.source.as_ref().and_then(Source::summary)?;
    let found = summary
        .predicted_bytes
        .iter()
        .find(|(name, _)| name == precision.name() || name == precision.exact_name());
    found.map(|(_, bytes)| *bytes)
}

/// Whether chatting with the open model at a precision fits into the memory that is free.
pub(super) fn fit(state: &State, precision: Precision) -> Option<Fit> {
    let summary = state.source.as_ref().and_then(Source::summary)?;
    let need = needed_bytes(summary, predicted(state, precision)?, state.settings.context);
    state.memory.map(|memory| memory.fit(need))
}

fn card(ui: &Ui, state: &State, precision: Precision) -> ChoiceCard {
    let palette = Palette::of(ui);
    let verdict = fit(state, precision).map(|fit| {
        let color = match fit {
            Fit::Comfortable => palette.good,
            Fit::Tight => palette.warn,
            Fit::TooLarge => palette.bad,
        };
        (labels::fit(fit).to_owned(), color)
    });
    ChoiceCard {
        title: labels::precision_name(precision).to_owned(),
        more: labels::precision_more(precision).to_owned(),
        figure: predicted(state, precision).map(text::bytes).unwrap_or_default(),
        verdict,
    }
}
