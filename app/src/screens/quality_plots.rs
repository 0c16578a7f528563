//! The plots of a quality report.

use egui::Ui;
use nibble_engine::eval::Figures;
use nibble_engine::quant::WeightErrors;

use crate::text::{self, quality, sentences};
use crate::theme::{BOLD, GRID, Palette, Scale};
use crate::widgets::bar_plot::BarPlot;
use crate::widgets::card::card;

/// Marks on the axis of layers, at most.
const MOST_MARKS: usize = 12;

/// Divergence by place in the text, on a logarithmic axis.
pub(super) fn divergence(ui: &mut Ui, figures: &Figures) {
    let histogram = &figures.histogram;
    let (Some(first), Some(last)) = (histogram.edges.first(), histogram.edges.last()) else { return };
    let (first, last) = (first.log10(), last.log10());
    let step = (last - first) / (histogram.edges.len() - 1) as f64;
    // Bars below the first edge and above the last stand beside the others.
    let bars: Vec<f64> = histogram.counts.iter().map(|&count| count as f64).collect();
    let marks: Vec<f64> = (first.round() as i32..=last.round() as i32).map(f64::from).collect();
    let mean = sentences::item_of(quality::fact_kl(), &text::small(figures.kl_mean));
    titled(ui, quality::plot_kl(), quality::plot_kl_more(), |ui| {
        let (edges, counts) = (histogram.edges.clone(), histogram.counts.clone());
        BarPlot {
            name: quality::plot_kl(),
            summary: &mean,
            bars: &bars,
            start: first - step / 2.0,
            step,
            marks: &marks,
            word_at: &power_of_ten,
            height_word: &whole,
            tell: Box::new(move |index| {
                let edge = edges.get(index).or(edges.last()).copied().unwrap_or_default();
                let count = counts.get(index).copied().unwrap_or_default();
                format!("KL ≤ {}\n{}", text::small(edge), text::tokens(count as usize))
            }),
        }
        .show(ui);
    });
}

/// Error of the weights by layer; what belongs to none stands first.
pub(super) fn layers(ui: &mut Ui, errors: &WeightErrors) {
    let bars: Vec<f64> = errors.layers.iter().map(|one| one.relative_rmse * 100.0).collect();
    let every = bars.len().div_ceil(MOST_MARKS).max(1);
    let marks: Vec<f64> = (0..bars.len()).step_by(every).map(|at| at as f64).collect();
    let all = text::percent_to(errors.relative_rmse);
    titled(ui, quality::plot_layers(), quality::plot_layers_more(), |ui| {
        let told = bars.clone();
        BarPlot {
            name: quality::plot_layers(),
            summary: &all,
            bars: &bars,
            start: 0.0,
            step: 1.0,
            marks: &marks,
            word_at: &|at| text::count(at.max(0.0) as u64),
            height_word: &|height| text::decimals(height, 1),
            tell: Box::new(move |index| {
                text::percent_to(told.get(index).copied().unwrap_or_default() / 100.0)
            }),
        }
        .show(ui);
    });
}

/// What stands at a power of ten.
fn power_of_ten(power: f64) -> String {
    let digits = -power.round() as i32;
    if digits > 3 {
        format!("1e-{digits}")
    } else {
        text::decimals(10_f64.powf(power), digits.max(0) as usize)
    }
}

fn whole(height: f64) -> String {
    if height.fract() == 0.0 { text::count(height.max(0.0) as u64) } else { String::new() }
}

/// A plot in a card with its title and what it shows.
fn titled(ui: &mut Ui, title: &str, more: &str, plot: impl FnOnce(&mut Ui)) {
    let soft = Palette::of(ui).soft;
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = GRID;
        ui.label(crate::theme::text(ui, title, Scale::Body, BOLD));
        ui.label(crate::theme::text(ui, more, Scale::Small, "").color(soft));
        ui.add_space(GRID);
        plot(ui);
    });
}
