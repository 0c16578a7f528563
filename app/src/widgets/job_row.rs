//! A running job: what it is, how far it is, and a button that stops it.

use egui::{Align, Frame, Label, Layout, Margin, Ui};

use super::{button, meter};
use crate::text::{self, labels, sentences};
use crate::theme::{GRID, MEDIUM, Palette, Scale, icons};

/// A job to show.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// What it does.
    pub words: String,
    /// What it does it with.
    pub name: String,
    /// How much is done, from 0 to 1; `None` if that is not known.
    pub fraction: Option<f32>,
    /// What the button that stops it is called.
    pub stop: &'static str,
    /// Whether it was asked to stop.
    pub stopping: bool,
}

/// Shows the job; says whether it is to stop.
pub fn job_row(ui: &mut Ui, job: &JobRow) -> bool {
    let soft = Palette::of(ui).soft;
    let far = job.fraction.map(text::percent).unwrap_or_default();
    let mut stop = false;
    Frame::new().inner_margin(Margin::symmetric(10, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let right = if job.stopping { labels::cancelling() } else { &far };
            let room = ui.available_width() - GRID * 20.0;
            ui.scope(|ui| {
                ui.set_max_width(room);
                let words = crate::theme::text(ui, &job.words, Scale::Small, MEDIUM);
                ui.add(Label::new(words).truncate()).on_hover_text(&job.words);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = GRID;
                let label = sentences::item_of(job.stop, &job.name);
                let pressed = ui.add_enabled_ui(!job.stopping, |ui| button::icon(ui, icons::CLOSE, &label));
                stop = pressed.inner.clicked();
                ui.label(crate::theme::text(ui, right, Scale::Small, "").color(soft));
            });
        });
        meter::bar(ui, job.fraction.unwrap_or_default(), &sentences::item_of(&job.words, &far));
    });
    stop
}
