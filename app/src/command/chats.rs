//! Commands of the list of chats: opening, naming, sorting, deleting, searching, importing and exporting.

use std::path::PathBuf;

use crate::base::{ChatFormat, ChatId, MessageId, RemovedId, ReplyOptions};

/// A command about the list of chats.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatsCommand {
    /// Start an empty chat.
    New,
    /// Start a chat that is never stored.
    NewTemporary,
    /// Show a chat.
    Open(ChatId),
    /// Show a message that a search found.
    OpenHit(ChatId, MessageId),
    /// Note that the message that was searched for has been scrolled into view.
    Arrived,
    /// Delete a chat.
    Delete(ChatId),
    /// Restore something deleted.
    Restore(RemovedId),
    /// Give a chat a title.
    Rename(ChatId, String),
    /// Pin a chat above the others, or unpin it.
    Pin(ChatId, bool),
    /// Archive a chat, or take it out of the archive.
    Archive(ChatId, bool),
    /// Move a chat into the folder of this name; out of any folder if it is empty.
    Move(ChatId, String),
    /// Save what was typed and not sent.
    SaveDraft(ChatId, String),
    /// Set the options of replies of one chat; those of all chats if `None`.
    SetReplies(ChatId, Option<ReplyOptions>),
    /// Search all chats for this text.
    Search(String),
    /// Show the dialog that says where to write a chat.
    Export(ChatId, ChatFormat),
    /// Show the dialog that chooses an export to import.
    ChooseImport,
    /// Import chats from this file, an export of Nibble or of another program.
    Import(PathBuf),
}
