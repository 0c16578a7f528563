//! A piece of a reply.

use serde::{Deserialize, Serialize};

use super::tool_call::ToolCall;

/// A piece of a reply, sent while the model generates it. Pieces of one kind that follow each other are one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delta {
    /// More of the answer.
    Content(String),
    /// More of the reasoning that comes before the answer.
    Reasoning(String),
    /// A whole call of a tool.
    ToolCall(ToolCall),
}
