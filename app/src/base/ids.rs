//! Ids of chats, messages, downloads, notices and removed items.

use serde::{Deserialize, Serialize};

/// Identifies a chat; later chats have larger numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChatId(pub u64);

/// Identifies a message among the messages of all chats; later messages have larger numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId(pub u64);

/// Identifies a download in the queue of one run of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DownloadId(pub u64);

/// Identifies a notice, so that it can be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NoticeId(pub u64);

/// Identifies a removed chat or removed messages, so that they can be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RemovedId(pub u64);
