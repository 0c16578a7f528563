//! A running job: what it is, how far it is, and a button that stops it.

use egui::{Align, Frame, Label, Layout, Margin, Ui};

use super::button::one_line;
use super::{button, meter};
use crate::text::{self, labels, sentences};
use crate::theme::{GRID, MEDIUM, Palette, Scale, font};

/// A job to show.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// What it does.
    pub words: String,
    /// What stands after those words and is never cut, such as a precision.
    pub ending: String,
    /// What it does it with.
    pub name: String,
    /// How much is done, from 0 to 1; `None` if that is not known.
    pub fraction: Option<f32>,
    /// What the button that stops it is called.
    pub stop: &'static str,
    /// Icon of that button.
    pub stop_icon: &'static str,
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
            let ending = one_line(ui, &job.ending, font(ui, Scale::Small, MEDIUM), f32::INFINITY);
            let room = (ui.available_width() - GRID * 20.0 - ending.size().x).max(GRID * 6.0);
            let all = format!("{}{}", job.words, job.ending);
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let words = crate::theme::text(ui, &job.words, Scale::Small, MEDIUM);
                ui.scope(|ui| {
                    ui.set_max_width(room);
                    ui.add(Label::new(words).truncate()).on_hover_text(&all);
                });
                let ending = crate::theme::text(ui, &job.ending, Scale::Small, MEDIUM);
                ui.add(Label::new(ending).extend());
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = GRID;
                let label = sentences::item_of(job.stop, &job.name);
                let pressed = ui.add_enabled_ui(!job.stopping, |ui| button::icon(ui, job.stop_icon, &label));
                stop = pressed.inner.clicked();
                ui.label(crate::theme::text(ui, right, Scale::Small, "").color(soft));
            });
        });
        meter::bar(
            ui,
            job.fraction.unwrap_or_default(),
            &sentences::item_of(&format!("{}{}", job.words, job.ending), &far),
        );
    });
    stop
}
