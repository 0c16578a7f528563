//! The list of running work at the rail's foot: how far each is, and a way to stop it.

use egui::Ui;
use nibble_engine::progress::Progress;

use crate::command::{
    ChatCommand, Command, CompareCommand, DownloadsCommand, QualityCommand, QuantizeCommand,
};
use crate::inbox::CommandSender;
use crate::state::{
    CompareRun, CurveRun, Download, DownloadPhase, MeasureRun, Phase, QuantizeJob, Screen, State,
    name_of_path,
};
use crate::text::{about, labels, models, quality_sentences, sentences, workshop};
use crate::theme::{GRID, MEDIUM, Palette, Scale, icons, text};
use crate::widgets::card::hairline;
use crate::widgets::job_row::{JobRow, job_row};

/// Shows the list; nothing while nothing runs.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let rows: Vec<(JobRow, Command)> = state
        .quantize
        .run
        .iter()
        .map(quantizing)
        .chain(state.quantize.curve_run.iter().map(measuring_curve))
        .chain(state.compare.run.iter().filter(|_| state.screen != Screen::Compare).map(comparing))
        .chain(state.quality.run.iter().map(measuring))
        .chain(state.downloads.running().filter(|_| state.screen != Screen::Downloads).and_then(downloading))
        .chain(loading(state))
        .collect();
    if rows.is_empty() {
        return;
    }
    hairline(ui);
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

fn quantizing(run: &QuantizeJob) -> (JobRow, Command) {
    let row = JobRow {
        words: run.name.clone(),
        ending: sentences::becomes("", &labels::precision_name(run.precision)),
        name: run.name.clone(),
        fraction: Some(run.fraction()),
        stop: models::pause(),
        stop_icon: icons::PAUSE,
        stopping: run.cancelling,
    };
    (row, QuantizeCommand::Pause.into())
}

fn measuring_curve(run: &CurveRun) -> (JobRow, Command) {
    let row = JobRow {
        words: workshop::measuring_curve().to_owned(),
        ending: String::new(),
        name: workshop::curve().to_owned(),
        fraction: Some(run.fraction()),
        stop: labels::cancel(),
        stop_icon: icons::CLOSE,
        stopping: run.cancelling,
    };
    (row, QuantizeCommand::CancelCurve.into())
}

fn comparing(run: &CompareRun) -> (JobRow, Command) {
    let row = JobRow {
        words: workshop::compare().to_owned(),
        ending: String::new(),
        name: workshop::compare().to_owned(),
        fraction: Some(run.fraction()),
        stop: labels::cancel(),
        stop_icon: icons::CLOSE,
        stopping: run.cancelling,
    };
    (row, CompareCommand::Cancel.into())
}

fn measuring(run: &MeasureRun) -> (JobRow, Command) {
    let name = name_of_path(&run.request.model);
    let row = JobRow {
        words: quality_sentences::measuring(&name),
        ending: String::new(),
        name,
        fraction: Some(run.fraction()),
        stop: labels::cancel(),
        stop_icon: icons::CLOSE,
        stopping: run.cancelling,
    };
    (row, QualityCommand::Cancel.into())
}

/// The running download; omitted on the downloads screen. Paused downloads are not listed.
fn downloading(download: &Download) -> Option<(JobRow, Command)> {
    let DownloadPhase::Running(work) = &download.phase else { return None };
    let row = JobRow {
        words: sentences::item_of(models::downloads(), download.name()),
        ending: String::new(),
        name: download.name().to_string(),
        fraction: Some(work.fraction()),
        stop: models::pause(),
        stop_icon: icons::PAUSE,
        stopping: false,
    };
    Some((row, DownloadsCommand::Pause(download.id).into()))
}

/// A model that a chat waits for; what waits can be taken back, and the load itself goes on.
fn loading(state: &State) -> Option<(JobRow, Command)> {
    let Phase::Loading(progress) = &state.engine.phase else { return None };
    let model = state.engine.model.as_ref()?;
    state.pending.waiting_chat()?;
    let row = JobRow {
        words: sentences::item_of(super::loading::loading_label(state), &model.name),
        ending: String::new(),
        name: model.name.clone(),
        fraction: progress.as_ref().filter(|progress| progress.total > 0).map(Progress::fraction),
        stop: labels::cancel(),
        stop_icon: icons::CLOSE,
        stopping: false,
    };
    Some((row, ChatCommand::StopReply.into()))
}
