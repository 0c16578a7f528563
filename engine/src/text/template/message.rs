//! Messages of a conversation.

use serde::{Deserialize, Serialize};

use crate::text::delta::Delta;
use crate::text::thinking::split_thinking;
use crate::text::tool_call::ToolCall;

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions for the whole conversation.
    System,
    /// The user of the chat.
    User,
    /// The model, as assistant.
    Assistant,
    /// A tool that the model called; the message is the result.
    Tool,
}

impl Role {
    /// Name of the role in templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text for the reader.
    Text(String),
    /// Reasoning of the model before its answer.
    Reasoning(String),
    /// An image. No model that Nibble runs takes images yet, so rendering a prompt with one is an error.
    Image {
        /// Address, path or data URL of the image.
        url: String,
    },
}

/// One message of a conversation.
///
/// Its JSON has the form of Hugging Face's templates and OpenAI's API: `role`, `content` as a text or a list of parts,
/// `reasoning_content`, `tool_calls`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Author of the message.
    pub role: Role,
    /// Parts of the message, in order; successive parts of one kind form one text.
    pub parts: Vec<Part>,
    /// Tool calls, in messages of the model.
    pub tool_calls: Vec<ToolCall>,
}

impl Message {
    /// A message of `role` with this text. In a text of the model, reasoning between `<think>` and `</think>` at its beginning
    /// becomes [`Part::Reasoning`].
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        let content = content.into();
        let (reasoning, content) = match role {
            Role::Assistant => split_thinking(&content),
            Role::System | Role::User | Role::Tool => (String::new(), content),
        };
        let reasoning = (!reasoning.is_empty()).then_some(Part::Reasoning(reasoning));
        let content = (!content.is_empty()).then_some(Part::Text(content));
        let parts = reasoning.into_iter().chain(content).collect();
        Self { role, parts, tool_calls: Vec::new() }
    }

    /// Instructions for the whole conversation.
    pub fn system(content: impl Into<String>) -> Self {
        Self::new(Role::System, content)
    }

    /// A message of the user.
    pub fn user(content: impl Into<String>) -> Self {
        Self::new(Role::User, content)
    }

    /// A message of the model; see [`Self::new`] for reasoning in it.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self::new(Role::Assistant, content)
    }

    /// All text parts, concatenated.
    pub fn content(&self) -> String {
        self.joined(|part| match part {
            Part::Text(text) => Some(text),
            Part::Reasoning(_) | Part::Image { .. } => None,
        })
    }

    /// All reasoning parts, concatenated.
    pub fn reasoning(&self) -> String {
        self.joined(|part| match part {
            Part::Reasoning(text) => Some(text),
            Part::Text(_) | Part::Image { .. } => None,
        })
    }

    /// Whether the message is empty.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.tool_calls.is_empty()
    }

    /// Appends a delta of a reply.
    pub fn push(&mut self, delta: Delta) {
        match (delta, self.parts.last_mut()) {
            (Delta::Content(more), Some(Part::Text(text)))
            | (Delta::Reasoning(more), Some(Part::Reasoning(text))) => text.push_str(&more),
            (Delta::Content(text), _) => self.parts.push(Part::Text(text)),
            (Delta::Reasoning(text), _) => self.parts.push(Part::Reasoning(text)),
            (Delta::ToolCall(call), _) => self.tool_calls.push(call),
        }
    }

    fn joined(&self, text_of: impl Fn(&Part) -> Option<&String>) -> String {
        self.parts.iter().filter_map(text_of).map(String::as_str).collect()
    }
}
