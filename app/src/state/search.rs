//! What a person looks for in all chats, and where it was found.

use super::{ChatId, MessageId};

/// A message that holds what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Chat of the hit.
    pub chat: ChatId,
    /// Message of the hit.
    pub message: MessageId,
    /// A few words around the place.
    pub excerpt: String,
}

/// A search over all chats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What is looked for; nothing if blank.
    pub query: String,
    /// Where it was found, best first, one per chat.
    pub hits: Vec<Hit>,
    /// Tells answers to this question from those to earlier ones.
    pub round: u64,
    /// Whether the search is still running.
    pub waiting: bool,
}

impl Search {
    /// Whether something is looked for.
    pub fn is_active(&self) -> bool {
        !self.query.trim().is_empty()
    }
}
