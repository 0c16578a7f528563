//! Events that jobs, background tasks and the store report to `update.rs`.

use nibble_engine::hardware::SystemMemory;
use nibble_engine::jobs::protocol::LibraryModel;
use nibble_engine::jobs::{Event, JobId, QualityReport};

use crate::import_export::PortableChat;
use crate::state::{ChatId, Death, Lane, NoText};
use crate::store::StoreEvent;

/// Something that happened outside the window.
#[derive(Clone, Debug, PartialEq)]
pub enum JobEvent {
    /// An event of a job of the engine.
    Engine {
        /// Number of the job.
        id: JobId,
        /// The event of the job.
        event: Event,
    },
    /// A process of the engine ended, and its jobs with it.
    Died {
        /// The lane whose process it was.
        lane: Lane,
        /// How the process ended.
        death: Death,
        /// The jobs that ended with it; empty if it was idle.
        jobs: Vec<JobId>,
    },
    /// A process of the engine could not be started.
    NotStarted {
        /// The lane whose process it was to be.
        lane: Lane,
        /// The system's reason.
        reason: String,
        /// The jobs that will not be run.
        jobs: Vec<JobId>,
    },
    /// The listing of models that an earlier run kept was read.
    ListingRead {
        /// The starter, and the models of that listing that still exist.
        models: Vec<LibraryModel>,
        /// Recent paths that no longer exist.
        missing: Vec<std::path::PathBuf>,
    },
    /// Recent paths that no longer exist.
    MissingFound(Vec<std::path::PathBuf>),
    /// The stored quality reports of models were read.
    QualityFound(Vec<QualityReport>),
    /// The machine was looked at.
    MachineSeen(crate::state::Machine),
    /// Memory was measured.
    MemorySeen(SystemMemory),
    /// Whether the program was given an access token of the Hub.
    TokenSeen(bool),
    /// An access token of the Hub was kept, or removed.
    TokenKept(bool),
    /// A file was read for the next message of a chat.
    AttachmentRead {
        /// The chat that the file is attached to.
        chat: ChatId,
        /// Path of the file.
        path: std::path::PathBuf,
        /// Text of the file, or why it has none.
        read: Result<String, NoText>,
    },
    /// An event of the chat store.
    Store(StoreEvent),
    /// Chats of another program were read from a file.
    ChatsRead(Vec<PortableChat>),
    /// Some chats of a file could not be read, with the number in the file and the title of each.
    ChatsLeftOut(Vec<String>),
    /// A file holds no chats that could be read.
    ChatsNotRead {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Why it failed, in the system's words.
        reason: String,
    },
    /// A chat was written to a file.
    ChatWritten(std::path::PathBuf),
    /// A chat could not be written to a file.
    ChatNotWritten {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Why it failed, in the system's words.
        reason: String,
    },
    /// The settings could not be written.
    SettingsNotSaved {
        /// The system's reason.
        reason: String,
    },
}
