//! Looking into models and loading them.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{AdviseRequest, CacheType, Command as Ask, Event, Failure, LoadRequest};

use crate::command::Command;
use crate::jobs::{Lane, Task};
use crate::state::{Advised, Look, NoticeKind, NoticeTopic, Phase, Screen, Source, State, TalkModel};

use super::{Effect, attach, chat, quality, reply, save_settings, starter};

/// Opens a folder or file and has the engine look into it.
pub(super) fn open(state: &mut State, path: PathBuf) -> Vec<Effect> {
    state.screen = Screen::Model;
    let n_in_flight = state.source.as_ref().map_or(0, |source| source.n_in_flight) + 1;
    state.source =
        Some(Source { path: path.clone(), look: Look::Reading, advice: Advised::Unknown, n_in_flight });
    vec![Effect::Ask(Lane::Look, Ask::Inspect { path }), Effect::Task(Task::MeasureMemory)]
}

/// Takes in what looking found; what was found for a model that is no longer open is dropped.
pub(super) fn absorb_look(state: &mut State, event: Event) -> Vec<Effect> {
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
    Some(Effect::Ask(Lane::Look, Ask::Advise(request)))
}

/// The process that looked is gone.
pub(super) fn lose_look(state: &mut State, topic: NoticeTopic) -> Vec<Effect> {
    let Some(source) = &mut state.source else { return Vec::new() };
    if source.look == Look::Reading {
        let again = Command::OpenModel(source.path.clone());
        state.source = None;
        state.screen = Screen::Welcome;
        state.notices.show(NoticeKind::Problem, topic, Some(again));
    }
    Vec::new()
}

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
    let name = name_of(state, &path);
    state.talk.model = Some(TalkModel { path: path.clone(), name, loaded: None });
    state.settings.last_model = Some(path);
    effects.push(save_settings(state));
    effects.extend(load(state));
    effects
}

/// Loads the model that replies, after making it if it is the starter's first use.
pub(super) fn load(state: &mut State) -> Vec<Effect> {
    load_if(state, false)
}

/// As [`load`]; `anyway` also what does not fit.
fn load_if(state: &mut State, anyway: bool) -> Vec<Effect> {
    let Some(model) = &state.talk.model else { return Vec::new() };
    let made_first = starter::make(state, &model.path);
    let request = LoadRequest {
        path: model.path.clone(),
        context: state.settings.context,
        threads: state.settings.threads,
        cache: CacheType::default(),
        anyway,
    };
    state.talk.phase = Phase::Loading(None);
    made_first.into_iter().chain([Effect::Ask(Lane::Talk, Ask::Load(request))]).collect()
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
                    effects.extend(chat::reply(state, chat));
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
            effects.extend(super::settings::apply(state, Command::SetContext(Some(*context))));
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

/// What people call the model at `path`.
pub(super) fn name_of(state: &State, path: &Path) -> String {
    let listed = state.library.models.iter().find(|model| model.path == path);
    let open = state.source.as_ref().filter(|source| source.path == path).and_then(Source::summary);
    match (listed, open) {
        _ if state.library.is_starter(path) => nibble_engine::jobs::starter::TITLE.to_owned(),
        (Some(model), _) => model.name.clone(),
        (None, Some(summary)) => summary.name.clone(),
        (None, None) => path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
    }
}
