//! A place where there is nothing, or nothing yet: what that means, and one thing to do about it.

use egui::{Align, Layout, Ui};

use super::busy::busy;
use super::button;
use super::notice::details;
use crate::theme::{GRID, MEDIUM, Palette, Scale, text};

/// What a blank place says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blank<'a> {
    /// An icon above the words.
    pub icon: &'a str,
    /// What there is, or is not.
    pub title: &'a str,
    /// What that means.
    pub more: &'a str,
    /// What the button says; no button if empty.
    pub step: &'a str,
}

/// Shows a blank place; says whether its button was clicked.
pub fn blank(ui: &mut Ui, words: Blank<'_>) -> bool {
    blank_with_details(ui, words, &[])
}

/// Shows a blank place with what may be unfolded below its words; says whether its button was clicked.
pub fn blank_with_details(ui: &mut Ui, words: Blank<'_>, more: &[String]) -> bool {
    let soft = Palette::of(ui).soft;
    let mut clicked = false;
    ui.add_space(GRID * 10.0);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        let icon = text(ui, words.icon, Scale::Title, "").color(soft);
        ui.add(egui::Label::new(icon).selectable(false));
        ui.add_space(GRID);
        ui.label(text(ui, words.title, Scale::Body, MEDIUM));
        if !words.more.is_empty() {
            ui.scope(|ui| {
                ui.set_max_width(480.0);
                ui.label(text(ui, words.more, Scale::Body, "").color(soft));
            });
        }
        details(ui, more);
        if !words.step.is_empty() {
            ui.add_space(GRID * 2.0);
            clicked = button::outlined(ui, "", words.step).clicked();
        }
    });
    clicked
}

/// Shows that something is loading.
pub fn waiting(ui: &mut Ui, words: &str) {
    let soft = Palette::of(ui).soft;
    ui.horizontal(|ui| {
        ui.add_space(GRID * 3.0);
        busy(ui, 16.0);
        ui.label(text(ui, words, Scale::Body, "").color(soft));
    });
}
