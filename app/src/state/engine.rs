//! The model that replies, and what it is doing.

use std::path::PathBuf;

use nibble_engine::jobs::{LoadReport, MemoryNeed, ModelId};
use nibble_engine::progress::Progress;

use super::{ChatId, MessageId};

/// The model that replies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatEngine {
    /// Which model replies; none before the first was chosen.
    pub model: Option<ChosenModel>,
    /// What it is doing.
    pub phase: Phase,
    /// The chat that waits for the model to be loaded, or to be done with a title.
    pub waiting: Option<ChatId>,
    /// When it last did something, in seconds of Unix time.
    pub used: i64,
    /// The chat whose files the model counts.
    pub counting: Option<ChatId>,
}

/// A model chosen for chatting.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenModel {
    /// The file or folder.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// What loading came to; `None` while it is not in memory.
    pub loaded: Option<LoadReport>,
}

/// What the engine does for the chats.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// Loading the model.
    Loading(Option<Progress>),
    /// Nothing before the person decides: the model needs more memory than is free.
    TooLarge {
        /// What it needs.
        need: Box<MemoryNeed>,
        /// The chat that waited for it.
        chat: Option<ChatId>,
    },
    /// Making a title.
    GeneratingTitle {
        /// For this chat.
        chat: ChatId,
        /// What it has said of it.
        title: String,
    },
    /// Writing a reply.
    Replying {
        /// In this chat.
        chat: ChatId,
        /// Into this message.
        message: MessageId,
        /// Whether it was asked to stop.
        stopping: bool,
    },
}

impl ChatEngine {
    /// Whether a reply is being written.
    pub fn is_replying(&self) -> bool {
        matches!(self.phase, Phase::Replying { .. })
    }

    /// Whether this chat has a reply growing in it or waits for one.
    pub fn is_busy_with(&self, id: ChatId) -> bool {
        let replies = matches!(self.phase, Phase::Replying { chat, .. } if chat == id);
        replies || self.waiting == Some(id)
    }

    /// Whether it does something, or is about to.
    pub fn is_busy(&self) -> bool {
        self.phase != Phase::Idle || self.waiting.is_some()
    }

    /// The chat a reply is being written in.
    pub fn replying_in(&self) -> Option<ChatId> {
        match self.phase {
            Phase::Replying { chat, .. } => Some(chat),
            _ => None,
        }
    }

    /// Whether a reply can be asked for now.
    pub fn is_idle(&self) -> bool {
        !self.is_replying() && self.waiting.is_none()
    }

    /// The engine's name of the model, while it is in memory.
    pub fn loaded(&self) -> Option<ModelId> {
        Some(self.model.as_ref()?.loaded.as_ref()?.model)
    }

    /// Whether the model is in memory.
    pub fn is_loaded(&self) -> bool {
        self.loaded().is_some()
    }
}
