//! The list of running work at the rail's foot: how far each is, and a way to stop it.

use egui::Ui;

use crate::command::{Command, CommandSender};
use crate::state::{Phase, QuantizeRun, State};
use crate::text::{about, labels, sentences};
use crate::theme::{GRID, MEDIUM, Palette, Scale, text};
use crate::widgets::job_row::{JobRow, job_row};

/// Shows the list; nothing while nothing runs.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let rows: Vec<(JobRow<'_>, Command)> =
        state.quantize.run.iter().map(quantizing).chain(loading(state)).collect();
    if rows.is_empty() {
        return;
    }
    let soft = Palette::of(ui).soft;
    egui::Frame::new().inner_margin(egui::Margin::symmetric(10, 0)).show(ui, |ui| {
        ui.label(text(ui, about::running_work(), Scale::Small, MEDIUM).color(soft));
    });
    for (row, stop) in rows {
        if job_row(ui, &row) {
            commands.send(stop);
        }
    }
    ui.add_space(GRID);
}

fn quantizing(run: &QuantizeRun) -> (JobRow<'_>, Command) {
    let row = JobRow {
        words: sentences::becomes(&run.name, labels::precision_name(run.precision)),
        name: &run.name,
        fraction: Some(run.fraction()),
        stopping: run.cancelling,
    };
    (row, Command::CancelQuantize)
}

/// A model that a chat waits for; what waits can be taken back, and the load itself goes on.
fn loading(state: &State) -> Option<(JobRow<'_>, Command)> {
    let Phase::Loading(progress) = &state.talk.phase else { return None };
    let model = state.talk.model.as_ref()?;
    state.talk.waiting?;
    let fraction = progress.as_ref().filter(|progress| progress.total > 0);
    let row = JobRow {
        words: sentences::item_of(super::chat::loading_label(state), &model.name),
        name: &model.name,
        fraction: fraction.map(|progress| progress.done as f32 / progress.total as f32),
        stopping: false,
    };
    Some((row, Command::StopReply))
}
