//! Everything on this machine: listed, checked, deleted.

use nibble_engine::jobs::Ask;
use nibble_engine::jobs::protocol::{Failure, LibraryModel, RemovedModel, VerifyReport};
use nibble_engine::progress::Progress;

use crate::command::{LibraryCommand, ViewCommand};
use crate::jobs::Task;
use crate::state::{NoticeKind, NoticeTopic, Phase, Purpose, Screen, ShelfWork, State};

use super::effect::{Effect, cancel_job, read_quality, save_settings, scan_library, start_job};

/// Lists the models on this machine.
pub(super) fn list(state: &mut State) -> Effect {
    state.shelf.failure = None;
    start_job(state, Purpose::ListLibrary, Ask::Library)
}

/// Has everything listed anew, if anybody has looked at it.
pub(super) fn list_again(state: &mut State) -> Option<Effect> {
    let is_looked_at = state.shelf.is_known || state.screen == Screen::Models;
    is_looked_at.then(|| list(state))
}

/// Does what a person asked of the library.
pub(super) fn apply(state: &mut State, command: LibraryCommand) -> Vec<Effect> {
    let is_busy = state.shelf.work.is_some();
    match command {
        LibraryCommand::AskRemove(name) => {
            state.shelf.asked = name;
            Vec::new()
        }
        LibraryCommand::Remove(_) | LibraryCommand::Verify(_) if is_busy => Vec::new(),
        LibraryCommand::Remove(name) => {
            state.shelf.asked = None;
            state.shelf.work = Some(ShelfWork::Removing(name.clone()));
            vec![start_job(state, Purpose::RemoveModel(name.clone()), Ask::Remove { name })]
        }
        LibraryCommand::Verify(name) => {
            state.shelf.work = Some(ShelfWork::Verifying(name.clone(), None));
            vec![start_job(state, Purpose::VerifyModel(name.clone()), Ask::Verify { name })]
        }
        LibraryCommand::CancelVerify => {
            cancel_job(state, |purpose| matches!(purpose, Purpose::VerifyModel(_)))
        }
        LibraryCommand::Refresh => {
            vec![scan_library(state), read_quality(state), Effect::Task(Task::MeasureMemory)]
        }
    }
}

/// The models on this machine were listed.
pub(super) fn listed(state: &mut State, models: Vec<LibraryModel>) {
    state.shelf.models = models;
    state.shelf.is_known = true;
    state.shelf.failure = None;
}

/// The models on this machine could not be listed; the last list stays, if there is one.
pub(super) fn fail_list(state: &mut State, failure: Failure) {
    if !state.shelf.is_known {
        state.shelf.failure = Some(failure);
    }
}

/// Takes in how far verifying a model is.
pub(super) fn advance(state: &mut State, progress: Progress) {
    if let Some(ShelfWork::Verifying(_, shown)) = &mut state.shelf.work {
        *shown = Some(progress);
    }
}

/// The files of a model are what they were.
pub(super) fn verified(state: &mut State, report: VerifyReport) {
    state.shelf.work = None;
    let topic = NoticeTopic::ModelVerified { name: report.name, n_files: report.files.intact.len() };
    state.notices.show(NoticeKind::Good, topic, None);
}

/// The files of a model are not what they were, or could not be read.
pub(super) fn fail_verify(state: &mut State, name: String, failure: Failure) {
    state.shelf.work = None;
    let step = Some(LibraryCommand::AskRemove(Some(name)).into());
    state.notices.show(NoticeKind::Problem, NoticeTopic::CannotVerify(failure), step);
}

/// A model was deleted; nothing keeps its path any more.
pub(super) fn removed(state: &mut State, removed: RemovedModel) -> Vec<Effect> {
    state.shelf.work = None;
    let known = state.shelf.models.iter().find(|model| model.name == removed.name);
    let mut effects = Vec::new();
    if let Some(path) = known.map(|model| model.path.clone()) {
        state.settings.recent.retain(|known| *known != path);
        state.settings.last_model.take_if(|last| *last == path);
        if state.engine.phase == Phase::Idle {
            state.engine.model.take_if(|model| model.path == path);
        }
        effects.push(save_settings(state));
    }
    let topic = NoticeTopic::ModelRemoved { name: removed.name, bytes: removed.freed_bytes };
    state.notices.show(NoticeKind::Good, topic, None);
    effects.push(scan_library(state));
    effects.extend(list_again(state));
    effects
}

/// A model, or the remains of a download, could not be deleted.
pub(super) fn fail_remove(state: &mut State, failure: Failure) {
    state.notices.show(NoticeKind::Problem, NoticeTopic::CannotRemove(failure), None);
}

/// The work on a model has ended without a result.
pub(super) fn end_work(state: &mut State) {
    state.shelf.work = None;
}

/// The process of the library is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    state.notices.show(NoticeKind::Problem, topic, Some(ViewCommand::Show(Screen::Models).into()));
}
