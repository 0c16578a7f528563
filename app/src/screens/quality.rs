//! How close a quantized model is to its original: in words, in figures, in two plots, and both answering one question.

use nibble_engine::quant::Precision;

use egui::{ScrollArea, Ui};
use nibble_engine::jobs::QualityReport;
use nibble_engine::jobs::quality::{Answer, Measured, MeasuredText};

use super::back::back;
use super::quality_plots;
use super::running::Work;
use crate::command::{CompareCommand, ModelCommand, QualityCommand};
use crate::inbox::CommandSender;
use crate::state::{Closeness, Screen, State, name_of_path};
use crate::text::{self, labels, quality, quality_sentences, workshop};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale};
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::facts::facts;

/// Narrowest place that takes two answers side by side.
const SIDE_BY_SIDE: f32 = 520.0;

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Some(report) = state.quality.shown.as_deref().and_then(|path| state.quality.of(path)) else {
        return super::models::show(ui, state, commands);
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 3.0;
            ui.add_space(GRID * 2.0);
            back(ui, Screen::Models, commands);
            head(ui, report);
            work(ui, state, report, commands);
            match &report.measured {
                Some(measured) => {
                    verdict(ui, measured);
                    figures(ui, report, measured);
                    quality_plots::divergence(ui, &measured.figures);
                }
                None => not_measured(ui),
            }
            if let Some(errors) = report.errors.as_ref().filter(|errors| errors.layers.len() > 1) {
                quality_plots::layers(ui, errors);
            }
            if let Some(measured) = &report.measured {
                answers(ui, report, measured);
            }
            steps(ui, state, report, commands);
            ui.add_space(GRID * 8.0);
        });
    });
}

/// What people call the precision of a report.
fn precision_of(report: &QualityReport) -> String {
    let known = report.precision.parse::<Precision>().ok();
    known.map_or_else(|| report.precision.to_uppercase(), labels::precision_name)
}

fn head(ui: &mut Ui, report: &QualityReport) {
    let soft = Palette::of(ui).soft;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        ui.heading(name_of_path(&report.model));
        let made_from = quality_sentences::made_from(&name_of_path(&report.original));
        let words = format!("{} · {} · {made_from}", quality::quality_report(), precision_of(report));
        ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
    });
}

/// The measurement of this model, while it goes on.
fn work(ui: &mut Ui, state: &State, report: &QualityReport, commands: &CommandSender) {
    if let Some(run) = state.quality.run.as_ref().filter(|run| run.request.model == report.model) {
        let title = quality_sentences::measuring(&name_of_path(&report.model));
        Work::measuring(run, title).show(ui, commands);
    }
}

/// The one sentence that matters.
fn verdict(ui: &mut Ui, measured: &Measured) {
    let palette = Palette::of(ui);
    let closeness = Closeness::of(measured.figures.kl_mean, measured.figures.top1_agreement);
    let color = match closeness {
        Closeness::Same | Closeness::Hardly => palette.good,
        Closeness::Small => palette.text,
        Closeness::Clear => palette.warn,
        Closeness::Large => palette.bad,
    };
    let words = quality::closeness(closeness, &text::percent_to(measured.figures.top1_agreement));
    ui.label(crate::theme::text(ui, words, Scale::Body, BOLD).color(color));
}

fn figures(ui: &mut Ui, report: &QualityReport, measured: &Measured) {
    let figures = &measured.figures;
    let read = match &measured.text {
        MeasuredText::WrittenByOriginal => quality::text_by_original().to_owned(),
        MeasuredText::File(path) => {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        }
    };
    let original = text::decimals(figures.original_perplexity, 2);
    let perplexity = quality_sentences::of_original(&text::decimals(figures.perplexity, 2), &original);
    let mut rows = vec![
        (quality::fact_same(), text::percent_to(figures.top1_agreement)),
        (quality::fact_kl(), text::small(figures.kl_mean)),
        (quality::fact_kl_p99(), text::small(figures.kl_p99)),
        (quality::fact_perplexity(), perplexity),
        (quality::fact_text(), quality_sentences::measured_on(&read, &text::tokens(figures.tokens))),
    ];
    if let Some(errors) = &report.errors {
        rows.insert(4, (quality::fact_weights(), text::percent_to(errors.relative_rmse)));
    }
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        facts(ui, &rows);
        if figures.rest_probability > 0.0 {
            let soft = Palette::of(ui).soft;
            ui.label(crate::theme::text(ui, quality::bound_more(), Scale::Small, "").color(soft));
        }
    });
}

fn not_measured(ui: &mut Ui) {
    let soft = Palette::of(ui).soft;
    ui.label(crate::theme::text(ui, quality::not_measured(), Scale::Body, BOLD));
    ui.label(crate::theme::text(ui, quality::not_measured_more(), Scale::Body, "").color(soft));
}

/// Both answers to the same question.
fn answers(ui: &mut Ui, report: &QualityReport, measured: &Measured) {
    ui.add_space(GRID);
    ui.label(crate::theme::text(ui, quality::same_question(), Scale::Body, BOLD));
    let soft = Palette::of(ui).soft;
    ui.label(crate::theme::text(ui, &measured.prompt, Scale::Body, "").color(soft));
    let precision = precision_of(report);
    let both = [(quality::original(), &measured.original_answer), (&precision, &measured.model_answer)];
    if ui.available_width() < SIDE_BY_SIDE {
        for (name, one) in both {
            answer(ui, name, one, ui.available_width());
        }
        return;
    }
    let width = (ui.available_width() - GRID * 3.0) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GRID * 3.0;
        for (name, one) in both {
            answer(ui, name, one, width);
        }
    });
}

/// One answer, `width` wide.
fn answer(ui: &mut Ui, name: &str, answer: &Answer, width: f32) {
    let soft = Palette::of(ui).soft;
    ui.allocate_ui(egui::Vec2::new(width, 0.0), |ui| {
        card(ui, |ui| {
            ui.vertical(|ui| {
                ui.set_width(width - GRID * 8.0 - 2.0);
                let rate = text::rate(answer.report.gen_tps);
                ui.label(crate::theme::text(ui, name, Scale::Body, MEDIUM));
                ui.label(crate::theme::text(ui, rate, Scale::Small, "").color(soft));
                ui.add_space(GRID);
                ui.label(answer.text.trim());
            });
        });
    });
}

/// What can be done next.
fn steps(ui: &mut Ui, state: &State, report: &QualityReport, commands: &CommandSender) {
    ui.horizontal_wrapped(|ui| {
        if button::primary(ui, "", labels::chat()).clicked() {
            commands.send(ModelCommand::ChatWith(report.model.clone()));
        }
        let words =
            if report.measured.is_some() { quality::measure_again() } else { quality::measure_quality() };
        let is_free = state.quality.run.is_none() && !state.is_lane_taken();
        let measure = ui.add_enabled_ui(is_free, |ui| button::outlined(ui, "", words).clicked());
        if measure.inner {
            commands.send(QualityCommand::Measure(report.model.clone()));
        }
        if button::quiet(ui, "", workshop::compare_open()).clicked() {
            commands.send(CompareCommand::With(report.model.clone()));
        }
        if button::quiet(ui, "", quality::original()).clicked() {
            commands.send(ModelCommand::ShowPage(report.original.clone()));
        }
    });
}
