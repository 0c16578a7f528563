//! The model that replies, and the phase of the engine.

use std::path::PathBuf;

use nibble_engine::jobs::{LoadReport, MemoryNeed, ModelId};
use nibble_engine::progress::Progress;

use crate::base::{ChatId, MessageId};

/// The model that replies, and the phase of the engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatEngine {
    /// The model chosen for chatting; `None` before the first was chosen.
    pub model: Option<ChosenModel>,
    /// Phase of the engine.
    pub phase: Phase,
    /// When it was last in use, in seconds of Unix time.
    pub used: i64,
    /// How the reply that is being written comes along.
    pub growth: Growth,
}

/// How the reply that is being written comes along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Growth {
    /// How much of a long prompt is read, in tokens.
    pub reading: Option<Progress>,
    /// Pieces that came, which are tokens but for the few that end within a character, and when the first and the last came, in
    /// seconds after the start of the program.
    pieces: Option<(u32, f64, f64)>,
}

impl Growth {
    /// Pieces after which a speed is worth telling.
    const ENOUGH: u32 = 8;

    /// Takes in a piece that came at `now`.
    pub fn grow(&mut self, now: f64) {
        self.reading = None;
        let (count, first, _) = self.pieces.unwrap_or((0, now, now));
        self.pieces = Some((count + 1, first, now));
    }

    /// Tokens per second since the first, once there are enough of them.
    pub fn rate(&self) -> Option<f64> {
        let (count, first, last) = self.pieces.filter(|(count, _, _)| *count >= Self::ENOUGH)?;
        (last > first).then(|| f64::from(count - 1) / (last - first))
    }
}

/// A model chosen for chatting.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenModel {
    /// The file or folder.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// The result of loading it; `None` while it is not in memory.
    pub loaded: Option<LoadReport>,
}

/// Phase of the engine with the chosen model.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nothing that the user waits for.
    #[default]
    Idle,
    /// It loads the model, with the newest progress.
    Loading(Option<Progress>),
    /// The user must decide, because the model needs more memory than is available.
    TooLarge {
        /// Memory that the model needs.
        need: Box<MemoryNeed>,
        /// The chat that waited for the model.
        chat: Option<ChatId>,
    },
    /// It writes a reply.
    Replying {
        /// The chat of the reply.
        chat: ChatId,
        /// The message that grows.
        message: MessageId,
        /// Whether it was asked to stop.
        stopping: bool,
    },
}

impl ChatEngine {
    /// Whether a reply is being written.
    pub fn is_replying(&self) -> bool {
        self.replying_in().is_some()
    }

    /// Whether the model is being loaded.
    pub fn is_loading(&self) -> bool {
        matches!(self.phase, Phase::Loading(_))
    }

    /// The chat in which a reply is being written.
    pub fn replying_in(&self) -> Option<ChatId> {
        if let Phase::Replying { chat, .. } = self.phase { Some(chat) } else { None }
    }

    /// The worker's number of the model, while the model is in memory.
    pub fn loaded(&self) -> Option<ModelId> {
        Some(self.model.as_ref()?.loaded.as_ref()?.model)
    }

    /// Whether the model is in memory.
    pub fn is_loaded(&self) -> bool {
        self.loaded().is_some()
    }
}
