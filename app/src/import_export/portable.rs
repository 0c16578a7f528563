//! A chat as it travels between programs, and is written in our own format.

use nibble_engine::jobs::Role;
use nibble_engine::text::split_thinking;
use serde::{Deserialize, Serialize};

use crate::state::{AttachedFile, ReplyOptions};

/// A chat that belongs to no store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortableChat {
    /// Title of the chat.
    pub title: String,
    /// When it was begun, in seconds of Unix time.
    pub created: i64,
    /// When something was last said, in seconds of Unix time.
    pub updated: i64,
    /// Whether it stands above the others.
    pub pinned: bool,
    /// Whether it is out of the way.
    pub archived: bool,
    /// Folder of the chat; none if empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// Options of its replies; those of all chats if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<ReplyOptions>,
    /// All branches; parents before their children.
    pub messages: Vec<PortableMessage>,
    /// The place in `messages` of the last message shown.
    pub shown: Option<usize>,
}

/// One message of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortableMessage {
    /// The place in `messages` of what it follows.
    pub parent: Option<usize>,
    /// Author of the message.
    pub role: Role,
    /// Text of the message.
    pub text: String,
    /// Reasoning of the model before its answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Text files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachedFile>,
    /// When, in seconds of Unix time.
    #[serde(default)]
    pub created: i64,
    /// The model that wrote it.
    #[serde(default)]
    pub model: String,
}

impl PortableMessage {
    /// The same with reasoning apart from the text, where another program or an earlier version wrote it between marks in a
    /// message of the model.
    #[must_use]
    pub fn with_reasoning_apart(self) -> Self {
        if self.role != Role::Assistant || !self.reasoning.is_empty() {
            return self;
        }
        let (reasoning, text) = split_thinking(&self.text);
        Self { text, reasoning, ..self }
    }
}
