//! What matters most of the model that is to be made: three goals, and the limit of the third.

use egui::Ui;
use nibble_engine::jobs::ModelSummary;
use nibble_engine::jobs::protocol::Advice;
use nibble_engine::quant::Precision;

use super::predicted::{fit_color, predicted_bytes};
use super::settings::part::section;
use crate::command::QuantizeCommand;
use crate::inbox::CommandSender;
use crate::state::{BALANCED, FASTEST, Goal, LimitKind, SizeBudget, Source, State};
use crate::text::{self, labels, workshop, workshop_sentences};
use crate::theme::{GRID, Palette, Scale};
use crate::widgets::card::card;
use crate::widgets::segmented::{ChoiceCard, choice_cards, segmented};
use crate::widgets::slider::slider;

/// Shows the goals.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    source: &Source,
    summary: &ModelSummary,
    commands: &CommandSender,
) {
    section(ui, workshop::goal());
    let cards: Vec<ChoiceCard> =
        Goal::ALL.into_iter().map(|goal| goal_card(ui, state, source, summary, goal)).collect();
    let chosen = state.goal().and_then(|goal| Goal::ALL.iter().position(|one| *one == goal));
    if let Some(index) = choice_cards(ui, workshop::goal(), &cards, chosen.unwrap_or(usize::MAX)) {
        commands.send(QuantizeCommand::SetGoal(Goal::ALL[index]));
    }
    if let Some(budget) = state.quantize.choice.budget {
        limit(ui, budget, source, summary, commands);
    }
}

fn goal_card(ui: &Ui, state: &State, source: &Source, summary: &ModelSummary, goal: Goal) -> ChoiceCard {
    let (title, more) = workshop::goal_words(goal);
    let advice = source.advice();
    let (bytes, verdict) = match goal {
        Goal::Fastest => of_precision(advice, summary, FASTEST),
        Goal::Balanced => of_precision(advice, summary, BALANCED),
        Goal::Memory => (state.quantize.choice.budget.and_then(|budget| budget.file_bytes(advice)), None),
    };
    let verdict = verdict
        .map(|one: &Advice| (labels::fit(one.verdict).to_owned(), fit_color(Palette::of(ui), one.verdict)));
    ChoiceCard {
        title: title.to_owned(),
        more: more.to_owned(),
        figure: bytes.map(text::bytes).unwrap_or_default(),
        verdict,
    }
}

fn of_precision<'a>(
    advice: &'a [Advice],
    summary: &ModelSummary,
    precision: Precision,
) -> (Option<u64>, Option<&'a Advice>) {
    let one = advice.iter().find(|one| one.precision == precision);
    (one.map(|one| one.disk_bytes).or_else(|| predicted_bytes(summary, precision)), one)
}

/// The limit: what it counts, how large it is, and what file comes of it.
fn limit(ui: &mut Ui, budget: SizeBudget, source: &Source, summary: &ModelSummary, commands: &CommandSender) {
    let advice = source.advice();
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        let kinds = [LimitKind::Memory, LimitKind::Disk].map(|kind| (kind, workshop::limit_words(kind)));
        // Without advice it is not known what memory a file takes.
        if !advice.is_empty()
            && let Some(kind) = segmented(ui, workshop::limit(), &kinds, budget.kind)
        {
            commands.send(QuantizeCommand::SetLimitKind(kind));
        }
        ui.add_space(GRID);
        let quantized = summary.predicted_bytes.iter().filter(|(one, _)| !one.base_type().is_float());
        let sizes: Vec<u64> = quantized.map(|(_, bytes)| *bytes).collect();
        let bound = |bytes: Option<&u64>| {
            bytes.and_then(|bytes| SizeBudget::of_file(budget.kind, *bytes, advice)).map(|found| found.bytes)
        };
        let (Some(least), Some(most)) = (bound(sizes.iter().min()), bound(sizes.iter().max())) else {
            return;
        };
        ui.label(crate::theme::text(ui, text::bytes(budget.bytes), Scale::Body, crate::theme::BOLD));
        let unit = if most >= 1_000_000_000 { 1e9 } else { 1e6 };
        let mut value = (budget.bytes as f64 / unit) as f32;
        let range = (least as f64 / unit) as f32..=(most as f64 / unit) as f32;
        let before = value;
        slider(ui, workshop::limit_words(budget.kind), &mut value, range);
        if value.to_bits() != before.to_bits() {
            let bytes = (f64::from(value) * unit) as u64;
            commands.send(QuantizeCommand::SetBudget(SizeBudget { bytes, ..budget }));
        }
        if let Some(bytes) = budget.file_bytes(advice) {
            let bits = bytes as f64 * 8.0 / summary.parameters.max(1) as f64;
            let words = workshop_sentences::limited_file(&text::bytes(bytes), &text::decimals(bits, 2));
            let soft = Palette::of(ui).soft;
            ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
        }
    });
}
