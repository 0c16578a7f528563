//! Short work of the window itself that must not hold up a frame: dialogs, listing folders.

use std::path::PathBuf;

use super::JobEvent;
use crate::command::{Command, CommandSender};
use crate::platform::{dialogs, library, memory};

/// One piece of short work.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Let the person choose a checkpoint folder.
    PickFolder,
    /// Let the person choose a GGUF file.
    PickFile,
    /// List the models in this folder, and see which of those known are gone.
    ScanLibrary {
        /// Nibble's folder of models.
        models: PathBuf,
        /// Models that were there before.
        known: Vec<PathBuf>,
    },
    /// Measure memory.
    MeasureMemory,
}

/// Runs a task on a thread of its own; what it finds arrives through `sender`.
pub fn run_task(task: Task, sender: &CommandSender) {
    let sender = sender.clone();
    let started = std::thread::Builder::new().name("task".to_owned()).spawn(move || run(task, &sender));
    if let Err(error) = started {
        tracing::error!(%error, "a thread could not be started");
    }
}

fn run(task: Task, sender: &CommandSender) {
    match task {
        Task::PickFolder => {
            if let Some(path) = dialogs::pick_folder() {
                sender.send(Command::OpenModel(path));
            }
        }
        Task::PickFile => {
            if let Some(path) = dialogs::pick_gguf() {
                sender.send(Command::OpenModel(path));
            }
        }
        Task::ScanLibrary { models, known } => {
            let missing = known.into_iter().filter(|path| !path.exists()).collect();
            sender.report(JobEvent::LibraryFound { models: library::list(&models), missing });
        }
        Task::MeasureMemory => {
            if let Some(memory) = memory::measure() {
                sender.report(JobEvent::MemorySeen(memory));
            }
        }
    }
}
