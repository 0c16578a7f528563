//! Chats as files: written as Markdown and as our own JSON; read from our JSON, Open WebUI's and ChatGPT's.
//!
//! Files come from anywhere, so everything in them is optional, unknown things are passed over, and a message whose
//! parent is missing begins a branch.

mod chatgpt;
mod details;
mod error;
mod markdown;
mod native;
mod open_webui;
mod portable;
mod tree;

use nibble_engine::base::json;
use serde_json::Value;

use crate::state::{Chat, ChatFormat};

pub use error::ReadError;
pub use portable::{PortableChat, PortableMessage};

/// Largest file that is read.
pub const MOST_BYTES: u64 = 512 << 20;

/// Chats of an export, and those of it that could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Export {
    /// The chats that have messages.
    pub chats: Vec<PortableChat>,
    /// Number in the file, from 1, and title of each chat that could not be read.
    pub left_out: Vec<String>,
}

/// Reads the chats of an export of any of the programs; those that cannot be read are passed over.
///
/// # Errors
/// [`ReadError`] when the file cannot be read as an export.
pub fn read(bytes: &[u8]) -> Result<Vec<PortableChat>, ReadError> {
    Ok(read_export(bytes)?.chats)
}

/// Reads an export of any of the programs; each chat is judged by itself, also in a file of several programs' chats.
///
/// # Errors
/// [`ReadError`] when nothing in the file can be read.
pub fn read_export(bytes: &[u8]) -> Result<Export, ReadError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(ReadError::Zip);
    }
    let value: Value = json::from_slice(bytes).map_err(ReadError::NotJson)?;
    let (list, is_ours) = if native::is_ours(&value) {
        (native::chats(value)?, true)
    } else {
        (if let Value::Array(list) = value { list } else { vec![value] }, false)
    };
    if list.is_empty() {
        return Err(ReadError::Empty);
    }
    let (mut export, mut fault) = (Export::default(), None);
    for (at, entry) in list.into_iter().enumerate() {
        let title = title_of(&entry).to_owned();
        match read_one(entry, is_ours) {
            Ok(chat) => export.chats.push(chat),
            Err(error) => {
                fault = fault.or(Some(error));
                export.left_out.push(format!("{}. {title}", at + 1).trim_end().to_owned());
            }
        }
    }
    if let (true, Some(fault)) = (export.chats.is_empty(), fault) {
        return Err(fault);
    }
    export.chats.retain(|chat| !chat.messages.is_empty());
    if export.chats.is_empty() { Err(ReadError::Empty) } else { Ok(export) }
}

/// Reads one chat of an export, by the program that its form tells of.
fn read_one(entry: Value, is_ours: bool) -> Result<PortableChat, ReadError> {
    if is_ours {
        native::read(entry)
    } else if chatgpt::is_one(&entry) {
        Ok(chatgpt::read(&entry))
    } else if open_webui::is_one(&entry) {
        Ok(open_webui::read(&entry))
    } else {
        Err(ReadError::Unknown)
    }
}

/// Title of a chat, whatever its form.
fn title_of(entry: &Value) -> &str {
    entry["title"].as_str().or(entry["chat"]["title"].as_str()).unwrap_or_default()
}

/// A chat as the text of a file.
pub fn write(chat: &Chat, format: ChatFormat) -> String {
    match format {
        ChatFormat::Markdown => markdown::write(chat),
        ChatFormat::Json => native::write(&[PortableChat::of(chat)]),
    }
}
