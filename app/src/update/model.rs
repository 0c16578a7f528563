//! The model that replies: chosen, loaded, and what follows from either.

use std::path::PathBuf;

use nibble_engine::jobs::{Event, Failure};

use super::effect::{Effect, save_settings};
use super::load::{load, load_if};
use super::{ask, attach, inspect, quality, reply, settings, starter};
use crate::command::{ModelCommand, SettingsCommand, ViewCommand};
use crate::jobs::Task;
use crate::state::{ChosenModel, NoticeKind, NoticeTopic, Phase, Screen, State};

/// Does what the user asked about a model.
pub(super) fn apply(state: &mut State, command: ModelCommand) -> Vec<Effect> {
    match command {
        ModelCommand::ChooseFolder => vec![Effect::Task(Task::PickFolder)],
        ModelCommand::ChooseFile => vec![Effect::Task(Task::PickFile)],
        ModelCommand::Open(path) => inspect::open(state, path),
        ModelCommand::ForgetRecent(path) => {
            state.settings.recent.retain(|known| *known != path);
            vec![save_settings(state)]
        }
        ModelCommand::ChatWith(path) => chat_with(state, path),
        ModelCommand::LoadAnyway => decide(state, Decision::LoadAnyway),
        ModelCommand::LoadWithContext(context) => decide(state, Decision::LoadWithContext(context)),
        ModelCommand::LeaveUnloaded => decide(state, Decision::LeaveUnloaded),
    }
}

/// What the user decided about a model that does not fit.
#[derive(Clone, Copy, PartialEq)]
enum Decision {
    LoadAnyway,
    LoadWithContext(usize),
    LeaveUnloaded,
}

/// Makes `path` the model that replies, loads it, and goes to the chat.
pub(super) fn chat_with(state: &mut State, path: PathBuf) -> Vec<Effect> {
    state.screen = Screen::Chat;
    if state.chats.current.is_none() {
        state.chats.start(false, state.clock.unix_secs);
    }
    let path = starter::file_for(state, path);
    let known = state.engine.model.as_ref().is_some_and(|model| model.path == path);
    if known && (state.engine.is_loaded() || matches!(state.engine.phase, Phase::Loading(_))) {
        return Vec::new();
    }
    let mut effects = reply::stop_for_good(state);
    let name = state.model_name(&path);
    state.engine.model = Some(ChosenModel { path: path.clone(), name, loaded: None });
    state.settings.last_model = Some(path);
    effects.push(save_settings(state));
    effects.extend(load(state));
    effects
}

/// Takes in how loading goes; the chat that waited gets its reply.
pub(super) fn absorb_load(state: &mut State, event: Event) -> Vec<Effect> {
    let Phase::Loading(progress) = &mut state.engine.phase else { return Vec::new() };
    match event {
        Event::Progress(newest) => {
            *progress = Some(newest);
            Vec::new()
        }
        Event::Loaded(report) => {
            if let Some(model) = &mut state.engine.model
                && model.path == report.path
            {
                model.name.clone_from(&report.name);
                model.loaded = Some(report);
                state.engine.phase = Phase::Idle;
                let mut effects = vec![Effect::Task(Task::MeasureMemory)];
                effects.extend(attach::count(state));
                if let Some(chat) = state.engine.waiting.take() {
                    effects.extend(ask::reply(state, chat));
                }
                effects.extend(quality::measure_waiting(state));
                return effects;
            }
            Vec::new()
        }
        Event::TooLarge(need) => {
            let chat = state.engine.waiting;
            reply::stop_waiting(state);
            state.engine.phase = Phase::TooLarge { need: Box::new(need), chat };
            let mut effects = vec![Effect::Task(Task::MeasureMemory)];
            effects.extend(quality::measure_waiting(state));
            effects
        }
        _ => Vec::new(),
    }
}

/// Takes in what the person decided about a model that does not fit.
fn decide(state: &mut State, decision: Decision) -> Vec<Effect> {
    let Phase::TooLarge { chat, .. } = state.engine.phase else { return Vec::new() };
    state.engine.phase = Phase::Idle;
    let mut effects = Vec::new();
    match decision {
        Decision::LoadWithContext(context) => {
            effects.extend(settings::apply(state, SettingsCommand::SetContext(Some(context))));
        }
        Decision::LoadAnyway => {}
        Decision::LeaveUnloaded => return effects,
    }
    effects.extend(load_if(state, decision == Decision::LoadAnyway));
    // The chat may be gone by now, and so may the model.
    let is_loading = matches!(state.engine.phase, Phase::Loading(_));
    state.engine.waiting = chat.filter(|chat| is_loading && state.chats.reach(*chat).is_some());
    effects
}

/// Loading failed: the model stays chosen, so that sending again tries again.
pub(super) fn fail_load(state: &mut State, failure: Failure) -> Vec<Effect> {
    state.engine.phase = Phase::Idle;
    reply::stop_waiting(state);
    let next = Some(ViewCommand::Show(Screen::Models).into());
    state.notices.show(NoticeKind::Problem, NoticeTopic::CannotLoad(failure), next);
    let mut effects = vec![Effect::Task(Task::MeasureMemory)];
    effects.extend(quality::measure_waiting(state));
    effects
}
