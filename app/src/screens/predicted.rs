//! What is predicted of a model at a precision, for the cards and for the table.

use egui::Color32;
use nibble_engine::jobs::ModelSummary;
use nibble_engine::jobs::protocol::Verdict;
use nibble_engine::quant::Precision;

use crate::theme::Palette;

/// Predicted bytes of the open model at a precision.
pub(super) fn predicted_bytes(summary: &ModelSummary, precision: Precision) -> Option<u64> {
    let found = summary.predicted_bytes.iter().find(|(format, _)| *format == precision);
    found.map(|(_, bytes)| *bytes)
}

/// The color that shows whether a model fits.
pub(super) fn fit_color(palette: &Palette, fit: Verdict) -> Color32 {
    match fit {
        Verdict::Comfortable => palette.good,
        Verdict::Tight => palette.warn,
        Verdict::DoesNotFit => palette.bad,
    }
}
