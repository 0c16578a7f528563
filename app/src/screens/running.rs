//! Work on a model that is going on, in full on its page: quantizing, measuring.

use egui::{Align, Layout, Ui};

use crate::command::{Command, CompareCommand, QualityCommand, QuantizeCommand};
use crate::inbox::CommandSender;
use crate::state::{CompareRun, CurveRun, MeasureRun, QuantizeJob};
use crate::text::{self, labels, models, quality, sentences, workshop, workshop_sentences};
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
    /// What the button that stops it says.
    stop: &'static str,
}

impl Work {
    /// A model is being quantized.
    pub(super) fn quantizing(run: &QuantizeJob, title: String) -> Self {
        // Which tensor it is at is for the log.
        let item = run.progress.as_ref().map_or_else(
            || labels::starting().to_owned(),
            |progress| sentences::used_of(&text::bytes(progress.done), &text::bytes(progress.total)),
        );
        let speed = match (run.seconds_left(), run.pace.per_second()) {
            (Some(seconds), Some(per_second)) if !run.cancelling => {
                let left = sentences::time_left(&text::estimated(seconds));
                format!("{} · {left}", text::per_second(per_second))
            }
            _ => String::new(),
        };
        let cancel = QuantizeCommand::Pause.into();
        let (fraction, cancelling, stop) = (run.fraction(), run.cancelling, models::pause());
        Self { title, fraction, item, speed, cancelling, cancel, stop }
    }

    /// The size-quality curve of a model is being measured.
    pub(super) fn measuring_curve(run: &CurveRun) -> Self {
        let item = if run.progress.is_some() { String::new() } else { labels::starting().to_owned() };
        let left = run.seconds_left().filter(|_| !run.cancelling);
        Self {
            title: workshop::measuring_curve().to_owned(),
            fraction: run.fraction(),
            item,
            speed: left.map(|seconds| sentences::time_left(&text::estimated(seconds))).unwrap_or_default(),
            cancelling: run.cancelling,
            cancel: QuantizeCommand::CancelCurve.into(),
            stop: labels::cancel(),
        }
    }

    /// Several models are being compared.
    pub(super) fn comparing(run: &CompareRun, title: String) -> Self {
        let name = run.progress.as_ref().map(|progress| progress.item.as_str()).unwrap_or_default();
        let item = run.stage().map_or_else(
            || labels::starting().to_owned(),
            |stage| workshop_sentences::at_model(name, quality::stage(stage)),
        );
        let (fraction, cancelling, stop) = (run.fraction(), run.cancelling, labels::cancel());
        let cancel = CompareCommand::Cancel.into();
        Self { title, fraction, item, speed: String::new(), cancelling, cancel, stop }
    }

    /// A model's quality is being measured.
    pub(super) fn measuring(run: &MeasureRun, title: String) -> Self {
        let item = run.stage().map_or(labels::starting(), quality::stage).to_owned();
        let (speed, cancel) = (String::new(), QualityCommand::Cancel.into());
        let (fraction, cancelling, stop) = (run.fraction(), run.cancelling, labels::cancel());
        Self { title, fraction, item, speed, cancelling, cancel, stop }
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
            let cancel =
                ui.add_enabled_ui(!self.cancelling, |ui| button::outlined(ui, "", self.stop).clicked());
            if cancel.inner {
                commands.send(self.cancel.clone());
            }
        });
    }
}
