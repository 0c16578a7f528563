//! A need for memory by parts, beside the memory that is free.

use egui::{Color32, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::button::one_line;
use crate::theme::{GRID, MEDIUM, Palette, Scale, font};

/// How strongly the parts are colored, in their order.
const STRENGTHS: [f32; 4] = [1.0, 0.7, 0.45, 0.25];

/// A part of the need: its name, its share in bytes, and that in words.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryPart<'a> {
    /// Name of the part.
    pub name: &'a str,
    /// Size of the part in bytes.
    pub bytes: u64,
    /// The bytes in words.
    pub figure: String,
}

/// Shows the parts side by side with a mark where the free memory ends, and what is what below.
pub fn memory_bar(ui: &mut Ui, parts: &[MemoryPart<'_>], free: &MemoryPart<'_>) {
    let palette = Palette::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(ui.available_width(), GRID * 6.0), Sense::hover());
    let needed: u64 = parts.iter().map(|part| part.bytes).sum();
    let scale = f64::from(rect.width()) / needed.max(free.bytes).max(1) as f64;
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, describe(parts, free)));
    let bar = Rect::from_center_size(rect.center(), Vec2::new(rect.width(), GRID * 3.0));
    ui.painter().rect_filled(bar, GRID / 2.0, palette.hover);
    let mut left = bar.left();
    for (index, part) in parts.iter().enumerate() {
        let width = (part.bytes as f64 * scale) as f32;
        let place = Rect::from_min_size(Pos2::new(left, bar.top()), Vec2::new(width, bar.height()));
        ui.painter().rect_filled(place, 0.0, color(palette, index));
        left += width;
    }
    let mark = (bar.left() + (free.bytes as f64 * scale) as f32).min(bar.right());
    ui.painter().vline(mark, rect.y_range(), Stroke::new(2.0, palette.bad));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = GRID;
        for (index, part) in parts.iter().enumerate() {
            entry(ui, part, color(palette, index));
        }
        entry(ui, free, palette.bad);
    });
}

/// A line of what is what, as one piece, so that lines break between them.
fn entry(ui: &mut Ui, part: &MemoryPart<'_>, color: Color32) {
    let palette = Palette::of(ui);
    let name = one_line(ui, part.name, font(ui, Scale::Small, ""), f32::INFINITY);
    let figure = one_line(ui, &part.figure, font(ui, Scale::Small, MEDIUM), f32::INFINITY);
    let width = GRID * 7.0 + name.size().x + figure.size().x;
    let (rect, _) = ui.allocate_exact_size(Vec2::new(width, GRID * 5.0), Sense::hover());
    let dot = Rect::from_center_size(Pos2::new(rect.left() + GRID, rect.center().y), Vec2::splat(GRID * 2.0));
    ui.painter().rect_filled(dot, 2.0, color);
    let name_at = Pos2::new(rect.left() + GRID * 3.0, rect.center().y - name.size().y / 2.0);
    let figure_at = Pos2::new(name_at.x + name.size().x + GRID, name_at.y);
    ui.painter().galley(name_at, name, palette.soft);
    ui.painter().galley(figure_at, figure, palette.text);
}

fn color(palette: &Palette, index: usize) -> Color32 {
    palette.accent.gamma_multiply(STRENGTHS[index.min(STRENGTHS.len() - 1)])
}

fn describe(parts: &[MemoryPart<'_>], free: &MemoryPart<'_>) -> String {
    let one = |part: &MemoryPart<'_>| format!("{}: {}", part.name, part.figure);
    parts.iter().chain([free]).map(one).collect::<Vec<_>>().join(", ")
}
