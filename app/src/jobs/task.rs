//! Short work of the window itself that must not hold up a frame: dialogs, listing folders.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::protocol::LibraryModel;
use nibble_engine::jobs::quality::stored_report;

use super::JobEvent;
use crate::command::{ChatCommand, ChatsCommand, ModelCommand, QuantizeCommand, SettingsCommand};
use crate::import_export::{self, Export};
use crate::inbox::CommandSender;
use crate::platform::{
    dialogs, licenses, listing_file, machine, memory, notify, reveal, text_file, token_file,
};
use crate::state::{CalibrationChoice, ChatId};
use crate::text;

/// One piece of short work.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Open the dialog for a checkpoint folder.
    PickFolder,
    /// Open the dialog for a GGUF file.
    PickFile,
    /// Read the listing of models that an earlier run kept, and see which of the known paths no longer exist.
    ReadListing {
        /// Path of the file.
        file: PathBuf,
        /// Recently opened paths.
        known: Vec<PathBuf>,
    },
    /// Keep a listing of models for the next start.
    WriteListing {
        /// Path of the file.
        file: PathBuf,
        /// The listed models.
        models: Vec<LibraryModel>,
    },
    /// See which of these paths no longer exist.
    FindMissing(Vec<PathBuf>),
    /// Open the dialog for the folder of models.
    PickModelsFolder,
    /// Show this file or folder in the system's file manager.
    Reveal(PathBuf),
    /// Write the licenses into this folder and show them.
    ShowLicenses(PathBuf),
    /// Show a notification of the system.
    Notify {
        /// Whose news it is.
        title: String,
        /// Text of the notification.
        words: String,
    },
    /// Look at the machine.
    LookAtMachine,
    /// Read the quality reports that lie beside these models.
    ReadQuality(Vec<PathBuf>),
    /// Measure the machine's memory.
    MeasureMemory,
    /// See whether the program was given an access token of the Hub.
    LookForToken(PathBuf),
    /// Keep an access token of the Hub in this file; an empty one removes it.
    KeepToken(PathBuf, String),
    /// Open the dialog for a text file to attach.
    PickAttachment,
    /// Read a file for the next message of a chat; a folder or a model is opened instead.
    ReadAttachment {
        /// The chat that the file is attached to.
        chat: ChatId,
        /// Path of the file.
        path: PathBuf,
    },
    /// Open the dialog for a file with a calibration text.
    PickCalibration,
    /// Open the dialog for an export of chats.
    PickExport,
    /// Read an export of chats.
    ReadChats(PathBuf),
    /// Open the dialog to save this text as a file.
    WriteChat {
        /// A name to begin with.
        name: String,
        /// What to write.
        text: String,
    },
}

/// Runs a task on a thread of its own; what it finds arrives through `sender`.
pub fn run_task(task: Task, sender: &CommandSender) {
    let (sender, language) = (sender.clone(), text::spoken());
    let started = std::thread::Builder::new().name("task".to_owned()).spawn(move || {
        text::speak(language);
        run(task, &sender);
    });
    if let Err(error) = started {
        tracing::error!(%error, "a thread could not be started");
    }
}

fn run(task: Task, sender: &CommandSender) {
    match task {
        Task::PickFolder => {
            if let Some(path) = dialogs::pick_folder() {
                sender.send(ModelCommand::Open(path));
            }
        }
        Task::PickFile => {
            if let Some(path) = dialogs::pick_gguf() {
                sender.send(ModelCommand::Open(path));
            }
        }
        Task::ReadListing { file, known } => {
            let (models, missing) = (listing_file::read(&file), missing(known));
            sender.report(JobEvent::ListingRead { models, missing });
        }
        Task::WriteListing { file, models } => {
            if let Err(error) = listing_file::write(&file, &models) {
                tracing::warn!(%error, "the listing of models could not be kept for the next start");
            }
        }
        Task::FindMissing(known) => sender.report(JobEvent::MissingFound(missing(known))),
        Task::ReadQuality(models) => {
            let reports = models.iter().filter_map(|path| stored_report(path)).collect();
            sender.report(JobEvent::QualityFound(reports));
        }
        Task::PickModelsFolder => {
            if let Some(path) = dialogs::pick_folder() {
                sender.send(SettingsCommand::SetModelsFolder(Some(path)));
            }
        }
        Task::Reveal(path) => reveal::show(&path),
        Task::ShowLicenses(folder) => match licenses::write(&folder) {
            Ok(path) => reveal::open(&path),
            Err(error) => tracing::warn!(%error, "the licenses could not be written"),
        },
        Task::Notify { title, words } => notify::show(&title, &words),
        Task::LookAtMachine => sender.report(JobEvent::MachineSeen(machine::look())),
        Task::LookForToken(file) => sender.report(JobEvent::TokenSeen(token_file::exists(&file))),
        Task::KeepToken(file, token) => match token_file::keep(&file, &token) {
            Ok(()) => sender.report(JobEvent::TokenKept(token_file::exists(&file))),
            Err(error) => sender.report(JobEvent::SettingsNotSaved { reason: error.to_string() }),
        },
        Task::PickAttachment => {
            if let Some(path) = dialogs::pick_text() {
                sender.send(ChatCommand::Attach(path));
            }
        }
        Task::ReadAttachment { path, .. } if path.is_dir() => sender.send(ModelCommand::Open(path)),
        Task::ReadAttachment { chat, path } => {
            let read = text_file::read(&path);
            sender.report(JobEvent::AttachmentRead { chat, path, read });
        }
        Task::PickCalibration => {
            if let Some(path) = dialogs::pick_calibration() {
                let file = CalibrationChoice::File(path);
                sender.send(QuantizeCommand::SetCalibration(file));
            }
        }
        Task::PickExport => {
            if let Some(path) = dialogs::pick_export() {
                sender.send(ChatsCommand::Import(path));
            }
        }
        Task::ReadChats(path) => read_chats(path, sender),
        Task::WriteChat { name, text } => {
            if let Some(path) = dialogs::save_as(&name) {
                sender.report(match std::fs::write(&path, text) {
                    Ok(()) => JobEvent::ChatWritten(path),
                    Err(error) => JobEvent::ChatNotWritten { path, reason: error.to_string() },
                });
            }
        }
        Task::MeasureMemory => {
            if let Some(memory) = memory::measure() {
                sender.report(JobEvent::MemorySeen(memory));
            }
        }
    }
}

/// Those of the paths that do not exist.
fn missing(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    paths.into_iter().filter(|path| !path.exists()).collect()
}

fn read_chats(path: PathBuf, sender: &CommandSender) {
    let Export { chats, left_out } = match try_read_chats(&path) {
        Ok(export) => export,
        Err(reason) => return sender.report(JobEvent::ChatsNotRead { path, reason }),
    };
    sender.report(JobEvent::ChatsRead(chats));
    if !left_out.is_empty() {
        sender.report(JobEvent::ChatsLeftOut(left_out));
    }
}

fn try_read_chats(path: &Path) -> Result<Export, String> {
    let size = path.metadata().map_err(|error| error.to_string())?.len();
    if size > import_export::MOST_BYTES {
        return Err(text::too_large(size, import_export::MOST_BYTES));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    import_export::read_export(&bytes).map_err(|error| error.to_string())
}
