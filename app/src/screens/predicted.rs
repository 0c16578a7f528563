//! What is predicted of a model at a precision, for the cards and for the table.

use egui::Color32;
use nibble_engine::jobs::ModelSummary;

use crate::state::{Fit, PrecisionChoice};
use crate::theme::Palette;

/// Predicted bytes of the open model at a precision.
pub(super) fn predicted_bytes(summary: &ModelSummary, precision: PrecisionChoice) -> Option<u64> {
    let found = summary.predicted_bytes.iter().find(|(format, _)| *format == precision.format());
    found.map(|(_, bytes)| *bytes)
}

/// The color that shows whether a model fits.
pub(super) fn fit_color(palette: &Palette, fit: Fit) -> Color32 {
    match fit {
        Fit::Comfortable => palette.good,
        Fit::Tight => palette.warn,
        Fit::TooLarge => palette.bad,
    }
}
