//! A spinner; it stands still where animation is off.

use egui::{Role, Sense, Spinner, Stroke, Ui, Vec2, WidgetInfo};

use crate::text::labels;
use crate::theme::Palette;

/// Shows the sign, so many points wide.
pub fn busy(ui: &mut Ui, size: f32) {
    let accent = Palette::of(ui).accent;
    if ui.style().animation_time > 0.0 {
        let sign = ui.add(Spinner::new().size(size).color(accent));
        sign.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, labels::at_work()));
        return;
    }
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size), Sense::hover());
    for step in -1..=1 {
        let dot = rect.center() + Vec2::new(step as f32 * size / 3.0, 0.0);
        ui.painter().circle(dot, size / 10.0, accent, Stroke::NONE);
    }
}
