//! Blocks of code: highlighted, scrolled or wrapped, copied.

use egui::text::{LayoutJob, TextFormat};
use egui::{Frame, Id, Label, Layout, Margin, Rect, ScrollArea, Stroke, Ui, UiBuilder, Vec2};

use super::highlight::CodePart;
use crate::text::labels;
use crate::theme::{GRID, MEDIUM, Palette, RADIUS, RADIUS_SMALL, Scale, font, text};
use crate::widgets::button;
use crate::widgets::copied::copy_button;

/// Height of the head row.
const HEAD: f32 = GRID * 8.0;

/// Shows code; `copied` becomes it where that is wanted.
pub(super) fn code(
    ui: &mut Ui,
    language: &str,
    (code, parts): (&str, &[(usize, CodePart)]),
    copied: &mut Option<String>,
) {
    let palette = Palette::of(ui);
    let id = ui.scope_id().with("code");
    let wraps = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let has_head = !language.is_empty();
    let frame = Frame::new().fill(palette.code).stroke(Stroke::new(1.0, palette.line)).corner_radius(RADIUS);
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        if has_head {
            ui.horizontal(|ui| {
                ui.set_height(HEAD);
                ui.add_space(GRID * 3.0);
                ui.label(text(ui, language, Scale::Small, MEDIUM).color(palette.soft));
                // Room for the tools, which are drawn last.
                ui.add_space(HEAD * 2.0 + GRID * 2.0);
            });
        }
        let top = if has_head { 0 } else { 10 };
        let room = ui.available_width() - GRID * 6.0;
        let within = |ui: &mut Ui| {
            // The scroll bar lies in the margin below.
            Frame::new().inner_margin(Margin { left: 12, right: 12, top, bottom: 12 }).show(ui, |ui| {
                let mut job = code_layout(ui, code, parts);
                job.wrap.max_width = if wraps { room } else { f32::INFINITY };
                let galley = ui.painter().layout_job(job);
                ui.add(Label::new(galley));
            });
        };
        if wraps {
            within(ui);
        } else {
            ScrollArea::horizontal().auto_shrink([false, true]).show(ui, within);
        }
    });
    tools(ui, shown.response.rect, has_head, (id, wraps), code, copied);
}

/// How wide a block of code would be that neither scrolls nor wraps.
pub(super) fn natural_width(ui: &Ui, code: &str, parts: &[(usize, CodePart)]) -> f32 {
    let galley = ui.painter().layout_job(code_layout(ui, code, parts));
    (galley.size().x + GRID * 6.0 + 2.0).max(HEAD * 5.0)
}

/// The switch for wrapping and the copy button, at the upper right corner; over code without a head only when it is pointed at.
fn tools(
    ui: &mut Ui,
    block: Rect,
    has_head: bool,
    (id, wraps): (Id, bool),
    code: &str,
    copied: &mut Option<String>,
) {
    let focus_id = id.with("focus");
    let had_focus = ui.data(|data| data.get_temp::<bool>(focus_id)).unwrap_or_default();
    let seen = has_head || had_focus || ui.rect_contains_pointer(block);
    let size = Vec2::new(HEAD * 2.0, HEAD);
    let at = block.right_top() + Vec2::new(-size.x - GRID, if has_head { 0.0 } else { GRID });
    let rect = Rect::from_min_size(at, size);
    let layout = Layout::right_to_left(egui::Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    ui.spacing_mut().item_spacing.x = 0.0;
    if seen && !has_head {
        ui.painter().rect_filled(rect, RADIUS_SMALL, Palette::of(&ui).code);
    }
    // Unseen tools stay there for the keyboard and for screen readers.
    ui.set_opacity(if seen { 1.0 } else { 0.0 });
    let copy = copy_button(&mut ui, id.with("copied"), labels::copy_code());
    if copy.clicked() {
        *copied = Some(code.to_owned());
    }
    let wrap = button::icon(&mut ui, "", labels::wrap_lines());
    button::describe(&wrap, labels::wrap_lines(), Some(wraps));
    paint_wrap(&ui, wrap.rect, wraps);
    if wrap.clicked() {
        ui.data_mut(|data| data.insert_temp(id, !wraps));
    }
    let has_focus = copy.has_focus() || wrap.has_focus();
    ui.data_mut(|data| data.insert_temp(focus_id, has_focus));
}

/// Two lines, between them one that turns back.
fn paint_wrap(ui: &Ui, rect: Rect, wraps: bool) {
    let palette = Palette::of(ui);
    let stroke = Stroke::new(1.3, if wraps { palette.accent } else { palette.soft });
    let middle = rect.center().round();
    let at = |x: f32, y: f32| middle + Vec2::new(x, y);
    let painter = ui.painter();
    painter.line_segment([at(-6.0, -5.0), at(6.0, -5.0)], stroke);
    painter.line(
        vec![at(-6.0, 0.0), at(4.5, 0.0), at(6.0, 1.2), at(6.0, 3.8), at(4.5, 5.0), at(0.0, 5.0)],
        stroke,
    );
    painter.line(vec![at(2.0, 3.0), at(0.0, 5.0), at(2.0, 7.0)], stroke);
    painter.line_segment([at(-6.0, 5.0), at(-3.0, 5.0)], stroke);
}

fn code_layout(ui: &Ui, code: &str, parts: &[(usize, CodePart)]) -> LayoutJob {
    let palette = Palette::of(ui);
    let size = font(ui, Scale::Body, "").size * 0.92;
    let mut job = LayoutJob::default();
    let mut start = 0;
    for (end, part) in parts {
        let color = match part {
            CodePart::Plain => palette.text,
            CodePart::Keyword => palette.code_keyword,
            CodePart::Text => palette.code_text,
            CodePart::Number => palette.code_number,
            CodePart::Comment => palette.soft,
        };
        let mut format = TextFormat::simple(egui::FontId::monospace(size), color);
        format.line_height = Some((size * 1.5).round());
        job.append(&code[start..*end], 0.0, format);
        start = *end;
    }
    job
}
