//! The model that replies: chosen, loaded, and what follows from either.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{LoadReport, MemoryNeed};

use super::effect::{Effect, save_settings};
use super::load::{load, load_if};
use super::news::unexpected_answer;
use super::{attach, inspect, reply, settings, starter, stored, unload_idle};
use crate::command::{ModelCommand, SettingsCommand, ViewCommand};
use crate::jobs::Task;
use crate::state::{ChatId, ChosenModel, NoticeKind, NoticeTopic, Phase, Screen, State, Waiting};

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
        ModelCommand::Unload if state.is_replying() => Vec::new(),
        ModelCommand::Unload => unload_idle::unload(state),
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

/// Makes `path` the model that replies in the current chat and in new ones, loads it, and goes to the chat.
pub(super) fn chat_with(state: &mut State, path: PathBuf) -> Vec<Effect> {
    state.screen = Screen::Chat;
    let now = state.clock.unix_secs;
    let chat = state.chats.current.unwrap_or_else(|| state.chats.start(false, now));
    let path = starter::file_for(state, path);
    let mut effects = keep_in(state, chat, &path);
    effects.extend(choose(state, path));
    effects
}

/// Takes up the model of a chat in which another one replied before; stays with the present one where that is gone.
pub(super) fn restore(state: &mut State, chat: ChatId) -> Vec<Effect> {
    let own = state.chats.find(chat).and_then(|chat| state.model_in(chat)).map(Path::to_path_buf);
    let Some(path) = own else { return Vec::new() };
    let is_chosen = state.engine.model.as_ref().is_some_and(|model| model.path == path);
    let effects = if is_chosen { Vec::new() } else { choose(state, path.clone()) };
    // The chat is stored with the reply that begins now.
    if let Some(found) = state.chats.find_mut(chat) {
        found.head.model = Some(path);
    }
    effects
}

/// Writes down which model replies in a chat.
fn keep_in(state: &mut State, chat: ChatId, path: &Path) -> Vec<Effect> {
    let Some(found) = state.chats.find_mut(chat) else { return Vec::new() };
    if found.head.model.replace(path.to_path_buf()).as_deref() == Some(path) {
        return Vec::new();
    }
    stored::head(state, chat).into_iter().collect()
}

/// Makes `path` the model that replies, and loads it unless it is loaded or about to be.
fn choose(state: &mut State, path: PathBuf) -> Vec<Effect> {
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
