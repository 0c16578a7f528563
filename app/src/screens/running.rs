//! Work on a model that is going on, in full on its page: quantizing, measuring.

use egui::{Align, Layout, Ui};

use crate::command::{Command, QualityCommand, QuantizeCommand};
use crate::inbox::CommandSender;
use crate::state::{MeasureRun, QuantizeJob};
use crate::text::{self, labels, quality, sentences};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale};
use crate::widgets::card::card;
use crate::widgets::{button, meter};

/// What is told of work.
pub(super) struct Work {
    /// Title of the job.
    title: String,
    /// Share done, from 0 to 1.
    fraction: f32,
    /// What it is at.
    item: String,
    /// Speed and time left, once known.
    speed: String,
    /// Whether it was asked to stop.
    cancelling: bool,
    /// What stops it.
    cancel: Command,
}

impl Work {
    /// A model is being quantized.
    pub(super) fn quantizing(run: &QuantizeJob, title: String) -> Self {
        let item = run.progress.as_ref().map_or(labels::starting(), |progress| &progress.item);
        let speed = match (run.seconds_left(), run.pace.per_second(), &run.progress) {
            (Some(seconds), Some(per_second), Some(progress)) if !run.cancelling => {
                let done = sentences::used_of(&text::bytes(progress.done), &text::bytes(progress.total));
                let left = sentences::time_left(&text::duration(seconds));
                format!("{done} · {} · {left}", text::per_second(per_second))
            }
            _ => String::new(),
        };
        let (item, cancel) = (item.to_owned(), QuantizeCommand::Cancel.into());
        Self { title, fraction: run.fraction(), item, speed, cancelling: run.cancelling, cancel }
    }

    /// A model's quality is being measured.
    pub(super) fn measuring(run: &MeasureRun, title: String) -> Self {
        let item = run.stage().map_or(labels::starting(), quality::stage).to_owned();
        let (speed, cancel) = (String::new(), QualityCommand::Cancel.into());
        Self { title, fraction: run.fraction(), item, speed, cancelling: run.cancelling, cancel }
    }

    /// Draws the running job.
    pub(super) fn show(&self, ui: &mut Ui, commands: &CommandSender) {
        let palette = Palette::of(ui);
        card(ui, |ui| {
            ui.set_width(ui.available_width());
            let share = text::percent(self.fraction);
            ui.horizontal(|ui| {
                ui.label(crate::theme::text(ui, &self.title, Scale::Body, BOLD));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(crate::theme::text(ui, &share, Scale::Body, MEDIUM));
                });
            });
            meter::bar(ui, self.fraction, &share);
            ui.horizontal(|ui| {
                let item = if self.cancelling { labels::cancelling() } else { &self.item };
                ui.label(crate::theme::text(ui, item, Scale::Small, "").color(palette.soft));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(crate::theme::text(ui, &self.speed, Scale::Small, "").color(palette.soft));
                });
            });
            ui.add_space(GRID);
            let cancel = ui
                .add_enabled_ui(!self.cancelling, |ui| button::outlined(ui, "", labels::cancel()).clicked());
            if cancel.inner {
                commands.send(self.cancel.clone());
            }
        });
    }
}
