//! The models on this machine: listed, verified, deleted.

use std::path::PathBuf;

use nibble_engine::jobs::Ask;
use nibble_engine::jobs::protocol::{Failure, LibraryModel, ModelOrigin, RemovedModel, VerifyReport};
use nibble_engine::progress::Progress;

use crate::command::{LibraryCommand, ViewCommand};
use crate::jobs::Task;
use crate::state::{LibraryWork, NoticeKind, NoticeTopic, Phase, Purpose, Screen, State};

use super::effect::{Effect, cancel_job, known_paths, save_settings, start_job};
use super::starter;
use super::unload_idle::unload;

/// Reads the listing that an earlier run kept, so that there is one before the engine has listed the models.
fn read(state: &State) -> Effect {
    let (file, known) = (state.places.listing_file.clone(), known_paths(state));
    Effect::Task(Task::ReadListing { file, known })
}

/// The listing of an earlier run was read: it holds until the engine has listed the models.
pub(super) fn listing_read(
    state: &mut State,
    models: Vec<LibraryModel>,
    missing: Vec<PathBuf>,
) -> Vec<Effect> {
    state.library.missing = missing;
    if !state.library.is_current {
        state.library.models = models;
    }
    if !std::mem::replace(&mut state.library.is_known, true) {
        starter::choose_first(state);
    }
    let mut effects = vec![read_quality(state)];
    effects.extend(list(state));
    effects
}

/// Lists the models on this machine. Where one job lists them and another waits to, that one will see every change.
pub(super) fn list(state: &mut State) -> Vec<Effect> {
    state.library.failure = None;
    let n_pending = state.pending.jobs().filter(|(_, purpose)| **purpose == Purpose::ListLibrary).count();
    let mut effects = vec![Effect::Task(Task::FindMissing(known_paths(state)))];
    if n_pending < 2 {
        effects.push(start_job(state, Purpose::ListLibrary, Ask::Library));
    }
    effects
}

/// Reads the quality reports that lie beside the models that were quantized here.
fn read_quality(state: &State) -> Effect {
    let made = state.library.models.iter().filter(|model| model.origin == ModelOrigin::Made);
    Effect::Task(Task::ReadQuality(made.map(|model| model.path.clone()).collect()))
}

/// Does what a person asked of the library.
pub(super) fn apply(state: &mut State, command: LibraryCommand) -> Vec<Effect> {
    let is_busy = state.library.work.is_some();
    match command {
        LibraryCommand::AskRemove(name) => {
            state.library.asked = name;
            Vec::new()
        }
        LibraryCommand::Remove(_) | LibraryCommand::Verify(_) if is_busy => Vec::new(),
        LibraryCommand::Remove(name) => {
            state.library.asked = None;
            state.library.work = Some(LibraryWork::Removing(name.clone()));
            vec![start_job(state, Purpose::RemoveModel(name.clone()), Ask::Remove { name })]
        }
        LibraryCommand::Verify(name) => {
            state.library.work = Some(LibraryWork::Verifying(name.clone(), None));
            vec![start_job(state, Purpose::VerifyModel(name.clone()), Ask::Verify { name })]
        }
        LibraryCommand::CancelVerify => {
            cancel_job(state, |purpose| matches!(purpose, Purpose::VerifyModel(_)))
        }
        LibraryCommand::Refresh => {
            vec![read(state), Effect::Task(Task::MeasureMemory)]
        }
    }
}

/// The engine listed the models on this machine; the listing is kept for the next start.
pub(super) fn listed(state: &mut State, models: Vec<LibraryModel>) -> Vec<Effect> {
    state.library.models.clone_from(&models);
    state.library.is_known = true;
    state.library.is_current = true;
    state.library.failure = None;
    let file = state.places.listing_file.clone();
    vec![Effect::Task(Task::WriteListing { file, models }), read_quality(state)]
}

/// The models on this machine could not be listed; the last list stays, if there is one.
pub(super) fn fail_list(state: &mut State, failure: Failure) {
    if !state.library.is_known {
        state.library.failure = Some(failure);
    }
}

/// Takes in how far verifying a model is.
pub(super) fn advance(state: &mut State, progress: Progress) {
    if let Some(LibraryWork::Verifying(_, shown)) = &mut state.library.work {
        *shown = Some(progress);
    }
}

/// The files of a model are what they were.
pub(super) fn verified(state: &mut State, report: VerifyReport) {
    state.library.work = None;
    let topic = NoticeTopic::ModelVerified { name: report.name, n_files: report.files.intact.len() };
    state.notices.show(NoticeKind::Good, topic, None);
}

/// The files of a model are not what they were, or could not be read.
pub(super) fn fail_verify(state: &mut State, name: String, failure: Failure) {
    state.library.work = None;
    let step = Some(LibraryCommand::AskRemove(Some(name)).into());
    state.notices.show(NoticeKind::Problem, NoticeTopic::CannotVerify(failure), step);
}

/// A model was deleted; nothing keeps its path any more.
pub(super) fn removed(state: &mut State, removed: RemovedModel) -> Vec<Effect> {
    state.library.work = None;
    let known = state.library.models.iter().find(|model| model.name == removed.name);
    let mut effects = Vec::new();
    if let Some(path) = known.map(|model| model.path.clone()) {
        state.settings.recent.retain(|known| *known != path);
        state.settings.last_model.take_if(|last| *last == path);
        let is_chosen = state.engine.model.as_ref().is_some_and(|model| model.path == path);
        if is_chosen && state.engine.phase == Phase::Idle {
            effects.extend(unload(state));
            state.engine.model = None;
        }
        effects.push(save_settings(state));
    }
    let topic = NoticeTopic::ModelRemoved { name: removed.name, bytes: removed.freed_bytes };
    state.notices.show(NoticeKind::Good, topic, None);
    effects.extend(list(state));
    effects
}

/// A model, or the remains of a download, could not be deleted.
pub(super) fn fail_remove(state: &mut State, failure: Failure) {
    state.notices.show(NoticeKind::Problem, NoticeTopic::CannotRemove(failure), None);
}

/// The work on a model has ended without a result.
pub(super) fn end_work(state: &mut State) {
    state.library.work = None;
}

/// The process of the library is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    state.notices.show(NoticeKind::Problem, topic, Some(ViewCommand::Show(Screen::Models).into()));
}
