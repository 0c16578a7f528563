//! A delta of a reply, for streaming.

use serde::{Deserialize, Serialize};

use super::tool_call::ToolCall;

/// A part of a reply, sent while the model generates it. Successive deltas of one kind form one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delta {
    /// More of the answer.
    Content(String),
    /// More of the reasoning that comes before the answer.
    Reasoning(String),
    /// A complete tool call.
    ToolCall(ToolCall),
}
