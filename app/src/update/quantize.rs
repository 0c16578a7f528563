//! Quantizing the open model.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{Ask, Calibration, Failure, QualityReport, QuantizeReport};
use nibble_engine::progress::Progress;

use crate::base::CalibrationChoice;
use crate::command::{ModelCommand, QuantizeCommand, ViewCommand};
use crate::jobs::Task;
use crate::state::{KeptRun, NoticeKind, NoticeTopic, Purpose, QuantizeJob, Screen, State, Waiting};
use crate::store::StoreCommand;
use crate::text::workshop;

use super::effect::{Effect, abandon_jobs, cancel_job, save_settings, start_job};
use super::estimate::chosen_run;
use super::news::tell;
use super::{curve, library, model, quality, quantize_choice};

/// Does what the user asked about quantizing.
pub(super) fn apply(state: &mut State, command: QuantizeCommand) -> Vec<Effect> {
    match command {
        QuantizeCommand::Start => start(state),
        QuantizeCommand::Pause => pause(state),
        QuantizeCommand::Resume(target) => resume(state, &target),
        QuantizeCommand::Discard(target) => discard(state, target),
        QuantizeCommand::SetGoal(goal) => quantize_choice::set_goal(state, goal),
        QuantizeCommand::SetBudget(budget) => quantize_choice::set_budget(state, budget),
        QuantizeCommand::SetLimitKind(kind) => quantize_choice::set_limit_kind(state, kind),
        QuantizeCommand::SetMethod(method) => quantize_choice::set_method(state, method),
        QuantizeCommand::SetCalibration(calibration) => quantize_choice::set_calibration(state, calibration),
        QuantizeCommand::ChooseCalibrationFile => vec![Effect::Task(Task::PickCalibration)],
        QuantizeCommand::MeasureCurve => curve::start(state),
        QuantizeCommand::CancelCurve => curve::cancel(state),
    }
}

/// Starts quantizing the open model as chosen.
fn start(state: &mut State) -> Vec<Effect> {
    let Some(summary) = state.source.as_ref().and_then(|source| source.summary()) else {
        return Vec::new();
    };
    let run = chosen_run(state, summary);
    begin(state, run)
}

/// Starts a run, after the texts of its chats were read.
fn begin(state: &mut State, run: KeptRun) -> Vec<Effect> {
    if state.is_lane_taken() || state.quantize.gathering.is_some() {
        let look = Some(ViewCommand::Show(Screen::Model).into());
        state.notices.show(NoticeKind::Hint, NoticeTopic::AlreadyQuantizing, look);
        return Vec::new();
    }
    match &run.calibration {
        CalibrationChoice::OwnText => launch(state, run, Calibration::OwnText),
        CalibrationChoice::File(path) => {
            let file = Calibration::File(path.clone());
            launch(state, run, file)
        }
        CalibrationChoice::Chats(chats) => {
            let read = Effect::Store(StoreCommand::ReadTexts(chats.clone()));
            state.quantize.gathering = Some(run);
            vec![read]
        }
    }
}

/// The texts of the chats that a run waits for were read.
pub(super) fn gathered(state: &mut State, texts: Vec<String>) -> Vec<Effect> {
    let Some(run) = state.quantize.gathering.take() else { return Vec::new() };
    if texts.is_empty() {
        let failure = Failure { message: workshop::chats_empty().to_owned(), details: Vec::new() };
        return fail(state, failure);
    }
    launch(state, run, Calibration::Texts(texts))
}

fn launch(state: &mut State, run: KeptRun, calibration: Calibration) -> Vec<Effect> {
    let request = match run.request(calibration) {
        Ok(request) => request,
        Err(unknown) => {
            return fail(state, Failure { message: unknown.to_string(), details: Vec::new() });
        }
    };
    let job = QuantizeJob::new(request.clone(), run.name.clone(), run.precision);
    // What the lane measures can be measured again; a person waits for this.
    let mut effects = quality::cancel(state);
    state.pending.waiting.retain(|waiting| !matches!(waiting, Waiting::Measure(_)));
    state.quantize.run = Some(job);
    state.settings.unfinished.retain(|kept| kept.target != run.target);
    state.settings.unfinished.push(run);
    effects.push(save_settings(state));
    effects.push(start_job(state, Purpose::Quantize, Ask::Quantize(request)));
    effects
}

/// Asks the run to stop, which keeps what it has done; shown at once, whatever the engine is at.
fn pause(state: &mut State) -> Vec<Effect> {
    if state.quality.run.is_some() && state.quantize.run.take().is_some() {
        // The lane has not come to it yet, and will not.
        return abandon_jobs(state, |purpose| *purpose == Purpose::Quantize);
    }
    let Some(run) = &mut state.quantize.run else { return Vec::new() };
    if std::mem::replace(&mut run.cancelling, true) {
        return Vec::new();
    }
    cancel_job(state, |purpose| *purpose == Purpose::Quantize)
}

/// Goes on with a paused run: the same request again.
fn resume(state: &mut State, target: &Path) -> Vec<Effect> {
    let kept = state.settings.unfinished.iter().find(|kept| kept.target == target).cloned();
    kept.map(|run| begin(state, run)).unwrap_or_default()
}

/// Forgets a paused run, and has the engine delete what it left.
fn discard(state: &mut State, target: PathBuf) -> Vec<Effect> {
    let is_running = state.quantize.run.as_ref().is_some_and(|run| run.request.target == target);
    if is_running || !state.settings.unfinished.iter().any(|kept| kept.target == target) {
        return Vec::new();
    }
    let mut effects = forget(state, &target);
    effects.push(start_job(state, Purpose::DiscardRun, Ask::DiscardUnfinished { target }));
    effects
}

/// Removes a run from those that can be resumed.
fn forget(state: &mut State, target: &Path) -> Vec<Effect> {
    let unfinished = &mut state.settings.unfinished;
    let before = unfinished.len();
    unfinished.retain(|kept| kept.target != target);
    if unfinished.len() == before { Vec::new() } else { vec![save_settings(state)] }
}

/// Takes in how far the run is.
pub(super) fn advance(state: &mut State, progress: Progress, now: f64) {
    if let Some(run) = &mut state.quantize.run {
        run.advance(progress, now);
    }
}

/// The model was quantized; the chat with it comes next, and its measurement.
pub(super) fn finish(state: &mut State, report: QuantizeReport) -> Vec<Effect> {
    let Some(run) = state.quantize.run.take() else { return Vec::new() };
    let kept = forget(state, &run.request.target);
    let known = quality_of(&run, &report);
    let made = report.path.clone();
    state.library.add_made(&made, report.bytes);
    let topic = NoticeTopic::Quantized { name: name_of(&run, &made), report };
    // Someone in the middle of a reply is not torn out of it.
    let is_replying = state.engine.is_replying();
    let step = is_replying.then(|| ModelCommand::ChatWith(made.clone()).into());
    let mut effects = tell(state, NoticeKind::Good, topic, step);
    effects.extend(kept);
    effects.extend(library::list(state));
    if !is_replying {
        effects.extend(model::chat_with(state, made));
    }
    quality::measure_made(state, known);
    effects
}

/// The model's name, with the number that its file has where another model's file had the name.
fn name_of(run: &QuantizeJob, made: &Path) -> String {
    let stem =
        |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let (made, wanted) = (stem(made), stem(&run.request.target));
    made.strip_prefix(&wanted).map_or_else(|| run.name.clone(), |number| format!("{}{number}", run.name))
}

/// The run was paused; it stays among those that can be resumed.
pub(super) fn cancelled(state: &mut State) {
    state.quantize.run = None;
}

/// The run failed.
pub(super) fn fail(state: &mut State, failure: Failure) -> Vec<Effect> {
    let failed = state.quantize.run.take();
    let mut effects = failed.map(|run| forget(state, &run.request.target)).unwrap_or_default();
    let topic = NoticeTopic::CannotQuantize(failure);
    effects.extend(tell(state, NoticeKind::Problem, topic, Some(QuantizeCommand::Start.into())));
    effects
}

/// What is known of a model's quality before it was measured.
fn quality_of(run: &QuantizeJob, report: &QuantizeReport) -> QualityReport {
    QualityReport {
        model: report.path.clone(),
        original: run.request.source.clone(),
        precision: run.precision.name().to_owned(),
        errors: Some(report.errors.clone()),
        measured: None,
    }
}

/// The process that quantized is gone; what it has done may be there still.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    state.quantize.run = None;
    state.notices.show(NoticeKind::Problem, topic, Some(QuantizeCommand::Start.into()));
}
