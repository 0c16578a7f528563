//! Measuring the size-quality curve of the open model, when it is asked for.

use nibble_engine::jobs::{Ask, Calibration, CurveReport, CurveRequest, Failure};
use nibble_engine::progress::Progress;

use crate::base::CalibrationChoice;
use crate::command::QuantizeCommand;
use crate::state::{CurveRun, NoticeKind, NoticeTopic, Purpose, State};

use super::effect::{Effect, cancel_job, start_job};
use super::{news, quality};

/// Begins to measure the curve of the open model.
pub(super) fn start(state: &mut State) -> Vec<Effect> {
    if state.is_lane_taken() {
        state.notices.show(NoticeKind::Hint, NoticeTopic::AlreadyQuantizing, None);
        return Vec::new();
    }
    let Some(summary) = state.source.as_ref().and_then(|source| source.summary()) else {
        return Vec::new();
    };
    let source = summary.path.clone();
    let calibration = match &state.quantize.choice.calibration {
        CalibrationChoice::File(path) => Calibration::File(path.clone()),
        // The curve is kept with the model, whoever's chats are chosen later.
        CalibrationChoice::OwnText | CalibrationChoice::Chats(_) => Calibration::OwnText,
    };
    let request = CurveRequest { source: source.clone(), calibration, threads: state.settings.threads };
    let mut effects = quality::cancel(state);
    state.quantize.curve_run = Some(CurveRun::new(source));
    effects.push(start_job(state, Purpose::Curve, Ask::Curve(request)));
    effects
}

/// Asks the measurement to stop; shown at once, whatever the engine is at.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    let Some(run) = &mut state.quantize.curve_run else { return Vec::new() };
    if std::mem::replace(&mut run.cancelling, true) {
        return Vec::new();
    }
    cancel_job(state, |purpose| *purpose == Purpose::Curve)
}

/// Takes in how far the measurement is.
pub(super) fn advance(state: &mut State, progress: Progress, now: f64) {
    if let Some(run) = &mut state.quantize.curve_run {
        run.advance(progress, now);
    }
}

/// The curve is known.
pub(super) fn finish(state: &mut State, curve: CurveReport) {
    let Some(run) = state.quantize.curve_run.take() else { return };
    state.quantize.curves.retain(|(path, _)| *path != run.source);
    state.quantize.curves.push((run.source, curve));
}

/// The measurement was cancelled.
pub(super) fn cancelled(state: &mut State) {
    state.quantize.curve_run = None;
}

/// The curve could not be measured.
pub(super) fn fail(state: &mut State, failure: Failure) -> Vec<Effect> {
    state.quantize.curve_run = None;
    let topic = NoticeTopic::CannotMeasureCurve(failure);
    news::tell(state, NoticeKind::Problem, topic, Some(QuantizeCommand::MeasureCurve.into()))
}

/// The process that measured is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    state.quantize.curve_run = None;
    state.notices.show(NoticeKind::Problem, topic, Some(QuantizeCommand::MeasureCurve.into()));
}
