//! Buttons: the one that calls, the outlined, the quiet, the row and the icon.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, FontId, Galley, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo,
};
use std::sync::Arc;

use super::bidi::in_visual_order;
use crate::theme::{GRID, MEDIUM, Palette, RADIUS_SMALL, ROW, Scale, font};

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    Primary,
    /// As the primary one, in the color of what cannot be undone.
    Danger,
    Outlined,
    Quiet,
    /// As the quiet one, with its words in line with what stands above and below.
    Flush,
    Row {
        chosen: bool,
    },
    /// A row in the color of what cannot be undone.
    DangerRow,
}

/// The one button of a screen that calls.
pub fn primary(ui: &mut Ui, icon: &str, label: &str) -> Response {
    press(ui, icon, label, Look::Primary)
}

/// The button that deletes.
pub fn danger(ui: &mut Ui, icon: &str, label: &str) -> Response {
    press(ui, icon, label, Look::Danger)
}

/// A row of a menu that deletes.
pub fn danger_row(ui: &mut Ui, icon: &str, label: &str) -> Response {
    press(ui, icon, label, Look::DangerRow)
}

/// A quiet button whose words begin where those above and below it do: a way back, a fold.
pub fn flush(ui: &mut Ui, icon: &str, label: &str) -> Response {
    press(ui, icon, label, Look::Flush)
}

/// A button beside the one that calls.
pub fn outlined(ui: &mut Ui, icon: &str, label: &str) -> Response {
    press(ui, icon, label, Look::Outlined)
}

/// How wide such a button is without an icon, with the gap beside it.
pub(super) fn outlined_width(ui: &Ui, label: &str) -> f32 {
    let text =
        ui.painter().layout_no_wrap(label.to_owned(), font(ui, Scale::Body, MEDIUM), Color32::PLACEHOLDER);
    text.size().x + GRID * 8.0 + ui.spacing().item_spacing.x
}

/// A button that shows its ground only under the pointer.
pub fn quiet(ui: &mut Ui, icon: &str, label: &str) -> Response {
    press(ui, icon, label, Look::Quiet)
}

/// A row of a list, as wide as there is room.
pub fn row(ui: &mut Ui, icon: &str, label: &str, chosen: bool) -> Response {
    press(ui, icon, label, Look::Row { chosen })
}

/// An icon alone; its label is read by screen readers and shown under the pointer.
pub fn icon(ui: &mut Ui, icon: &str, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(GRID * 8.0), Sense::click());
    describe(&response, label, None);
    let palette = Palette::of(ui);
    let color = if response.hovered() || response.has_focus() { palette.text } else { palette.soft };
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS_SMALL, palette.hover);
    }
    paint_focus(ui, rect, &response);
    let size = font(ui, Scale::Body, "").size * 1.2;
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        icon,
        FontId::proportional(size),
        fade(ui, color),
    );
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(label)
}

/// An icon at a place that something else takes up already, such as the end of a row.
pub fn corner(ui: &Ui, rect: Rect, id: egui::Id, icon: &str, label: &str) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    describe(&response, label, None);
    let palette = Palette::of(ui);
    let color = if response.hovered() || response.has_focus() { palette.text } else { palette.soft };
    ui.painter().rect_filled(rect, RADIUS_SMALL, palette.hover);
    paint_focus(ui, rect, &response);
    let size = font(ui, Scale::Body, "").size * 1.2;
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, FontId::proportional(size), color);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(label)
}

/// A round icon on the accent: send.
pub fn round(ui: &mut Ui, icon: &str, label: &str) -> Response {
    let (rect, response, ink) = disc(ui, label);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, FontId::proportional(18.0), ink);
    response
}

/// A round square on the accent: stop.
pub fn stop(ui: &mut Ui, label: &str) -> Response {
    let (rect, response, ink) = disc(ui, label);
    ui.painter().rect_filled(Rect::from_center_size(rect.center(), Vec2::splat(GRID * 3.0)), 2.0, ink);
    response
}

/// A round button's ground, and the color to draw on it with.
fn disc(ui: &mut Ui, label: &str) -> (Rect, Response, Color32) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(ROW), Sense::click());
    describe(&response, label, None);
    let palette = Palette::of(ui);
    let (fill, ink) = match (ui.is_enabled(), response.hovered()) {
        (false, _) => (palette.tint, palette.soft),
        (true, false) => (palette.accent, palette.on_accent),
        (true, true) => (palette.accent_hover, palette.on_accent),
    };
    ui.painter().circle_filled(rect.center(), rect.width() / 2.0, fill);
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        ui.painter().circle_stroke(rect.center(), rect.width() / 2.0 + 2.0, ring);
    }
    (rect, response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(label), ink)
}

/// Tells screen readers what a painted control is, and keeps it in sight of the keyboard.
pub(crate) fn describe(response: &Response, label: &str, chosen: Option<bool>) {
    follow_focus(response);
    let enabled = response.enabled();
    response.widget_info(|| match chosen {
        Some(chosen) => WidgetInfo::selected(Role::Button, enabled, chosen, label),
        None => WidgetInfo::labeled(Role::Button, enabled, label),
    });
}

/// The same for a control that says more than its name, such as a size.
pub(crate) fn describe_with(response: &Response, label: &str, chosen: Option<bool>, more: &str) {
    follow_focus(response);
    let enabled = response.enabled();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Button, enabled, label);
        info.selected = chosen;
        info.current_text_value = Some(more.to_owned());
        info
    });
}

/// Brings a control into sight when the keyboard comes to it.
pub(crate) fn follow_focus(response: &Response) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
}

/// The ring around what the keyboard acts on.
pub(crate) fn paint_focus(ui: &Ui, rect: Rect, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, Palette::of(ui).accent);
        ui.painter().rect_stroke(rect, RADIUS_SMALL, stroke, StrokeKind::Inside);
    }
}

fn fade(ui: &Ui, color: Color32) -> Color32 {
    if ui.is_enabled() { color } else { color.gamma_multiply(0.5) }
}

fn press(ui: &mut Ui, icon: &str, label: &str, look: Look) -> Response {
    let is_row = matches!(look, Look::Row { .. } | Look::DangerRow);
    let words = font(ui, Scale::Body, if is_row { "" } else { MEDIUM });
    let symbol = FontId::proportional(words.size * 1.15);
    let gap = if icon.is_empty() { 0.0 } else { GRID * 2.0 };
    let padding = match look {
        Look::Flush => 0.0,
        Look::Row { .. } | Look::DangerRow | Look::Quiet => GRID * 2.5,
        Look::Primary | Look::Danger | Look::Outlined => GRID * 4.0,
    };
    let icon = ui.painter().layout_no_wrap(icon.to_owned(), symbol, Color32::PLACEHOLDER);
    let room = ui.available_width() - 2.0 * padding - gap - icon.size().x;
    let text = one_line(ui, label, words, room.max(GRID));
    let width = match look {
        Look::Row { .. } | Look::DangerRow => ui.available_width(),
        _ => 2.0 * padding + gap + icon.size().x + text.size().x,
    };
    let height = ROW.max(text.size().y + GRID * 3.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, height), Sense::click());
    describe(&response, label, if let Look::Row { chosen } = look { Some(chosen) } else { None });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let ground = if look == Look::Flush { rect.expand2(Vec2::new(GRID * 2.0, 0.0)) } else { rect };
    let ink = paint_ground(ui, ground, &response, look);
    let left = rect.left() + padding;
    let middle = |galley: &Galley, x: f32| Pos2::new(x, rect.center().y - galley.size().y / 2.0);
    let icon_width = icon.size().x;
    ui.painter().galley(middle(&icon, left), icon, ink);
    ui.painter().galley(middle(&text, left + icon_width + gap), text, ink);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// Paints a button's ground and says in which color to write on it.
fn paint_ground(ui: &Ui, rect: Rect, response: &Response, look: Look) -> Color32 {
    let palette = Palette::of(ui);
    let hovered = response.hovered();
    let (fill, line, ink) = match look {
        _ if !ui.is_enabled() && look == Look::Primary => (palette.tint, Color32::TRANSPARENT, palette.soft),
        Look::Primary if hovered => (palette.accent_hover, Color32::TRANSPARENT, palette.on_accent),
        Look::Primary => (palette.accent, Color32::TRANSPARENT, palette.on_accent),
        Look::Danger if hovered => (palette.bad.gamma_multiply(0.85), Color32::TRANSPARENT, palette.ground),
        Look::Danger => (palette.bad, Color32::TRANSPARENT, palette.ground),
        Look::DangerRow if hovered => (palette.tint, Color32::TRANSPARENT, palette.bad),
        Look::DangerRow => (Color32::TRANSPARENT, Color32::TRANSPARENT, palette.bad),
        Look::Outlined if hovered => (palette.hover, palette.line, palette.text),
        Look::Outlined => (palette.card, palette.line, palette.text),
        Look::Quiet | Look::Flush if hovered => (palette.hover, Color32::TRANSPARENT, palette.text),
        Look::Quiet | Look::Flush => (Color32::TRANSPARENT, Color32::TRANSPARENT, palette.soft),
        Look::Row { chosen: true } => (palette.hover, Color32::TRANSPARENT, palette.text),
        Look::Row { .. } if hovered => (palette.tint, Color32::TRANSPARENT, palette.text),
        Look::Row { .. } => (Color32::TRANSPARENT, Color32::TRANSPARENT, palette.text),
    };
    let radius = CornerRadius::same(RADIUS_SMALL);
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    paint_focus(ui, rect, response);
    if look == Look::Primary { ink } else { fade(ui, ink) }
}

/// Text on one line, cut with an ellipsis where room ends.
pub(crate) fn one_line(ui: &Ui, words: &str, font: FontId, room: f32) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(words.to_owned(), font, Color32::PLACEHOLDER);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    in_visual_order(ui.painter().layout_job(job), 0.0)
}
