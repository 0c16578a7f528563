//! The table of what a model of the Hub comes to at each precision on this machine.

use egui::Ui;
use nibble_engine::jobs::protocol::{Advice, ModelPage, ReadyMade, Verdict};

use crate::command::DiscoverCommand;
use crate::inbox::CommandSender;
use crate::state::HubPage;
use crate::text::{self, labels, model_sentences, models};
use crate::theme::{BOLD, GRID, Palette, Scale};
use crate::widgets::button;
use crate::widgets::choice_table::{ChoiceTable, TableRow};

/// Precisions that are shown before somebody asks for all.
const USUAL: [&str; 6] = ["f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m"];

/// Where columns begin, as shares of the width.
const COLUMNS: [f32; 5] = [0.0, 0.30, 0.47, 0.64, 0.82];

/// Shows the table.
pub(super) fn show(ui: &mut Ui, page: &HubPage, known: &ModelPage, commands: &CommandSender) {
    let soft = Palette::of(ui).soft;
    ui.add_space(GRID);
    ui.label(crate::theme::text(ui, labels::precision(), Scale::Body, BOLD));
    let id = ui.scope_id().with("all precisions");
    let shows_all = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let is_shown = |one: &&Advice| {
        let is_chosen = page.precision.as_deref() == Some(one.precision.name());
        let is_to_be_had =
            known.checkpoint_bytes.is_some() || fitting_file(known, one.precision.name()).is_some();
        is_to_be_had && (shows_all || is_chosen || USUAL.contains(&one.precision.name()))
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let table = ChoiceTable { name: labels::precision(), columns: &COLUMNS };
        table.head(
            ui,
            &[
                "",
                models::column_disk(),
                models::column_memory(),
                models::column_speed(),
                models::column_verdict(),
            ],
        );
        for one in known.advice.iter().filter(is_shown) {
            let is_chosen = page.precision.as_deref() == Some(one.precision.name());
            if table.row(ui, &table_row(ui, known, one), is_chosen).clicked() {
                commands.send(DiscoverCommand::ChoosePrecision(one.precision.name().to_owned()));
            }
        }
    });
    let context = model_sentences::memory_at(&text::tokens(known.request.context));
    ui.label(crate::theme::text(ui, context, Scale::Small, "").color(soft));
    let words = if shows_all { models::fewer_precisions() } else { models::all_precisions() };
    if button::quiet(ui, "", words).clicked() {
        ui.data_mut(|data| data.insert_temp(id, !shows_all));
    }
}

/// The GGUF file that is ready at a precision: the model's own, or else the first of others.
pub(super) fn fitting_file<'a>(known: &'a ModelPage, precision: &str) -> Option<&'a ReadyMade> {
    let fits = |one: &&ReadyMade| one.refusal.is_none() && one.precision.as_deref() == Some(precision);
    known.ready_made.iter().find(fits)
}

fn table_row(ui: &Ui, known: &ModelPage, one: &Advice) -> TableRow {
    let palette = Palette::of(ui);
    let verdict = match one.verdict {
        Verdict::Comfortable => (labels::fit(Verdict::Comfortable).to_owned(), palette.good),
        Verdict::Tight => (labels::fit(Verdict::Tight).to_owned(), palette.warn),
        Verdict::DoesNotFit => (labels::fit(Verdict::DoesNotFit).to_owned(), palette.bad),
    };
    let is_best = known.preselected == Some(one.precision);
    TableRow {
        name: labels::precision_spelling(one.precision.name()),
        more: if is_best { models::best_here().to_owned() } else { String::new() },
        figures: vec![
            text::bytes(one.disk_bytes),
            text::bytes(one.memory_bytes),
            one.tokens_per_second.map(text::rate).unwrap_or_default(),
        ],
        verdict,
    }
}
