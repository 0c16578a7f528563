//! Threads and child processes live here and nowhere else.
//!
//! The engine works in child processes of this executable, one per [`Lane`], so that looking into a model, quantizing
//! one and chatting with another go on side by side, and the death of one is not the death of the window.

mod mailbox;
mod saver;
mod store_thread;
mod task;
mod worker;

use std::path::PathBuf;

use nibble_engine::jobs::Ask;

pub use crate::event::JobEvent;
pub use crate::state::{Death, Lane};
pub use mailbox::{Mailbox, Report};
pub use saver::Saver;
pub use store_thread::StoreThread;
pub use task::{Task, run_task};
pub use worker::{Program, Workers};

/// Environment of worker processes, taken from the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerEnv {
    /// Whether the network must not be used.
    pub offline: bool,
    /// Folder of quantized models; the engine's own if `None`.
    pub models: Option<PathBuf>,
}

/// The engine, as the window sees it; tests put a scripted one in its place.
pub trait Engine {
    /// Hands work to a lane, after what was handed to it before.
    fn ask(&mut self, lane: Lane, ask: Ask);

    /// Asks the lane's running job to stop; a job that does not listen is ended from outside.
    fn cancel(&mut self, lane: Lane);

    /// Sets the environment of processes started from now on. Does nothing in an engine without processes.
    fn set_env(&mut self, _env: WorkerEnv) {}

    /// What happened since the last call, at most about `budget` events, without waiting.
    fn collect(&mut self, budget: usize) -> Vec<JobEvent>;
}
