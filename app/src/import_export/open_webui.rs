//! Exports of Open WebUI: a list of rows, each with a `chat` whose `history` holds the messages by their ids.

use nibble_engine::jobs::Role;
use serde_json::Value;

use super::details;
use super::portable::{PortableChat, PortableMessage};
use super::tree::{Node, in_order, or_picture, role_of, seconds};

pub(super) fn is_one(value: &Value) -> bool {
    let chat = value.get("chat").unwrap_or(value);
    chat["history"]["messages"].is_object() || chat["messages"].is_array()
}

pub(super) fn read(row: &Value) -> PortableChat {
    let chat = row.get("chat").unwrap_or(row);
    let listed = chat["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    // An empty history beside a list is the mark of a conversion, not of an empty chat.
    let history = chat["history"]["messages"].as_object();
    let (messages, shown) = match history.filter(|messages| !messages.is_empty() || listed.is_empty()) {
        Some(messages) => {
            let nodes = messages.iter().map(|(id, message)| Node {
                id,
                parent: message["parentId"].as_str(),
                message: message_of(message),
            });
            in_order(nodes.collect(), chat["history"]["currentId"].as_str())
        }
        None => list(listed),
    };
    let time = |key: &str| match seconds(&row[key]) {
        0 => seconds(&chat["timestamp"]),
        time => time,
    };
    let title = chat["title"].as_str().or(row["title"].as_str()).unwrap_or_default();
    PortableChat {
        title: title.to_owned(),
        created: time("created_at"),
        updated: time("updated_at"),
        pinned: row["pinned"].as_bool().unwrap_or_default(),
        archived: row["archived"].as_bool().unwrap_or_default(),
        folder: String::new(),
        options: None,
        messages,
        shown,
    }
}

/// Old exports, and those made by hand, have only the shown branch.
fn list(rows: &[Value]) -> (Vec<PortableMessage>, Option<usize>) {
    let mut messages: Vec<PortableMessage> = Vec::new();
    for message in rows.iter().filter_map(message_of) {
        let parent = messages.len().checked_sub(1);
        messages.push(PortableMessage { parent, ..message });
    }
    let shown = messages.len().checked_sub(1);
    (messages, shown)
}

fn message_of(message: &Value) -> Option<PortableMessage> {
    let role = role_of(message["role"].as_str())?;
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        // Messages with pictures: their parts that are text.
        Value::Array(parts) => {
            let texts: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            texts.join("\n")
        }
        Value::Null => String::new(),
        _ => return None,
    };
    let is_picture = |part: &Value| matches!(part["type"].as_str(), Some("image" | "image_url"));
    let has_picture = || {
        let lists = [&message["content"], &message["files"]];
        lists.iter().filter_map(|list| list.as_array()).flatten().any(is_picture)
    };
    let text = or_picture(text, role, has_picture);
    let (reasoning, text) =
        if role == Role::Assistant { details::without_reasoning(&text) } else { (String::new(), text) };
    Some(PortableMessage {
        parent: None,
        role,
        text,
        reasoning,
        files: Vec::new(),
        created: seconds(&message["timestamp"]),
        model: message["model"].as_str().unwrap_or_default().to_owned(),
    })
    .filter(|message| !message.text.trim().is_empty() || !message.reasoning.is_empty())
}
