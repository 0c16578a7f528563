//! Quantizing the open model.

use std::path::PathBuf;

use nibble_engine::jobs::{Ask, Event, ModelSummary, QualityReport, QuantizeReport, QuantizeRequest};

use crate::command::{ModelCommand, QuantizeCommand, ViewCommand};
use crate::jobs::Lane;
use crate::state::{NoticeKind, NoticeTopic, Precision, QuantizeRun, Screen, State};

use super::effect::{Effect, scan_library};
use super::news::tell;
use super::{model, quality};

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
    let request = QuantizeRequest { threads, ..QuantizeRequest::new(source, target, precision.format()) };
    let run = QuantizeRun::new(request.clone(), summary.name.clone(), precision);
    // What the lane measures can be measured again; a person waits for this.
    let mut effects = quality::cancel(state);
    state.quality.waiting = None;
    state.quantize.run = Some(run);
    effects.push(Effect::Ask(Lane::Quantize, Ask::Quantize(request)));
    effects
}

/// Asks the run to stop; shown at once, whatever the engine is at.
fn cancel(state: &mut State) -> Vec<Effect> {
    if state.quality.run.is_some() && state.quantize.run.take().is_some() {
        // The lane has not come to it yet, and will not.
        return vec![Effect::Cancel(Lane::Quantize)];
    }
    match &mut state.quantize.run {
        Some(run) if !run.cancelling => {
            run.cancelling = true;
            vec![Effect::Cancel(Lane::Quantize)]
        }
        _ => Vec::new(),
    }
}

/// Takes in how the run goes; its end leads to the chat.
pub(super) fn absorb(state: &mut State, event: Event, now: f64) -> Vec<Effect> {
    let Some(run) = &mut state.quantize.run else { return Vec::new() };
    match event {
        Event::Progress(progress) => {
            run.advance(progress, now);
            Vec::new()
        }
        Event::Warning(warning) => {
            state.notices.show(NoticeKind::Hint, NoticeTopic::Warned(warning), None);
            Vec::new()
        }
        Event::Quantized(report) => {
            let name = std::mem::take(&mut run.name);
            let known = quality_of(run, &report);
            state.quantize.run = None;
            let made = report.path.clone();
            state.library.add(&made, report.bytes);
            let topic = NoticeTopic::Quantized { name, report };
            // Someone in the middle of a reply is not torn out of it.
            if state.engine.is_replying() {
                let step = ModelCommand::ChatWith(made).into();
                let mut effects = tell(state, NoticeKind::Good, topic, Some(step));
                effects.push(scan_library(state));
                effects.extend(quality::measure_made(state, known));
                return effects;
            }
            let mut effects = tell(state, NoticeKind::Good, topic, None);
            effects.push(scan_library(state));
            effects.extend(model::chat_with(state, made));
            effects.extend(quality::measure_made(state, known));
            effects
        }
        Event::Failed(failure) => {
            state.quantize.run = None;
            let topic = NoticeTopic::CannotQuantize(failure);
            tell(state, NoticeKind::Problem, topic, Some(QuantizeCommand::Start.into()))
        }
        Event::Cancelled => {
            state.quantize.run = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// What is known of a model's quality before it was measured.
fn quality_of(run: &QuantizeRun, report: &QuantizeReport) -> QualityReport {
    QualityReport {
        model: report.path.clone(),
        original: run.request.source.clone(),
        precision: run.precision.exact_name().to_owned(),
        errors: Some(report.errors.clone()),
        measured: None,
    }
}

/// The process that quantized is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) -> Vec<Effect> {
    if state.quantize.run.take().is_some() {
        state.notices.show(NoticeKind::Problem, topic, Some(QuantizeCommand::Start.into()));
    }
    Vec::new()
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
    state.places.models.join(format!("{name}-{}.gguf", precision.name()))
}
