//! A notice: what happened, details to unfold, the next step, and a way to close it.

use egui::{Color32, Frame, Margin, Stroke, Ui};

use super::button;
use crate::text::{labels, notices::Wording};
use crate::theme::{GRID, Palette, RADIUS, Scale, icons, text};

/// What the person did with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeClick {
    /// Asked for the next step.
    NextStep,
    /// The user closed it.
    Close,
}

/// Shows a notice whose icon has `color`; `next_step` is the words on its button.
pub fn notice(
    ui: &mut Ui,
    icon: (&str, Color32),
    wording: &Wording,
    next_step: Option<&str>,
) -> Option<NoticeClick> {
    let palette = Palette::of(ui);
    let mut click = None;
    Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(RADIUS)
        .inner_margin(Margin { left: 16, right: 8, top: 8, bottom: 8 })
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let row = GRID * 8.0;
                ui.vertical(|ui| {
                    ui.set_width(GRID * 5.0);
                    ui.add_space(GRID * 1.5);
                    ui.label(text(ui, icon.0, Scale::Body, "").color(icon.1));
                });
                let buttons =
                    row + GRID * 2.0 + next_step.map_or(0.0, |words| button::outlined_width(ui, words));
                let width = (ui.available_width() - buttons).max(120.0);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.add_space(GRID * 1.5);
                    ui.label(&wording.sentence);
                    details(ui, &wording.details);
                    ui.add_space(GRID);
                });
                ui.with_layout(egui::Layout::right_to_left(egui::Align::TOP), |ui| {
                    if button::icon(ui, icons::CLOSE, labels::close()).clicked() {
                        click = Some(NoticeClick::Close);
                    }
                    if let Some(words) = next_step
                        && button::outlined(ui, "", words).clicked()
                    {
                        click = Some(NoticeClick::NextStep);
                    }
                });
            });
        });
    click
}

/// Causes of a failure, folded away at first.
pub fn details(ui: &mut Ui, details: &[String]) {
    if details.is_empty() {
        return;
    }
    let id = ui.scope_id().with("details");
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let icon = if open { icons::UNFOLDED } else { icons::FOLDED };
    let palette = Palette::of(ui);
    let words = text(ui, format!("{icon} {}", labels::details()), Scale::Small, "").color(palette.soft);
    ui.spacing_mut().interact_size.y = GRID * 5.0;
    let fold = ui.add(egui::Button::new(words).frame(false));
    button::describe(&fold, labels::details(), Some(open));
    button::paint_focus(ui, fold.rect, &fold);
    if fold.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    if open {
        for line in details {
            ui.label(text(ui, line, Scale::Small, "").color(palette.soft));
        }
    }
}
