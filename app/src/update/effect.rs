//! What has to happen outside the state, and the effects that several changes have.

use std::path::PathBuf;

use nibble_engine::jobs::{Ask, JobId, Request};

use crate::jobs::{Lane, Task, WorkerEnv};
use crate::state::{NoticeTopic, Purpose, Settings, State};
use crate::store::StoreCommand;

/// Something that has to happen outside the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send this request to the process of a lane.
    Ask(Lane, Request),
    /// Cancel a job.
    Cancel(JobId),
    /// Do this in the background.
    Task(Task),
    /// Keep these settings.
    Save(Box<Settings>),
    /// Put this on the clipboard.
    Copy(String),
    /// Copy the diagnostics of the program to the clipboard.
    CopyDiagnostics,
    /// Notify the user, who is not looking at the window.
    Notify(NoticeTopic),
    /// Set the environment of worker processes.
    SetEnv(WorkerEnv),
    /// Have the store do this.
    Store(StoreCommand),
}

/// The environment of worker processes, taken from the settings.
pub fn worker_env(state: &State) -> WorkerEnv {
    WorkerEnv {
        offline: state.settings.offline,
        models: state.settings.models_folder.clone(),
        token_file: state.token.is_here().then(|| state.places.token_file.clone()),
        token_version: state.token_version,
    }
}

/// Starts a job of the engine for a purpose, which its events are matched to.
pub(super) fn start_job(state: &mut State, purpose: Purpose, ask: Ask) -> Effect {
    let lane = purpose.lane();
    let id = state.pending.start(purpose);
    Effect::Ask(lane, Request { id, ask })
}

/// Cancels the job whose purpose passes a test, if there is one; it stays pending until it has ended.
pub(super) fn cancel_job(state: &State, is_it: impl Fn(&Purpose) -> bool) -> Vec<Effect> {
    state.pending.find(is_it).map(Effect::Cancel).into_iter().collect()
}

/// Cancels all jobs whose purposes pass a test, and forgets them: nothing they still say is heard.
pub(super) fn abandon_jobs(state: &mut State, is_it: impl Fn(&Purpose) -> bool) -> Vec<Effect> {
    state.pending.abandon(is_it).into_iter().map(Effect::Cancel).collect()
}

/// Keeps the settings as they are now.
pub(super) fn save_settings(state: &State) -> Effect {
    Effect::Save(Box::new(state.settings.clone()))
}

/// The paths that the settings know, which may no longer exist.
pub(super) fn known_paths(state: &State) -> Vec<PathBuf> {
    state.settings.recent.iter().chain(&state.settings.last_model).cloned().collect()
}
