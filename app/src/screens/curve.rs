//! The size-quality curve of the open model: measured when it is asked for, and clicked to choose a size.

use egui::Ui;
use nibble_engine::jobs::{CurveReport, ModelSummary};

use crate::base::USUAL_PRECISIONS;
use crate::command::QuantizeCommand;
use crate::inbox::CommandSender;
use crate::state::{LimitKind, SizeBudget, Source, State};
use crate::text::{self, labels, workshop, workshop_sentences};
use crate::theme::{BOLD, GRID, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::size_plot::{NamedPoint, SizePlot};

/// Share of the machine's free memory that a model may take.
const SHARE_OF_FREE: f64 = 0.8;

/// Shows the curve, or how to get it.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    source: &Source,
    summary: &ModelSummary,
    commands: &CommandSender,
) {
    let soft = Palette::of(ui).soft;
    let curve = state.quantize.curve_of(&summary.path);
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = GRID;
        ui.label(crate::theme::text(ui, workshop::curve(), Scale::Body, BOLD));
        let more = if curve.is_some() { workshop::curve_more() } else { workshop::curve_unknown() };
        ui.label(crate::theme::text(ui, more, Scale::Small, "").color(soft));
        ui.add_space(GRID);
        match curve {
            Some(curve) => plot(ui, state, source, curve, commands),
            None => ask(ui, state, commands),
        }
    });
}

/// The button that measures, and how long that takes.
fn ask(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let soft = Palette::of(ui).soft;
    ui.horizontal_wrapped(|ui| {
        let is_free = !state.is_lane_taken();
        let pressed = ui.add_enabled_ui(is_free, |ui| {
            button::outlined(ui, icons::SPEED, workshop::measure_curve()).clicked()
        });
        if pressed.inner {
            commands.send(QuantizeCommand::MeasureCurve);
        }
        if let Some(estimate) = &state.quantize.estimate {
            let words = workshop_sentences::curve_takes(&text::estimated(estimate.curve_seconds));
            ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
        }
    });
}

fn plot(ui: &mut Ui, state: &State, source: &Source, curve: &CurveReport, commands: &CommandSender) {
    let advice = source.advice();
    let limit = state.memory.and_then(|memory| {
        let bytes = (memory.available_bytes as f64 * SHARE_OF_FREE) as u64;
        SizeBudget { kind: LimitKind::Memory, bytes }.file_bytes(advice)
    });
    let chosen = state.quantize.choice.budget.and_then(|budget| budget.file_bytes(advice));
    // The usual ones are named first, where names would cover each other.
    let (usual, others): (Vec<_>, Vec<_>) =
        curve.precisions.iter().copied().partition(|(precision, _)| USUAL_PRECISIONS.contains(precision));
    let named = usual.into_iter().chain(others).filter(|(_, point)| point.kl > 0.0);
    let points = named
        .map(|(precision, point)| NamedPoint {
            name: labels::precision_name(precision),
            bytes: point.bytes,
            kl: point.kl,
        })
        .collect();
    let line: Vec<(u64, f64)> =
        curve.points.iter().filter(|point| point.kl > 0.0).map(|point| (point.bytes, point.kl)).collect();
    let ends = [line.first(), line.last()].map(|end| {
        end.map(|(bytes, kl)| {
            workshop_sentences::size_and_kl(workshop::curve_line(), &text::bytes(*bytes), &text::small(*kl))
        })
    });
    let summary = ends.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let plot = SizePlot {
        name: workshop::curve(),
        summary: &summary,
        line,
        points,
        limit: limit.map(|bytes| (bytes, workshop::curve_limit())),
        chosen,
        size_word: &text::bytes,
        kl_word: &text::small,
    };
    if let Some(bytes) = plot.show(ui)
        && let Some(point) = nearest(curve, bytes)
    {
        // The kind of the limit stays what it was.
        let kind = state.quantize.choice.budget.map_or(LimitKind::Disk, |budget| budget.kind);
        if let Some(budget) = SizeBudget::of_file(kind, point, advice) {
            commands.send(QuantizeCommand::SetBudget(budget));
        }
    }
}

/// Size of the curve's point that is nearest to a size.
fn nearest(curve: &CurveReport, bytes: u64) -> Option<u64> {
    curve.points.iter().map(|point| point.bytes).min_by_key(|point| point.abs_diff(bytes))
}
