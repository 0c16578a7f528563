//! The table of what a model of the Hub comes to at each precision on this machine.

use egui::Ui;
use nibble_engine::jobs::protocol::{Advice, ModelPage, ReadyMade, Verdict};
use nibble_engine::quant::Precision;

use crate::command::DiscoverCommand;
use crate::inbox::CommandSender;
use crate::state::HubPage;
use crate::text::{self, labels, model_sentences, models};
use crate::theme::{BOLD, GRID, Palette, Scale};
use crate::widgets::choice_table::{ChoiceTable, TableRow};
use crate::widgets::fold::{fold, is_open};

/// Precisions that are shown before somebody asks for all.
const USUAL: [&str; 6] = ["f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m"];

/// Narrowest place that takes all columns.
const ALL_COLUMNS: f32 = 560.0;
/// Where columns begin, as shares of the width: name, disk, memory, speed, verdict.
const WIDE: [f32; 5] = [0.0, 0.28, 0.43, 0.60, 0.82];
/// Where they begin when there is room for few: name, disk, verdict.
const NARROW: [f32; 3] = [0.0, 0.44, 0.70];

/// Shows the table.
pub(super) fn show(ui: &mut Ui, page: &HubPage, known: &ModelPage, commands: &CommandSender) {
    let soft = Palette::of(ui).soft;
    ui.add_space(GRID);
    ui.label(crate::theme::text(ui, labels::precision(), Scale::Body, BOLD));
    let id = ui.scope_id().with("all precisions");
    let shows_all = is_open(ui, id);
    let is_shown = |one: &&Advice| {
        let is_chosen = page.precision.as_deref() == Some(one.precision.name());
        let is_to_be_had =
            known.checkpoint_bytes.is_some() || fitting_file(known, one.precision.name()).is_some();
        is_to_be_had && (shows_all || is_chosen || USUAL.contains(&one.precision.name()))
    };
    let is_wide = ui.available_width() >= ALL_COLUMNS;
    let shown: Vec<&Advice> = known.advice.iter().filter(is_shown).collect();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let columns: &[f32] = if is_wide { &WIDE } else { &NARROW };
        let table = ChoiceTable { name: labels::precision(), columns };
        let (disk, verdict) = (models::column_disk(), models::column_verdict());
        let all = ["", disk, models::column_memory(), models::column_speed(), verdict];
        let few = ["", disk, verdict];
        table.head(ui, if is_wide { &all } else { &few });
        for one in &shown {
            let is_chosen = page.precision.as_deref() == Some(one.precision.name());
            if table.row(ui, &table_row(ui, known, &shown, one, is_wide), is_chosen).clicked() {
                commands.send(DiscoverCommand::ChoosePrecision(one.precision.name().to_owned()));
            }
        }
    });
    let context = model_sentences::memory_at(&text::tokens(known.request.context));
    ui.label(crate::theme::text(ui, context, Scale::Small, "").color(soft));
    if shown.iter().any(|one| faster_and_better(&shown, one).is_some()) {
        ui.label(crate::theme::text(ui, models::slower_more(), Scale::Small, "").color(soft));
    }
    let words = |open| if open { models::fewer_precisions() } else { models::all_precisions() };
    fold(ui, id, |open| words(open).to_owned());
}

/// The GGUF file that is ready at a precision: the model's own, or else the first of others.
pub(super) fn fitting_file<'a>(known: &'a ModelPage, precision: &str) -> Option<&'a ReadyMade> {
    let fits = |one: &&ReadyMade| one.refusal.is_none() && one.precision.as_deref() == Some(precision);
    known.ready_made.iter().find(fits)
}

/// Size of the file that is quantized here to a precision; `None` if Nibble does not write it.
pub(super) fn made_bytes(known: &ModelPage, precision: &str) -> Option<u64> {
    let format: Precision = precision.parse().ok()?;
    known.advice.iter().find(|one| one.precision == format).map(|one| one.disk_bytes)
}

/// The nearest better precision that is faster all the same, since its weights take less memory than these, unpacked.
fn faster_and_better<'a>(shown: &[&'a Advice], one: &Advice) -> Option<&'a Advice> {
    let at = shown.iter().position(|other| other.precision == one.precision)?;
    let speed = one.tokens_per_second?;
    // What differs by less cannot be told apart.
    let is_faster = |other: &&&Advice| other.tokens_per_second.is_some_and(|faster| faster > speed * 1.02);
    shown[..at].iter().rev().find(is_faster).copied()
}

fn table_row(ui: &Ui, known: &ModelPage, shown: &[&Advice], one: &Advice, is_wide: bool) -> TableRow {
    let palette = Palette::of(ui);
    let verdict = match one.verdict {
        Verdict::Comfortable => (labels::fit(Verdict::Comfortable).to_owned(), palette.good),
        Verdict::Tight => (labels::fit(Verdict::Tight).to_owned(), palette.warn),
        Verdict::DoesNotFit => (labels::fit(Verdict::DoesNotFit).to_owned(), palette.bad),
    };
    let more = if known.preselected == Some(one.precision) {
        models::best_here().to_owned()
    } else {
        let spelling = |faster: &Advice| labels::precision_spelling(faster.precision.name());
        faster_and_better(shown, one)
            .map(|faster| model_sentences::slower_than(&spelling(faster)))
            .unwrap_or_default()
    };
    let mut figures = vec![text::bytes(one.disk_bytes)];
    if is_wide {
        figures.push(text::bytes(one.memory_bytes));
        figures.push(one.tokens_per_second.map(text::rate).unwrap_or_default());
    }
    TableRow { name: labels::precision_spelling(one.precision.name()), more, figures, verdict }
}
