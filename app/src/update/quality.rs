//! Measuring quantized models against their originals, in the background.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{Ask, Failure, MeasureRequest, QualityReport};
use nibble_engine::progress::Progress;

use crate::command::QualityCommand;
use crate::jobs::Task;
use crate::state::{Closeness, MeasureRun, NoticeKind, NoticeTopic, Purpose, Screen, State, Waiting};

use super::effect::{Effect, cancel_job, start_job};

/// Does what the user asked about quality.
pub(super) fn apply(state: &mut State, command: QualityCommand) -> Vec<Effect> {
    match command {
        QualityCommand::Show(path) => show(state, path),
        QualityCommand::Measure(path) => measure_again(state, &path),
        QualityCommand::Cancel => cancel(state),
    }
}

/// Shows what is known of a model's quality.
fn show(state: &mut State, path: PathBuf) -> Vec<Effect> {
    state.screen = Screen::Quality;
    // It says all that they said.
    state.notices.clear_good();
    state.quality.shown = Some(path);
    vec![Effect::Task(Task::MeasureMemory)]
}

/// Measures a model that was just made, after the model that is being loaded, so that the chat does not wait.
pub(super) fn measure_made(state: &mut State, report: QualityReport) {
    let request = request_for(state, &report);
    state.quality.learn(report);
    state.pending.waiting.push_back(Waiting::Measure(request));
}

/// Measures a model of which it is known what it was made from.
fn measure_again(state: &mut State, path: &Path) -> Vec<Effect> {
    let Some(report) = state.quality.of(path) else { return Vec::new() };
    let request = request_for(state, report);
    start(state, request)
}

fn request_for(state: &State, report: &QualityReport) -> MeasureRequest {
    MeasureRequest {
        threads: state.settings.threads,
        ..MeasureRequest::new(report.model.clone(), report.original.clone())
    }
}

/// The lane measures when it has nothing else to do; a second measurement is not begun beside the first.
pub(super) fn start(state: &mut State, request: MeasureRequest) -> Vec<Effect> {
    if state.is_lane_taken() {
        state.notices.show(NoticeKind::Hint, NoticeTopic::AlreadyQuantizing, None);
        return Vec::new();
    }
    if state.quality.run.is_some() {
        return Vec::new();
    }
    state.quality.run = Some(MeasureRun::new(request.clone()));
    vec![start_job(state, Purpose::Measure, Ask::Measure(request))]
}

/// Asks the measurement to stop; shown at once, whatever the engine is at.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    let Some(run) = &mut state.quality.run else { return Vec::new() };
    if std::mem::replace(&mut run.cancelling, true) {
        return Vec::new();
    }
    cancel_job(state, |purpose| *purpose == Purpose::Measure)
}

/// Takes in how far the measurement is.
pub(super) fn advance(state: &mut State, progress: Progress) {
    if let Some(run) = &mut state.quality.run {
        run.progress = Some(progress);
    }
}

/// The model was measured.
pub(super) fn finish(state: &mut State, report: QualityReport) {
    state.quality.run = None;
    tell(state, &report);
    state.quality.learn(report);
}

/// The measurement was cancelled.
pub(super) fn cancelled(state: &mut State) {
    state.quality.run = None;
}

/// Says how close the model is, unless its report is on the screen anyway.
fn tell(state: &mut State, report: &QualityReport) {
    let is_shown = state.screen == Screen::Quality && state.quality.shown.as_ref() == Some(&report.model);
    let Some(figures) = report.figures().filter(|_| !is_shown) else { return };
    let topic = NoticeTopic::Measured {
        name: state.model_name(&report.model),
        closeness: Closeness::of(figures.kl_mean, figures.top1_agreement),
        agreement: figures.top1_agreement,
    };
    state.notices.show(NoticeKind::Good, topic, Some(QualityCommand::Show(report.model.clone()).into()));
}

/// The model could not be measured.
pub(super) fn fail(state: &mut State, topic: NoticeTopic) {
    let Some(run) = state.quality.run.take() else { return };
    state.notices.show(NoticeKind::Problem, topic, Some(QualityCommand::Measure(run.request.model).into()));
}

/// The process that measured is gone; what waits for the lane starts another.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    let topic = match topic {
        NoticeTopic::EngineDied { death, .. } => NoticeTopic::MeasureDied { death },
        NoticeTopic::EngineMissing { reason } => {
            NoticeTopic::CannotMeasure(Failure { message: reason, details: Vec::new() })
        }
        other => other,
    };
    fail(state, topic);
}
