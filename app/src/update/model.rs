//! The model that replies: chosen, loaded, and what follows from either.

use std::path::PathBuf;

use nibble_engine::jobs::{LoadReport, MemoryNeed};

use super::effect::{Effect, save_settings};
use super::load::{load, load_if};
use super::news::unexpected_answer;
use super::{attach, inspect, reply, settings, starter};
use crate::command::{ModelCommand, SettingsCommand, ViewCommand};
use crate::jobs::Task;
use crate::state::{ChosenModel, NoticeKind, NoticeTopic, Phase, Screen, State, Waiting};

/// Does what the user asked about a model.
pub(super) fn apply(state: &mut State, command: ModelCommand) -> Vec<Effect> {
    match command {
        ModelCommand::ChooseFolder => vec![Effect::Task(Task::PickFolder)],
        ModelCommand::ChooseFile => vec![Effect::Task(Task::PickFile)],
        ModelCommand::Open(path) => inspect::open(state, path),
        ModelCommand::ShowPage(path) => inspect::show_page(state, path),
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
    if known && (state.engine.is_loaded() || state.engine.is_loading()) {
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

/// The model was loaded: the files that wait for the next message are counted. What waited for the model is begun by
/// [`super::waiting`].
pub(super) fn loaded(state: &mut State, report: LoadReport) -> Vec<Effect> {
    let Some(model) = state.engine.model.as_mut().filter(|model| model.path == report.path) else {
        return fail_load(state, NoticeTopic::CannotLoad(unexpected_answer()));
    };
    model.name.clone_from(&report.name);
    model.loaded = Some(report);
    state.engine.phase = Phase::Idle;
    let mut effects = vec![Effect::Task(Task::MeasureMemory)];
    effects.extend(attach::count(state));
    effects
}

/// The model does not fit into memory: the person decides.
pub(super) fn too_large(state: &mut State, need: MemoryNeed) -> Vec<Effect> {
    let chat = state.pending.take_waiting_chat();
    if let Some(chat) = chat {
        reply::give_up(state, chat);
    }
    state.engine.phase = Phase::TooLarge { need: Box::new(need), chat };
    vec![Effect::Task(Task::MeasureMemory)]
}

/// Carries out what the person decided about a model that does not fit.
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
    // The chat may have been deleted meanwhile.
    if let Some(chat) = chat.filter(|chat| state.chats.reach(*chat).is_some()) {
        state.pending.waiting.push_back(Waiting::Reply(chat));
    }
    effects
}

/// Loading failed: the model stays chosen, so that sending again tries again.
pub(super) fn fail_load(state: &mut State, topic: NoticeTopic) -> Vec<Effect> {
    state.engine.phase = Phase::Idle;
    let next = Some(ViewCommand::Show(Screen::Models).into());
    state.notices.show(NoticeKind::Problem, topic, next);
    vec![Effect::Task(Task::MeasureMemory)]
}

/// Loading was cancelled, which only another load does; nothing is loaded.
pub(super) fn cancelled(state: &mut State) {
    state.engine.phase = Phase::Idle;
}
