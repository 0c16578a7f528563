//! Commands of the current chat: sending, replies, versions of messages, attached files.

use std::path::PathBuf;

use crate::base::MessageId;

/// A command about the current chat.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatCommand {
    /// Send a message.
    Send(String),
    /// Generate another reply in place of the last one.
    Regenerate,
    /// Generate another version of this reply.
    ReplyAgain(MessageId),
    /// Continue the last reply, which was cut off.
    Continue,
    /// Send another version of this message of the user.
    Edit(MessageId, String),
    /// Show this version of a message and what follows from it.
    ShowVersion(MessageId),
    /// Delete a message and what follows from it.
    DeleteMessage(MessageId),
    /// Stop the running reply, or take back the one that waits for the model.
    StopReply,
    /// Show the dialog that chooses a text file to attach.
    ChooseAttachment,
    /// Attach this text file to the next message; a folder or model is opened instead.
    Attach(PathBuf),
    /// Remove the attached file at this index from the next message.
    Detach(usize),
}
