//! ChatGPT's `conversations.json`: a list of conversations, each a `mapping` of nodes and the `current_node`.

use nibble_engine::jobs::Role;
use serde_json::Value;

use super::portable::{PortableChat, PortableMessage};
use super::tree::{Node, in_order, or_picture, role_of, seconds};

pub(super) fn is_one(value: &Value) -> bool {
    value["mapping"].is_object()
}

pub(super) fn read(conversation: &Value) -> PortableChat {
    let nodes = conversation["mapping"].as_object().into_iter().flatten().map(|(id, node)| Node {
        id,
        parent: node["parent"].as_str(),
        message: message_of(&node["message"]),
    });
    let (messages, shown) = in_order(nodes.collect(), conversation["current_node"].as_str());
    PortableChat {
        title: conversation["title"].as_str().unwrap_or_default().to_owned(),
        created: seconds(&conversation["create_time"]),
        updated: seconds(&conversation["update_time"]),
        pinned: conversation["is_starred"].as_bool().unwrap_or_default(),
        archived: conversation["is_archived"].as_bool().unwrap_or_default(),
        folder: String::new(),
        options: None,
        messages,
        shown,
    }
}

/// What was said; hidden system messages, tools and what the model told tools are no part of the conversation.
fn message_of(message: &Value) -> Option<PortableMessage> {
    let metadata = &message["metadata"];
    let role = role_of(message["author"]["role"].as_str()).filter(|role| *role != Role::System)?;
    let to_everyone = message["recipient"].as_str().is_none_or(|recipient| recipient == "all");
    if !to_everyone || metadata["is_visually_hidden_from_conversation"] == true {
        return None;
    }
    let content = &message["content"];
    let text = match content["content_type"].as_str() {
        Some("text" | "multimodal_text") => {
            let parts = content["parts"].as_array().into_iter().flatten();
            let text = parts.filter_map(text_of).collect::<Vec<_>>().join("\n");
            let has_picture = || content["parts"].to_string().contains("image_asset_pointer");
            or_picture(text, role, has_picture)
        }
        Some("code") => {
            let language = content["language"].as_str().filter(|name| *name != "unknown").unwrap_or_default();
            format!("```{language}\n{}\n```", content["text"].as_str()?)
        }
        _ => return None,
    };
    Some(PortableMessage {
        parent: None,
        role,
        text,
        reasoning: String::new(),
        files: Vec::new(),
        created: seconds(&message["create_time"]),
        model: metadata["model_slug"].as_str().unwrap_or_default().to_owned(),
    })
    .filter(|message| !message.text.trim().is_empty())
}

/// A part that is text, or the words of a part that was spoken.
fn text_of(part: &Value) -> Option<&str> {
    part.as_str().or_else(|| part["text"].as_str())
}
