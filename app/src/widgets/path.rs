//! A path, in full for who points at it or listens, cut at its front where room is short: its end tells more.

use std::path::Path;

use egui::{FontId, Sense, Ui, Vec2, WidgetInfo};

use crate::theme::{Palette, Scale, font};

/// Stands for what was cut.
const CUT: &str = "…";

/// Shows a path on one line.
pub fn path(ui: &mut Ui, path: &Path) {
    let full = path.display().to_string();
    let soft = Palette::of(ui).soft;
    let font = font(ui, Scale::Small, "");
    let shown = cut(ui, &full, &font, ui.available_width());
    let galley = ui.painter().layout_no_wrap(shown, font, soft);
    let size = Vec2::new(galley.size().x.min(ui.available_width()), galley.size().y);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &full));
    ui.painter().galley(rect.min, galley, soft);
    response.on_hover_text(full);
}

/// The end of `words` that fits into `room` points; all of them if they do.
fn cut(ui: &Ui, words: &str, font: &FontId, room: f32) -> String {
    let width = |words: &str| {
        ui.painter().layout_no_wrap(words.to_owned(), font.clone(), Palette::of(ui).soft).size().x
    };
    if width(words) <= room {
        return words.to_owned();
    }
    let starts: Vec<usize> = words.char_indices().map(|(at, _)| at).collect();
    let too_wide = |at: &usize| width(&format!("{CUT}{}", &words[*at..])) > room;
    let first = starts.partition_point(too_wide);
    format!("{CUT}{}", starts.get(first).map_or("", |at| &words[*at..]))
}
