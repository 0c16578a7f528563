//! Everything on this machine: listed, checked, deleted.

use nibble_engine::jobs::protocol::{Failure, Removed};
use nibble_engine::jobs::{Ask, Event};

use crate::command::{LibraryCommand, ViewCommand};
use crate::jobs::{Lane, Task};
use crate::state::{NoticeKind, NoticeTopic, Phase, Screen, ShelfWork, State};

use super::effect::{Effect, read_quality, save_settings, scan_library};

/// Has everything listed.
pub(super) fn list(state: &mut State) -> Effect {
    state.shelf.failure = None;
    Effect::Ask(Lane::Library, Ask::Library)
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
            vec![Effect::Ask(Lane::Library, Ask::Remove { name })]
        }
        LibraryCommand::Verify(name) => {
            state.shelf.work = Some(ShelfWork::Verifying(name.clone(), None));
            vec![Effect::Ask(Lane::Library, Ask::Verify { name })]
        }
        LibraryCommand::CancelVerify => match state.shelf.work {
            Some(ShelfWork::Verifying(..)) => vec![Effect::Cancel(Lane::Library)],
            Some(ShelfWork::Removing(_)) | None => Vec::new(),
        },
        LibraryCommand::Refresh => {
            vec![scan_library(state), read_quality(state), Effect::Task(Task::MeasureMemory)]
        }
    }
}

/// Takes in what became of it.
pub(super) fn absorb(state: &mut State, event: Event) -> Vec<Effect> {
    let shelf = &mut state.shelf;
    match event {
        Event::Listed(models) => {
            shelf.models = models;
            shelf.is_known = true;
            shelf.failure = None;
        }
        Event::Progress(progress) => {
            if let Some(ShelfWork::Verifying(_, shown)) = &mut shelf.work {
                *shown = Some(progress);
            }
        }
        Event::Removed(removed) => return forget(state, removed),
        Event::Verified(report) => {
            shelf.work = None;
            let topic = NoticeTopic::ModelVerified { name: report.name, n_files: report.files.intact.len() };
            state.notices.show(NoticeKind::Good, topic, None);
        }
        Event::Cancelled => shelf.work = None,
        Event::Failed(failure) => fail(state, failure),
        _ => {}
    }
    Vec::new()
}

/// A model, or what was left of a download, is deleted.
fn forget(state: &mut State, removed: Removed) -> Vec<Effect> {
    let shelf = &mut state.shelf;
    let mut effects = Vec::new();
    if shelf.work.take_if(|work| *work == ShelfWork::Removing(removed.name.clone())).is_some() {
        let path =
            shelf.models.iter().find(|model| model.name == removed.name).map(|model| model.path.clone());
        if let Some(path) = path {
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
    }
    effects.extend(list_again(state));
    effects
}

fn fail(state: &mut State, failure: Failure) {
    match state.shelf.work.take() {
        Some(ShelfWork::Removing(_)) => {
            state.notices.show(NoticeKind::Problem, NoticeTopic::CannotRemove(failure), None);
        }
        Some(ShelfWork::Verifying(name, _)) => {
            let step = Some(LibraryCommand::AskRemove(Some(name)).into());
            state.notices.show(NoticeKind::Problem, NoticeTopic::CannotVerify(failure), step);
        }
        None if !state.shelf.is_known => state.shelf.failure = Some(failure),
        None => {}
    }
}

/// The process that kept them is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) -> Vec<Effect> {
    state.shelf.work = None;
    state.notices.show(NoticeKind::Problem, topic, Some(ViewCommand::Show(Screen::Models).into()));
    Vec::new()
}
