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

use nibble_engine::jobs::{JobId, Request};

pub use crate::event::JobEvent;
pub use crate::state::{Death, Lane};
pub use mailbox::{Mailbox, Report};
pub use saver::Saver;
pub use store_thread::StoreThread;
pub use task::{Task, run_task};
pub use worker::{WorkerProgram, Workers};

/// Environment of worker processes, taken from the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerEnv {
    /// Whether the network must not be used.
    pub offline: bool,
    /// Folder of quantized models; the engine's own if `None`.
    pub models: Option<PathBuf>,
    /// The file with the access token of the Hub; the usual places of Hugging Face's tools if `None`.
    pub token_file: Option<PathBuf>,
    /// How many tokens were given to the program, so that processes with an older one are replaced.
    pub token_version: u64,
}

/// The engine, as the window sees it; tests put a scripted one in its place.
pub trait Engine {
    /// Sends a request to a lane, whose process runs it after those sent before.
    fn ask(&mut self, lane: Lane, request: Request);

    /// Cancels a job; one that does not stop has its process ended from outside. A job that ended before is left alone.
    fn cancel(&mut self, id: JobId);

    /// Sets the environment of processes started from now on. Does nothing in an engine without processes.
    fn set_env(&mut self, _env: WorkerEnv) {}

    /// What happened since the last call, at most about `budget` events, without waiting.
    fn collect(&mut self, budget: usize) -> Vec<JobEvent>;
}
