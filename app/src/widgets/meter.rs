//! Bars: progress of a job, memory needed beside memory free.

use egui::{Rect, Role, Sense, Ui, Vec2, WidgetInfo};

use crate::theme::{GRID, Palette};

/// A bar filled from the left to `fraction`; `label` is read by screen readers.
pub fn bar(ui: &mut Ui, fraction: f32, label: &str) {
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(ui.available_width(), GRID * 1.5), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, label);
        info.value = Some(f64::from(fraction * 100.0));
        info
    });
    let palette = Palette::of(ui);
    let radius = rect.height() / 2.0;
    ui.painter().rect_filled(rect, radius, palette.hover);
    let fraction = fraction.clamp(0.0, 1.0);
    if fraction > 0.0 {
        let width = (rect.width() * fraction).max(rect.height());
        ui.painter().rect_filled(
            Rect::from_min_size(rect.min, Vec2::new(width, rect.height())),
            radius,
            palette.accent,
        );
    }
}
