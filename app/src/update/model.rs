//! The model that replies: chosen, loaded, and what follows from either.

use std::path::PathBuf;

use nibble_engine::jobs::{Event, Failure};

use super::effect::{Effect, save_settings};
use super::load::{load, load_if};
use super::{ask, attach, quality, reply, settings, starter};
use crate::command::Command;
use crate::jobs::Task;
use crate::state::{NoticeKind, NoticeTopic, Phase, Screen, State, TalkModel};

/// Makes `path` the model that replies, loads it, and goes to the chat.
pub(super) fn chat_with(state: &mut State, path: PathBuf) -> Vec<Effect> {
    state.screen = Screen::Chat;
    if state.chats.current.is_none() {
        state.chats.start(false, state.clock.unix_secs);
    }
    let path = starter::file_for(state, path);
    let known = state.talk.model.as_ref().is_some_and(|model| model.path == path);
    if known && (state.talk.is_loaded() || matches!(state.talk.phase, Phase::Loading(_))) {
        return Vec::new();
    }
    let mut effects = reply::stop_for_good(state);
    let name = state.model_name(&path);
    state.talk.model = Some(TalkModel { path: path.clone(), name, loaded: None });
    state.settings.last_model = Some(path);
    effects.push(save_settings(state));
    effects.extend(load(state));
    effects
}

/// Takes in how loading goes; the chat that waited gets its reply.
pub(super) fn absorb_load(state: &mut State, event: Event) -> Vec<Effect> {
    let Phase::Loading(progress) = &mut state.talk.phase else { return Vec::new() };
    match event {
        Event::Progress(newest) => {
            *progress = Some(newest);
            Vec::new()
        }
        Event::Loaded(report) => {
            if let Some(model) = &mut state.talk.model
                && model.path == report.path
            {
                model.name.clone_from(&report.name);
                model.loaded = Some(report);
                state.talk.phase = Phase::Idle;
                let mut effects = vec![Effect::Task(Task::MeasureMemory)];
                effects.extend(attach::count(state));
                if let Some(chat) = state.talk.waiting.take() {
                    effects.extend(ask::reply(state, chat));
                }
                effects.extend(quality::measure_waiting(state));
                return effects;
            }
            Vec::new()
        }
        Event::TooLarge(need) => {
            let chat = state.talk.waiting;
            reply::stop_waiting(state);
            state.talk.phase = Phase::TooLarge { need: Box::new(need), chat };
            let mut effects = vec![Effect::Task(Task::MeasureMemory)];
            effects.extend(quality::measure_waiting(state));
            effects
        }
        _ => Vec::new(),
    }
}

/// Takes in what the person decided about a model that does not fit.
pub(super) fn decide(state: &mut State, decision: &Command) -> Vec<Effect> {
    let Phase::TooLarge { chat, .. } = state.talk.phase else { return Vec::new() };
    state.talk.phase = Phase::Idle;
    let mut effects = Vec::new();
    match decision {
        Command::LoadWithContext(context) => {
            effects.extend(settings::apply(state, Command::SetContext(Some(*context))));
        }
        Command::LoadAnyway => {}
        _ => return effects,
    }
    effects.extend(load_if(state, *decision == Command::LoadAnyway));
    // The chat may be gone by now, and so may the model.
    let is_loading = matches!(state.talk.phase, Phase::Loading(_));
    state.talk.waiting = chat.filter(|chat| is_loading && state.chats.reach(*chat).is_some());
    effects
}

/// Loading failed: the model stays chosen, so that sending again tries again.
pub(super) fn fail_load(state: &mut State, failure: Failure) -> Vec<Effect> {
    state.talk.phase = Phase::Idle;
    reply::stop_waiting(state);
    let next = Some(Command::Show(Screen::Models));
    state.notices.show(NoticeKind::Problem, NoticeTopic::CannotLoad(failure), next);
    let mut effects = vec![Effect::Task(Task::MeasureMemory)];
    effects.extend(quality::measure_waiting(state));
    effects
}
