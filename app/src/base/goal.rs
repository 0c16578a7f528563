//! What a quantized model is to be: the goals, the limit of its size, and the calibration text.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ChatId;

/// What matters most of a model that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// It is made soonest and replies fastest.
    Fastest,
    /// Small, with hardly any loss.
    Balanced,
    /// As good as a limit of memory or disk allows.
    Memory,
}

impl Goal {
    /// All goals, as they are offered.
    pub const ALL: [Self; 3] = [Self::Fastest, Self::Balanced, Self::Memory];
}

/// What a limit of size counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LimitKind {
    /// Memory while chatting, with the whole context.
    Memory,
    /// Size of the file.
    Disk,
}

/// A limit of the size of the model that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeBudget {
    /// What is limited.
    pub kind: LimitKind,
    /// The limit in bytes.
    pub bytes: u64,
}

/// Where the calibration text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CalibrationChoice {
    /// The model writes it.
    #[default]
    OwnText,
    /// The text of this file.
    File(PathBuf),
    /// The texts of these chats.
    Chats(Vec<ChatId>),
}
