//! Threads and child processes live here and nowhere else.
//!
//! The engine works in child processes of this executable, one per [`Lane`], so that looking into a model, quantizing
//! one and chatting with another go on side by side, and the death of one is not the death of the window.

mod event;
mod keeper;
mod mailbox;
mod saver;
mod task;
mod worker;

use std::path::PathBuf;

use nibble_engine::jobs::Ask;

pub use crate::state::{Death, Lane};
pub use event::JobEvent;
pub use keeper::Keeper;
pub use mailbox::{Mailbox, Report};
pub use saver::Saver;
pub use task::{Task, run_task};
pub use worker::{Program, Workers};

/// What jobs find around them, by the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether the network is to be asked nothing.
    pub offline: bool,
    /// The folder that models go to and are listed from; the engine's own if `None`.
    pub models: Option<PathBuf>,
}

/// The engine, as the window sees it; tests put a scripted one in its place.
pub trait Engine {
    /// Hands work to a lane, after what was handed to it before.
    fn ask(&mut self, lane: Lane, ask: Ask);

    /// Asks the lane's running job to stop; a job that does not listen is ended from outside.
    fn cancel(&mut self, lane: Lane);

    /// Says what jobs find around them from now on. Nothing to do for an engine without a network and folders.
    fn set_surroundings(&mut self, _surroundings: Surroundings) {}

    /// What happened since the last call, at most about `budget` events, without waiting.
    fn collect(&mut self, budget: usize) -> Vec<JobEvent>;
}
