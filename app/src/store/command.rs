//! What the store is asked for and what it answers.

use std::path::PathBuf;

use nibble_engine::jobs::Delta;

use super::ImportedChat;
use crate::state::{ChatHead, ChatId, ChatMessage, Hit, MessageId};

/// Asked of the store; done in order.
#[derive(Clone, Debug, PartialEq)]
pub enum StoreCommand {
    /// Keep what the list knows of a chat.
    SaveChat(Box<ChatHead>),
    /// Keep a finished message; the reply of this number grows no more.
    SaveMessage(ChatId, Box<ChatMessage>),
    /// Keep a reply that begins to grow.
    Begin(ChatId, Box<ChatMessage>),
    /// Add to a growing reply, or to its reasoning.
    Append(MessageId, Delta),
    /// Remove these messages.
    DeleteMessages(Vec<MessageId>),
    /// Put a chat into the bin, or take it out again.
    SetDeleted(ChatId, bool),
    /// Remove a chat for good.
    Purge(ChatId),
    /// Answer with a chat's messages.
    Read(ChatId),
    /// Answer with the texts of these chats, one for each that says anything.
    ReadTexts(Vec<ChatId>),
    /// Answer with where this is said.
    Search {
        /// What is looked for.
        query: String,
        /// Comes back with the answer.
        round: u64,
    },
    /// Keep chats of another program.
    Import(Vec<ImportedChat>),
}

/// What the store tells.
#[derive(Clone, Debug, PartialEq)]
pub enum StoreEvent {
    /// It is open.
    Opened {
        /// All chats of the store.
        chats: Vec<ChatHead>,
        /// The largest number that was given to a chat or a message.
        newest: u64,
        /// Where a file that could not be read lies now, and what was wrong with it.
        set_aside: Option<(PathBuf, String)>,
    },
    /// A chat's messages.
    Messages(ChatId, Vec<ChatMessage>),
    /// Texts of chats.
    Texts(Vec<String>),
    /// What a search found.
    Found {
        /// Number of the search.
        round: u64,
        /// Where, best first.
        hits: Vec<Hit>,
    },
    /// It could not be opened; nothing will be kept.
    NotOpened {
        /// Why it failed, in the store's words.
        reason: String,
    },
    /// Something could not be written or read.
    Failed {
        /// Why it failed, in the store's words.
        reason: String,
    },
}
