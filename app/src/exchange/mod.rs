//! Chats as files: written as Markdown and as our own JSON; read from our JSON, Open WebUI's and ChatGPT's.
//!
//! Files come from anywhere, so everything in them is optional, unknown things are passed over, and a message whose
//! parent is missing begins a branch.

mod chatgpt;
mod markdown;
mod native;
mod open_webui;

use nibble_engine::jobs::Role;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::state::{AttachedFile, Chat, ChatFormat, ReplyOptions};

/// Largest file that is read.
pub const MOST_BYTES: u64 = 512 << 20;

/// A chat that belongs to no store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortableChat {
    /// Its name.
    pub title: String,
    /// When it was begun, in seconds of Unix time.
    pub created: i64,
    /// When something was last said, in seconds of Unix time.
    pub updated: i64,
    /// Whether it stands above the others.
    pub pinned: bool,
    /// Whether it is out of the way.
    pub archived: bool,
    /// The folder it lies in; none if empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// How replies are made in it, if not as in all chats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<ReplyOptions>,
    /// All branches; parents before their children.
    pub messages: Vec<PortableMessage>,
    /// The place in `messages` of the last message shown.
    pub shown: Option<usize>,
}

/// One message of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortableMessage {
    /// The place in `messages` of what it follows.
    pub parent: Option<usize>,
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
    /// Text files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachedFile>,
    /// When, in seconds of Unix time.
    #[serde(default)]
    pub created: i64,
    /// The model that wrote it.
    #[serde(default)]
    pub model: String,
}

/// Why a file is not an export of chats.
#[derive(Debug, Error)]
pub enum ReadError {
    /// No JSON.
    #[error("this is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON of something else.
    #[error("this is no export of Nibble, Open WebUI or ChatGPT")]
    Unknown,
    /// Our own format of a later version.
    #[error("this export has version {found}, and this program reads up to {known}")]
    Newer {
        /// Its version.
        found: u64,
        /// The latest this program knows.
        known: u64,
    },
    /// The right program's export, but nothing in it.
    #[error("there are no chats in this export")]
    Empty,
}

/// Reads an export of any of the programs.
///
/// # Errors
/// [`ReadError`], when there is nothing to be had from it.
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

/// A message of a tree in which others are named by text.
struct Node<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    /// `None` for what is no part of the conversation, such as a tool's output; its children follow its parent.
    message: Option<PortableMessage>,
}

/// Puts nodes in an order in which parents come first, and says where the node called `current` went.
fn in_order(nodes: Vec<Node<'_>>, current: Option<&str>) -> (Vec<PortableMessage>, Option<usize>) {
    use std::collections::HashMap;
    let places: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
    let parents: Vec<Option<usize>> =
        nodes.iter().map(|node| node.parent.and_then(|id| places.get(id).copied())).collect();
    let current = current.and_then(|id| places.get(id).copied());
    let mut messages = Vec::new();
    // Where each node went: nowhere yet, or behind this message.
    let mut went: Vec<Option<Option<usize>>> = vec![None; nodes.len()];
    let mut nodes: Vec<_> = nodes.into_iter().map(|node| node.message).collect();
    for start in 0..nodes.len() {
        let mut open = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next.filter(|at| went[*at].is_none()) {
            // Seen from now on, so that a circle ends where it began.
            went[at] = Some(None);
            open.push(at);
            next = parents[at];
        }
        for at in open.into_iter().rev() {
            let before = parents[at].and_then(|parent| went[parent]).flatten();
            went[at] = Some(match nodes[at].take() {
                Some(message) => {
                    messages.push(PortableMessage { parent: before, ..message });
                    Some(messages.len() - 1)
                }
                None => before,
            });
        }
    }
    let shown = current.and_then(|at| went[at]).flatten();
    (messages, shown)
}

/// Seconds of Unix time from a number that may be in seconds or, if absurdly large, milliseconds.
fn seconds(value: &Value) -> i64 {
    const YEAR_5000: f64 = 95_617_584_000.0;
    match value.as_f64() {
        Some(time) if time > YEAR_5000 => (time / 1000.0) as i64,
        Some(time) => time as i64,
        None => 0,
    }
}

fn role_of(name: Option<&str>) -> Option<Role> {
    match name? {
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        "system" => Some(Role::System),
        _ => None,
    }
}
