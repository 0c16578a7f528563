//! Conversations of other programs: trees whose messages name their parents by text.

use std::collections::HashMap;

use nibble_engine::jobs::Role;
use serde_json::Value;

use super::portable::PortableMessage;
use crate::text::labels;

/// A message of a tree in which others are named by text.
pub(super) struct Node<'a> {
    pub(super) id: &'a str,
    pub(super) parent: Option<&'a str>,
    /// `None` for nodes that are not part of the conversation, such as a tool's output; its children follow its parent.
    pub(super) message: Option<PortableMessage>,
}

/// Puts nodes in an order in which parents come first, and says where the node called `current` went.
pub(super) fn in_order(nodes: Vec<Node<'_>>, current: Option<&str>) -> (Vec<PortableMessage>, Option<usize>) {
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
pub(super) fn seconds(value: &Value) -> i64 {
    const YEAR_5000: f64 = 95_617_584_000.0;
    match value.as_f64() {
        Some(time) if time > YEAR_5000 => (time / 1000.0) as i64,
        Some(time) => time as i64,
        None => 0,
    }
}

/// The text of a message, or, where a person sent nothing but pictures, words that stand for them: without the message, the replies
/// to it would follow each other.
pub(super) fn or_picture(text: String, role: Role, has_picture: impl FnOnce() -> bool) -> String {
    if role == Role::User && text.trim().is_empty() && has_picture() {
        return labels::picture_left_out().to_owned();
    }
    text
}

/// The role that other programs call by this name; `None` for tools and others that take no part in the conversation.
pub(super) fn role_of(name: Option<&str>) -> Option<Role> {
    match name? {
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        "system" => Some(Role::System),
        _ => None,
    }
}
