//! Quantizing the open model.

use nibble_engine::quant::Precision;
use std::path::PathBuf;

use nibble_engine::jobs::{
    Ask, Failure, IfTaken, ModelSummary, QualityReport, QuantizeReport, QuantizeRequest,
};
use nibble_engine::progress::Progress;

use crate::command::{ModelCommand, QuantizeCommand, ViewCommand};
use crate::state::{NoticeKind, NoticeTopic, Purpose, QuantizeJob, Screen, State, Waiting};

use super::effect::{Effect, abandon_jobs, cancel_job, start_job};
use super::news::tell;
use super::{library, model, quality};

/// Does what the user asked about quantizing.
pub(super) fn apply(state: &mut State, command: QuantizeCommand) -> Vec<Effect> {
    match command {
        QuantizeCommand::Start => start(state),
        QuantizeCommand::Cancel => cancel(state),
    }
}

/// Starts quantizing the open model to the chosen precision.
fn start(state: &mut State) -> Vec<Effect> {
    let Some(summary) = state.source.as_ref().and_then(|source| source.summary()) else {
        return Vec::new();
    };
    if state.quantize.run.is_some() {
        let look = Some(ViewCommand::Show(Screen::Model).into());
        state.notices.show(NoticeKind::Hint, NoticeTopic::AlreadyQuantizing, look);
        return Vec::new();
    }
    let precision = state.settings.precision;
    let (source, target) = (summary.path.clone(), target_of(state, summary, precision));
    let threads = state.settings.threads;
    let request = QuantizeRequest {
        threads,
        if_taken: IfTaken::Number,
        ..QuantizeRequest::new(source, target, precision)
    };
    let run = QuantizeJob::new(request.clone(), summary.name.clone(), precision);
    // What the lane measures can be measured again; a person waits for this.
    let mut effects = quality::cancel(state);
    state.pending.waiting.retain(|waiting| !matches!(waiting, Waiting::Measure(_)));
    state.quantize.run = Some(run);
    effects.push(start_job(state, Purpose::Quantize, Ask::Quantize(request)));
    effects
}

/// Asks the run to stop; shown at once, whatever the engine is at.
fn cancel(state: &mut State) -> Vec<Effect> {
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

/// Takes in how far the run is.
pub(super) fn advance(state: &mut State, progress: Progress, now: f64) {
    if let Some(run) = &mut state.quantize.run {
        run.advance(progress, now);
    }
}

/// The model was quantized; the chat with it comes next, and its measurement.
pub(super) fn finish(state: &mut State, report: QuantizeReport) -> Vec<Effect> {
    let Some(run) = state.quantize.run.take() else { return Vec::new() };
    let known = quality_of(&run, &report);
    let made = report.path.clone();
    state.library.add_made(&made, report.bytes);
    let topic = NoticeTopic::Quantized { name: run.name, report };
    // Someone in the middle of a reply is not torn out of it.
    let is_replying = state.engine.is_replying();
    let step = is_replying.then(|| ModelCommand::ChatWith(made.clone()).into());
    let mut effects = tell(state, NoticeKind::Good, topic, step);
    effects.extend(library::list(state));
    if !is_replying {
        effects.extend(model::chat_with(state, made));
    }
    quality::measure_made(state, known);
    effects
}

/// The run was cancelled.
pub(super) fn cancelled(state: &mut State) {
    state.quantize.run = None;
}

/// The run failed.
pub(super) fn fail(state: &mut State, failure: Failure) -> Vec<Effect> {
    state.quantize.run = None;
    let topic = NoticeTopic::CannotQuantize(failure);
    tell(state, NoticeKind::Problem, topic, Some(QuantizeCommand::Start.into()))
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

/// The process that quantized is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    state.quantize.run = None;
    state.notices.show(NoticeKind::Problem, topic, Some(QuantizeCommand::Start.into()));
}

/// Where the quantized model goes: `<name>-<precision>.gguf` in the folder of models.
pub(super) fn target_of(state: &State, summary: &ModelSummary, precision: Precision) -> PathBuf {
    let name: String = summary
        .name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    let name = name.trim_matches(['-', '.']);
    let name = if name.is_empty() { "model" } else { name };
    state.places.models.join(format!("{name}-{}.gguf", precision.short_name()))
}
