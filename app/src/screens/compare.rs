//! Several models beside one original: which, and what each loses, in a table and a plot of size against loss.

use std::path::{Path, PathBuf};

use egui::{ScrollArea, Ui};
use nibble_engine::jobs::protocol::LibraryModel;
use nibble_engine::jobs::{CompareOutcome, CompareReport, CompareRow};

use super::back::back;
use super::running::Work;
use super::settings::part::{caption, choice};
use crate::command::{CompareCommand, QualityCommand};
use crate::inbox::CommandSender;
use crate::state::{Closeness, Screen, State, listed_name};
use crate::text::{self, quality, workshop, workshop_sentences};
use crate::theme::{BOLD, GRID, Palette, Scale};
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::choice_table::{ChoiceTable, TableRow};
use crate::widgets::column::column;
use crate::widgets::size_plot::{NamedPoint, SizePlot};

/// Narrowest place that takes all columns.
const ALL_COLUMNS: f32 = 640.0;
/// Where all columns begin: name, size, bits, KL, 99th percentile, same word, perplexity.
const WIDE: [f32; 7] = [0.0, 0.32, 0.42, 0.50, 0.60, 0.71, 0.83];
/// Where they begin when there is room for few: name, size, KL.
const NARROW: [f32; 3] = [0.0, 0.55, 0.78];

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 3.0;
            ui.add_space(GRID * 2.0);
            back(ui, Screen::Models, commands);
            let soft = Palette::of(ui).soft;
            ui.heading(workshop::compare());
            ui.label(crate::theme::text(ui, workshop::compare_more(), Scale::Body, "").color(soft));
            if let Some(run) = &state.compare.run {
                let title = workshop_sentences::comparing(&name_of(state, &run.request.original));
                Work::comparing(run, title).show(ui, commands);
            } else {
                choose(ui, state, commands);
            }
            if let Some(report) = &state.compare.report {
                results(ui, report, commands);
            }
            ui.add_space(GRID * 8.0);
        });
    });
}

/// The name of what is at `path`.
fn name_of(state: &State, path: &Path) -> String {
    let listed = state.library.models.iter().find(|model| model.path == path);
    listed.map_or_else(|| state.model_name(path), |model| listed_name(model).to_owned())
}

/// What is compared with what.
fn choose(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let readable: Vec<&LibraryModel> =
        state.library.models.iter().filter(|model| model.problem.is_none()).collect();
    let chosen = state.compare.original.as_deref();
    caption(ui, workshop::compare_original(), "");
    let shown = chosen.map_or_else(|| workshop::compare_choose().to_owned(), |path| name_of(state, path));
    choice(ui, workshop::compare_original(), &shown, |ui| {
        for model in &readable {
            let is_chosen = chosen == Some(&*model.path);
            if ui.selectable_label(is_chosen, listed_name(model)).clicked() {
                commands.send(CompareCommand::SetOriginal(model.path.clone()));
            }
        }
    });
    caption(ui, workshop::compare_models(), "");
    let listed = readable.iter().map(|model| (model.path.as_path(), Some(model.bytes)));
    // Files that were opened from elsewhere are not listed.
    let is_listed = |path: &Path| readable.iter().any(|model| model.path == path);
    let opened = state.compare.chosen.iter().map(PathBuf::as_path).filter(|path| !is_listed(path));
    let offered: Vec<_> = listed.chain(opened.map(|path| (path, None))).collect();
    if offered.len() < 2 {
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, workshop::compare_missing(), Scale::Body, "").color(soft));
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        for (path, bytes) in offered.into_iter().filter(|(path, _)| chosen != Some(*path)) {
            let mut is_chosen = state.compare.is_chosen(path);
            let size = bytes.map(|bytes| format!("  ·  {}", text::bytes(bytes))).unwrap_or_default();
            let response = ui.checkbox(&mut is_chosen, format!("{}{size}", name_of(state, path)));
            button::follow_focus(&response);
            if response.changed() {
                commands.send(CompareCommand::Toggle(path.to_owned()));
            }
        }
    });
    let is_free = state.compare.is_ready() && !state.is_lane_taken();
    let start = ui.add_enabled_ui(is_free, |ui| button::primary(ui, "", workshop::compare_start()).clicked());
    if start.inner {
        commands.send(CompareCommand::Start);
    }
}

fn results(ui: &mut Ui, report: &CompareReport, commands: &CommandSender) {
    table(ui, report, commands);
    for (row, failure) in report.rows.iter().filter_map(|row| match &row.outcome {
        CompareOutcome::Failed(failure) => Some((row, failure)),
        CompareOutcome::Measured(_) => None,
    }) {
        let palette = Palette::of(ui);
        let words = format!("{}: {}", row.name, failure.message);
        ui.label(crate::theme::text(ui, words, Scale::Small, "").color(palette.bad));
    }
    plot(ui, report);
}

/// A row for each model; a click shows its report.
fn table(ui: &mut Ui, report: &CompareReport, commands: &CommandSender) {
    let is_wide = ui.available_width() >= ALL_COLUMNS;
    let columns: &[f32] = if is_wide { &WIDE } else { &NARROW };
    let table = ChoiceTable { name: workshop::compare_models(), columns };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let all = [
            "",
            quality::table_disk(),
            quality::table_bits(),
            workshop::column_kl(),
            workshop::column_kl_p99(),
            workshop::column_same(),
            workshop::column_perplexity(),
        ];
        let few = ["", quality::table_disk(), workshop::column_kl()];
        table.head(ui, if is_wide { &all } else { &few });
        for row in &report.rows {
            let shown = table_row(ui, row, is_wide);
            if table.row(ui, &shown, false).clicked() && row.report().is_some() {
                commands.send(QualityCommand::Show(row.path.clone()));
            }
        }
    });
}

fn table_row(ui: &Ui, row: &CompareRow, is_wide: bool) -> TableRow {
    let palette = Palette::of(ui);
    let size = if row.bytes == 0 { String::new() } else { text::bytes(row.bytes) };
    let more = row.precision.to_uppercase();
    let name = row.name.clone();
    let Some(measured) = row.report().and_then(|report| report.measured.as_ref()) else {
        let mut figures = vec![size];
        figures.resize(if is_wide { 5 } else { 1 }, String::new());
        return TableRow { name, more, figures, verdict: (workshop::not_compared().to_owned(), palette.bad) };
    };
    let figures = &measured.figures;
    let color = match Closeness::of(figures.kl_mean, figures.top1_agreement) {
        Closeness::Same | Closeness::Hardly => palette.good,
        Closeness::Small => palette.text,
        Closeness::Clear => palette.warn,
        Closeness::Large => palette.bad,
    };
    let kl = text::small(figures.kl_mean);
    if !is_wide {
        return TableRow { name, more, figures: vec![size], verdict: (kl, color) };
    }
    let cells = vec![
        size,
        text::decimals(row.bits_per_weight, 2),
        kl,
        text::small(figures.kl_p99),
        text::percent_to(figures.top1_agreement),
    ];
    TableRow { name, more, figures: cells, verdict: (text::decimals(figures.perplexity, 2), color) }
}

/// Size against loss, a point for each model.
fn plot(ui: &mut Ui, report: &CompareReport) {
    let points: Vec<NamedPoint> = report
        .rows
        .iter()
        .filter_map(|row| {
            let kl = row.report()?.measured.as_ref()?.figures.kl_mean;
            (kl > 0.0).then(|| NamedPoint { name: row.name.clone(), bytes: row.bytes, kl })
        })
        .collect();
    if points.is_empty() {
        return;
    }
    let told = |point: &NamedPoint| {
        workshop_sentences::size_and_kl(&point.name, &text::bytes(point.bytes), &text::small(point.kl))
    };
    let summary = points.iter().map(told).collect::<Vec<_>>().join("; ");
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = GRID;
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, workshop::plot_compare(), Scale::Body, BOLD));
        ui.label(crate::theme::text(ui, workshop::plot_compare_more(), Scale::Small, "").color(soft));
        ui.add_space(GRID);
        let plot = SizePlot {
            name: workshop::plot_compare(),
            summary: &summary,
            line: Vec::new(),
            points,
            limit: None,
            chosen: None,
            size_word: &text::bytes,
            kl_word: &text::small,
        };
        plot.show(ui);
    });
}
