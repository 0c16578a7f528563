//! What has to happen outside the state, and the effects that several changes have.

use nibble_engine::jobs::Ask;

use crate::jobs::{Lane, Task, WorkerEnv};
use crate::state::{NoticeTopic, Settings, State};
use crate::store::StoreCommand;

/// Something that has to happen outside the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Hand this to the engine.
    Ask(Lane, Ask),
    /// Ask the lane's running job to stop.
    Cancel(Lane),
    /// Do this in the background.
    Task(Task),
    /// Keep these settings.
    Save(Box<Settings>),
    /// Put this on the clipboard.
    Copy(String),
    /// Put what concerns the program on the clipboard.
    CopyDiagnostics,
    /// Tell the person, who looks elsewhere.
    Notify(NoticeTopic),
    /// Say what jobs of the engine find around them.
    SetEnv(WorkerEnv),
    /// Have the store do this.
    Store(StoreCommand),
}

/// What jobs find around them, by the settings.
pub fn worker_env(state: &State) -> WorkerEnv {
    WorkerEnv { offline: state.settings.offline, models: state.settings.models_folder.clone() }
}

/// Keeps the settings as they are now.
pub(super) fn save_settings(state: &State) -> Effect {
    Effect::Save(Box::new(state.settings.clone()))
}

/// Reads what is kept of the quality of the models on disk.
pub(super) fn read_quality(state: &State) -> Effect {
    Effect::Task(Task::ReadQuality(state.places.models.clone()))
}

/// Lists the models on disk, and which of the known paths are gone.
pub(super) fn scan_library(state: &State) -> Effect {
    Effect::Task(Task::ScanLibrary {
        models: state.places.models.clone(),
        known: state.settings.recent.iter().chain(&state.settings.last_model).cloned().collect(),
    })
}
