//! Chats as files: written as Markdown and as our own JSON; read from our JSON, Open WebUI's and ChatGPT's.
//!
//! Files come from anywhere, so everything in them is optional, unknown things are passed over, and a message whose
//! parent is missing begins a branch.

mod chatgpt;
mod error;
mod markdown;
mod native;
mod open_webui;
mod portable;
mod tree;

use serde_json::Value;

use crate::state::{Chat, ChatFormat};

pub use error::ReadError;
pub use portable::{PortableChat, PortableMessage};

/// Largest file that is read.
pub const MOST_BYTES: u64 = 512 << 20;

/// Reads an export of any of the programs.
///
/// # Errors
/// [`ReadError`] when the file cannot be read as an export.
pub fn read(bytes: &[u8]) -> Result<Vec<PortableChat>, ReadError> {
    let value: Value = serde_json::from_slice(bytes).map_err(ReadError::NotJson)?;
    let mut chats = if native::is_ours(&value) {
        native::read(value)?
    } else {
        let list = if let Value::Array(list) = value { list } else { vec![value] };
        let first = list.first().ok_or(ReadError::Empty)?;
        if chatgpt::is_one(first) {
            list.iter().map(chatgpt::read).collect()
        } else if open_webui::is_one(first) {
            list.iter().map(open_webui::read).collect()
        } else {
            return Err(ReadError::Unknown);
        }
    };
    chats.retain(|chat: &PortableChat| !chat.messages.is_empty());
    if chats.is_empty() { Err(ReadError::Empty) } else { Ok(chats) }
}

/// A chat as the text of a file.
pub fn write(chat: &Chat, format: ChatFormat) -> String {
    match format {
        ChatFormat::Markdown => markdown::write(chat),
        ChatFormat::Json => native::write(&[PortableChat::of(chat)]),
    }
}
