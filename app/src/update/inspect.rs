//! Looking into models before anything is done with them.

use std::path::PathBuf;

use nibble_engine::jobs::{AdviseRequest, Ask, Event};

use super::effect::{Effect, save_settings};
use crate::command::ModelCommand;
use crate::jobs::{Lane, Task};
use crate::state::{Advised, Look, NoticeKind, NoticeTopic, Screen, Source, State};

/// Opens a folder or file and has the engine look into it.
pub(super) fn open(state: &mut State, path: PathBuf) -> Vec<Effect> {
    state.screen = Screen::Model;
    let n_in_flight = state.source.as_ref().map_or(0, |source| source.n_in_flight) + 1;
    state.source =
        Some(Source { path: path.clone(), look: Look::Reading, advice: Advised::Unknown, n_in_flight });
    vec![Effect::Ask(Lane::Inspect, Ask::Inspect { path }), Effect::Task(Task::MeasureMemory)]
}

/// Takes in what looking found; what was found for a model that is no longer open is dropped.
pub(super) fn absorb(state: &mut State, event: Event) -> Vec<Effect> {
    let Some(source) = &mut state.source else { return Vec::new() };
    if event.ends_job() {
        source.n_in_flight = source.n_in_flight.saturating_sub(1);
    }
    if source.n_in_flight > 0 {
        return Vec::new();
    }
    match event {
        Event::Inspected(summary) => {
            state.settings.remember(source.path.clone());
            source.look = Look::Known(Box::new(summary));
            let mut effects = vec![save_settings(state)];
            effects.extend(ask_advice(state));
            effects
        }
        Event::Advised(advice) => {
            source.advice = Advised::Known(advice);
            Vec::new()
        }
        Event::Failed(failure) => {
            match source.look {
                Look::Known(_) => source.advice = Advised::CannotRun(failure),
                Look::Reading | Look::Failed(_) => source.look = Look::Failed(failure),
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Asks what the open model takes at each precision with the chosen context.
pub(super) fn ask_advice(state: &mut State) -> Option<Effect> {
    let context = state.settings.context;
    let source = state.source.as_mut().filter(|source| source.summary().is_some())?;
    source.n_in_flight += 1;
    let request = AdviseRequest { path: source.path.clone(), context };
    Some(Effect::Ask(Lane::Inspect, Ask::Advise(request)))
}

/// The process that looked is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) -> Vec<Effect> {
    let Some(source) = &mut state.source else { return Vec::new() };
    if source.look == Look::Reading {
        let again = ModelCommand::Open(source.path.clone()).into();
        state.source = None;
        state.screen = Screen::Welcome;
        state.notices.show(NoticeKind::Problem, topic, Some(again));
    }
    Vec::new()
}
