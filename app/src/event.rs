//! Events that jobs, background tasks and the store report to `update.rs`.

use nibble_engine::jobs::{Event, QualityReport};

use crate::import_export::PortableChat;
use crate::state::{ChatId, Death, Lane, Memory, ModelFile, NoText};
use crate::store::StoreEvent;

/// Something that happened outside the window.
#[derive(Clone, Debug, PartialEq)]
pub enum JobEvent {
    /// The engine tells.
    Engine {
        /// Which of its processes.
        lane: Lane,
        /// What.
        event: Event,
    },
    /// An engine process ended in the middle of its work.
    Died {
        /// Which.
        lane: Lane,
        /// How.
        death: Death,
    },
    /// An engine process could not be started.
    NotStarted {
        /// Which.
        lane: Lane,
        /// The system's reason.
        reason: String,
    },
    /// The models on disk were listed.
    LibraryFound {
        /// Models ready to chat.
        models: Vec<ModelFile>,
        /// Recent paths that are gone.
        missing: Vec<std::path::PathBuf>,
    },
    /// What is kept of the quality of models on disk was read.
    QualityFound(Vec<QualityReport>),
    /// The machine was looked at.
    MachineSeen(crate::state::Machine),
    /// Memory was measured.
    MemorySeen(Memory),
    /// A file was read for the next message of a chat.
    AttachmentRead {
        /// The chat.
        chat: ChatId,
        /// The file.
        path: std::path::PathBuf,
        /// Its text.
        read: Result<String, NoText>,
    },
    /// The store tells.
    Store(StoreEvent),
    /// Chats of another program were read from a file.
    ChatsRead(Vec<PortableChat>),
    /// A file holds no chats that could be read.
    ChatsNotRead {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        reason: String,
    },
    /// A chat was written to a file.
    ChatWritten(std::path::PathBuf),
    /// A chat could not be written to a file.
    ChatNotWritten {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        reason: String,
    },
    /// The settings could not be written.
    SettingsNotSaved {
        /// The system's reason.
        reason: String,
    },
}
