//! A few choices side by side, one of them chosen.

use egui::{CursorIcon, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2};

use super::button::{describe, describe_with, one_line, paint_focus};
use crate::theme::{GRID, MEDIUM, Palette, RADIUS_SMALL, ROW, Scale, font};

/// Shows `choices` with their labels and says which was clicked. `name` says what is chosen.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    choices: &[(T, &str)],
    chosen: T,
) -> Option<T> {
    let palette = Palette::of(ui);
    let mut clicked = None;
    let (ground, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
    ui.painter().rect_filled(ground, RADIUS_SMALL, palette.hover);
    let width = ground.width() / choices.len().max(1) as f32;
    for (index, (choice, label)) in choices.iter().enumerate() {
        let min = Pos2::new(ground.left() + width * index as f32, ground.top());
        let rect = Rect::from_min_size(min, Vec2::new(width, ground.height())).shrink(GRID * 0.75);
        let response = ui.interact(rect, ui.scope_id().with((name, index)), Sense::click());
        let is_chosen = *choice == chosen;
        describe(&response, &format!("{name}: {label}"), Some(is_chosen));
        if is_chosen {
            let line = Stroke::new(1.0, palette.line);
            ui.painter().rect(rect, RADIUS_SMALL - 2, palette.card, line, StrokeKind::Inside);
        }
        paint_focus(ui, rect, &response);
        let ink = if is_chosen || response.hovered() { palette.text } else { palette.soft };
        let words = font(ui, Scale::Small, MEDIUM);
        let text = one_line(ui, label, words, rect.width() - GRID);
        ui.painter().galley(rect.center() - text.size() / 2.0, text, ink);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            clicked = Some(*choice);
        }
    }
    clicked
}

/// A card to choose: a headline, a line below it, a figure, and a verdict in its own color.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceCard {
    /// Headline of the card.
    pub title: String,
    /// Below the headline.
    pub more: String,
    /// The figure, such as a size.
    pub figure: String,
    /// A verdict and its color.
    pub verdict: Option<(String, egui::Color32)>,
}

/// Shows cards side by side, or one below the other where room is short, and says which was clicked.
pub fn choice_cards(ui: &mut Ui, name: &str, cards: &[ChoiceCard], chosen: usize) -> Option<usize> {
    let gap = GRID * 3.0;
    let side_by_side = ui.available_width() >= 480.0;
    let columns = if side_by_side { cards.len().max(1) } else { 1 };
    let width = (ui.available_width() - gap * (columns - 1) as f32) / columns as f32;
    let has_verdict = cards.iter().any(|card| card.verdict.is_some());
    let size = if side_by_side {
        Vec2::new(width, if has_verdict { 136.0 } else { 112.0 })
    } else {
        Vec2::new(width, 68.0)
    };
    let mut clicked = None;
    let mut show = |ui: &mut Ui| {
        for (index, card) in cards.iter().enumerate() {
            if choice_card(ui, name, card, index == chosen, size) {
                clicked = Some(index);
            }
        }
    };
    if side_by_side {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            show(ui);
        });
    } else {
        show(ui);
    }
    clicked
}

/// Text on two lines at most.
fn few_lines(ui: &Ui, words: &str, font: egui::FontId, width: f32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple(words.to_owned(), font, egui::Color32::PLACEHOLDER, width);
    job.wrap.max_rows = 2;
    ui.painter().layout_job(job)
}

fn choice_card(ui: &mut Ui, name: &str, card: &ChoiceCard, chosen: bool, size: Vec2) -> bool {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let verdict = card.verdict.as_ref().map_or("", |(words, _)| words);
    let said = [card.more.as_str(), &card.figure, verdict].into_iter().filter(|words| !words.is_empty());
    let said = said.collect::<Vec<_>>().join(", ");
    describe_with(&response, &format!("{name}: {}", card.title), Some(chosen), &said);
    let fill = if chosen {
        palette.accent_tint
    } else if response.hovered() {
        palette.tint
    } else {
        palette.card
    };
    let line = if chosen { Stroke::new(1.5, palette.accent) } else { Stroke::new(1.0, palette.line) };
    ui.painter().rect(rect, crate::theme::RADIUS, fill, line, StrokeKind::Inside);
    paint_focus(ui, rect, &response);
    let inner = rect.shrink(GRID * 3.0);
    let write = |words: &str, scale, family, at: Pos2, color| {
        let text = one_line(ui, words, font(ui, scale, family), inner.width());
        let height = text.size().y;
        ui.painter().galley(at, text, color);
        height
    };
    let right = |words: &str, scale, family, y: f32, color| {
        let text = one_line(ui, words, font(ui, scale, family), inner.width());
        ui.painter().galley(Pos2::new(inner.right() - text.size().x, y), text, color);
    };
    let mut y = inner.top();
    y += write(&card.title, Scale::Body, crate::theme::BOLD, inner.min, palette.text) + 2.0;
    let more = few_lines(ui, &card.more, font(ui, Scale::Small, ""), inner.width());
    ui.painter().galley(Pos2::new(inner.left(), y), more, palette.soft);
    let tall = size.y > 100.0;
    let (verdict, color) = card.verdict.as_ref().map_or(("", palette.soft), |(words, color)| (words, *color));
    let small = font(ui, Scale::Small, "").size * 1.4;
    if tall {
        let body = font(ui, Scale::Body, "").size * 1.4;
        let bottom = if verdict.is_empty() { inner.bottom() } else { inner.bottom() - small };
        write(verdict, Scale::Small, MEDIUM, Pos2::new(inner.left(), bottom), color);
        write(&card.figure, Scale::Body, MEDIUM, Pos2::new(inner.left(), bottom - body), palette.text);
    } else {
        right(&card.figure, Scale::Body, MEDIUM, inner.top(), palette.text);
        right(verdict, Scale::Small, MEDIUM, y, color);
    }
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}
