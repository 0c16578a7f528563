//! Our own JSON: `{"format": "nibble-chats", "version": 1, "chats": […]}`.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ReadError;
use super::portable::{PortableChat, PortableMessage};
use crate::state::Chat;

const FORMAT: &str = "nibble-chats";
const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct File<'a> {
    format: &'a str,
    version: u64,
    chats: std::borrow::Cow<'a, [PortableChat]>,
}

pub(super) fn is_ours(value: &Value) -> bool {
    value["format"] == FORMAT
}

/// The chats of a file, each still to be read.
pub(super) fn chats(mut value: Value) -> Result<Vec<Value>, ReadError> {
    let found = value["version"].as_u64().unwrap_or_default();
    if found > VERSION {
        return Err(ReadError::Newer { found, known: VERSION });
    }
    serde_json::from_value(value["chats"].take()).map_err(ReadError::NotJson)
}

pub(super) fn read(chat: Value) -> Result<PortableChat, ReadError> {
    let mut chat: PortableChat = serde_json::from_value(chat).map_err(ReadError::NotJson)?;
    for (at, message) in chat.messages.iter_mut().enumerate() {
        message.parent = message.parent.filter(|parent| *parent < at);
    }
    chat.shown = chat.shown.filter(|shown| *shown < chat.messages.len());
    chat.options = chat.options.take().map(crate::state::ReplyOptions::bounded);
    Ok(chat)
}

pub(super) fn write(chats: &[PortableChat]) -> String {
    let file = File { format: FORMAT, version: VERSION, chats: chats.into() };
    let mut text = serde_json::to_string_pretty(&file).expect("strings and numbers always become JSON");
    text.push('\n');
    text
}

impl PortableChat {
    /// A chat whose messages are read.
    pub fn of(chat: &Chat) -> Self {
        let all = chat.messages.all();
        let places: HashMap<_, _> = all.iter().enumerate().map(|(at, message)| (message.id, at)).collect();
        let place = |id| places.get(&id).copied();
        let messages = all.iter().map(|message| PortableMessage {
            parent: message.parent.and_then(place),
            role: message.role,
            text: message.text.clone(),
            reasoning: message.reasoning.clone(),
            files: message.files.clone(),
            created: message.created,
            model: message.model.clone(),
        });
        Self {
            title: chat.head.title.clone(),
            created: chat.head.created,
            updated: chat.head.updated,
            pinned: chat.head.pinned,
            archived: chat.head.archived,
            folder: chat.head.folder.clone(),
            options: chat.head.options.clone(),
            messages: messages.collect(),
            shown: chat.messages.last().and_then(|last| place(last.id)),
        }
    }
}
