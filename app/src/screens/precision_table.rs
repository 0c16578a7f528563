//! The table of precisions: what each takes and how well it does, and the context that memory is counted for.

use crate::base::USUAL_PRECISIONS;
use egui::Ui;
use nibble_engine::jobs::ModelSummary;
use nibble_engine::jobs::protocol::Advice;
use nibble_engine::quant::Precision;

use super::predicted::{fit_color, predicted_bytes};
use super::settings;
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::state::{Advised, Source, State};
use crate::text::{self, labels, quality, sentences};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::card::card;
use crate::widgets::choice_table::{ChoiceTable, TableRow};
use crate::widgets::fold::{fold, is_open};

/// Narrowest place that takes all columns.
const ALL_COLUMNS: f32 = 560.0;
/// Where all columns begin: name, bits, disk, memory, speed, quality, verdict.
const WIDE: [f32; 7] = [0.0, 0.23, 0.30, 0.41, 0.52, 0.67, 0.81];
/// Where they begin when there is room for few: name, memory, verdict.
const NARROW: [f32; 3] = [0.0, 0.40, 0.65];

/// Shows the table with all around it.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    source: &Source,
    summary: &ModelSummary,
    commands: &CommandSender,
) {
    ui.label(crate::theme::text(ui, labels::precision(), Scale::Body, BOLD));
    if let Advised::CannotRun(failure) = &source.advice {
        cannot_run(ui, &text::sentence(&failure.message));
    }
    table(ui, state, source, summary, commands);
}

/// Shows the context that memory is counted for, and the memory that is free.
pub(super) fn context(ui: &mut Ui, state: &State, commands: &CommandSender) {
    ui.horizontal_wrapped(|ui| {
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, labels::context_length(), Scale::Small, "").color(soft));
        ui.scope(|ui| {
            ui.set_max_width(GRID * 48.0);
            settings::performance::context_choice(ui, state, commands);
        });
        if let Some(memory) = state.memory {
            let (free, all) = (text::bytes(memory.available_bytes), text::bytes(memory.total_bytes));
            let words = sentences::item_of(labels::free_memory(), &sentences::used_of(&free, &all));
            ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
        }
    });
}

fn cannot_run(ui: &mut Ui, message: &str) {
    let palette = Palette::of(ui);
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(crate::theme::text(ui, icons::WARNING, Scale::Body, "").color(palette.warn));
            ui.label(crate::theme::text(ui, quality::not_runnable(), Scale::Body, MEDIUM));
        });
        ui.label(crate::theme::text(ui, message, Scale::Small, "").color(palette.soft));
    });
}

fn table(ui: &mut Ui, state: &State, source: &Source, summary: &ModelSummary, commands: &CommandSender) {
    let is_wide = ui.available_width() >= ALL_COLUMNS;
    let columns: &[f32] = if is_wide { &WIDE } else { &NARROW };
    let table = ChoiceTable { name: labels::precision(), columns };
    let chosen = state.settings.precision;
    let id = ui.scope_id().with("more formats");
    let unfolded = is_open(ui, id);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let all = [
            "",
            quality::table_bits(),
            quality::table_disk(),
            quality::table_memory(),
            quality::table_speed(),
            quality::table_quality(),
            quality::table_verdict(),
        ];
        let few = ["", quality::table_memory(), quality::table_verdict()];
        table.head(ui, if is_wide { &all } else { &few });
        let others = Precision::offered().filter(|one| !USUAL_PRECISIONS.contains(one));
        let others = others.filter(|one| unfolded || *one == chosen);
        for precision in USUAL_PRECISIONS.into_iter().chain(others) {
            let row = row_of(ui, state, source, summary, precision, is_wide);
            if table.row(ui, &row, precision == chosen).clicked() {
                commands.send(SettingsCommand::SetPrecision(precision));
            }
        }
    });
    let words = |open| if open { quality::fewer_formats() } else { quality::more_formats() };
    fold(ui, id, |open| words(open).to_owned());
}

fn row_of(
    ui: &Ui,
    state: &State,
    source: &Source,
    summary: &ModelSummary,
    precision: Precision,
    is_wide: bool,
) -> TableRow {
    let palette = Palette::of(ui);
    let advice = source.advice().iter().find(|one| one.precision == precision);
    let memory = advice.map(|one| text::bytes(one.memory_bytes)).unwrap_or_default();
    let measured = state.quality.measured(&source.path, precision.name());
    let figures = if is_wide {
        let disk = advice.map_or_else(|| predicted_bytes(summary, precision), |one| Some(one.disk_bytes));
        let bits = disk.map(|bytes| bytes as f64 * 8.0 / summary.parameters.max(1) as f64);
        vec![
            bits.map(|bits| text::decimals(bits, 1)).unwrap_or_default(),
            disk.map(text::bytes).unwrap_or_default(),
            memory,
            advice.and_then(|one| one.tokens_per_second).map(text::rate).unwrap_or_default(),
            measured.map(|one| text::percent_to(one.figures.top1_agreement)).unwrap_or_default(),
        ]
    } else {
        vec![memory]
    };
    TableRow {
        name: labels::precision_name(precision),
        more: quality::purpose(precision).to_owned(),
        figures,
        verdict: verdict(source, advice, palette),
    }
}

fn verdict(source: &Source, advice: Option<&Advice>, palette: &Palette) -> (String, egui::Color32) {
    match (advice, &source.advice) {
        (Some(one), _) => {
            let fit = one.verdict;
            (labels::fit(fit).to_owned(), fit_color(palette, fit))
        }
        (None, Advised::Unknown) => ("…".to_owned(), palette.soft),
        (None, _) => (String::new(), palette.soft),
    }
}
