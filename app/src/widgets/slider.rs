//! A slider with its figure beside it.

use std::ops::RangeInclusive;

use egui::{Slider, Ui};

use super::button::follow_focus;
use crate::text::labels;
use crate::theme::GRID;

/// Shows a slider that screen readers call `name`; it moves in hundredths of its range.
pub fn slider(ui: &mut Ui, name: &str, value: &mut f32, range: RangeInclusive<f32>) {
    let span = range.end() - range.start();
    let step = if span > 10.0 { 1.0 } else { f64::from(span) / 100.0 };
    let step = if span > 1.5 && span < 10.0 { 0.05 } else { step };
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = ui.available_width() - GRID * 16.0;
        let mut shown = *value;
        let bar = Slider::new(&mut shown, range).step_by(step).max_decimals(2);
        let response = ui.add(bar.custom_formatter(written).custom_parser(read));
        follow_focus(&response);
        response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(shown), name));
        // Only a hand moves it: drawing rounds to the nearest step what was chosen elsewhere, and that must stay.
        let is_moved = (f64::from(shown) - f64::from(*value)).abs() > 0.51 * step;
        if response.changed() && is_moved {
            *value = shown;
        }
    });
}

/// A figure in the language that is spoken.
fn written(figure: f64, n_decimals: RangeInclusive<usize>) -> String {
    egui::emath::format_with_decimals_in_range(figure, n_decimals).replace('.', labels::decimal_mark())
}

/// A figure that was typed, with a point or a comma.
fn read(typed: &str) -> Option<f64> {
    typed.trim().replace(',', ".").replace('−', "-").parse().ok()
}
