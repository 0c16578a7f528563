//! Effects that keep the store up to date after a change; none for chats that are never stored.

use crate::state::{Chat, ChatId, MessageId, Reading, State};
use crate::store::StoreCommand;

use super::effect::Effect;

/// Reads a chat's messages from the store, if they are not in memory.
pub(super) fn read(chat: &mut Chat) -> Vec<Effect> {
    if chat.reading != Reading::Unread {
        return Vec::new();
    }
    chat.reading = Reading::Asked;
    vec![Effect::Store(StoreCommand::Read(chat.id()))]
}

/// Keeps what the list knows of a chat, if there is anything to keep.
pub(super) fn head(state: &State, id: ChatId) -> Option<Effect> {
    let chat = stored(state, id)?;
    let worth_it = !chat.is_empty() || !chat.head.draft.is_empty();
    worth_it.then(|| Effect::Store(StoreCommand::SaveChat(Box::new(chat.head.clone()))))
}

/// Keeps a finished message, and that its chat ends with it.
pub(super) fn message(state: &State, id: ChatId, message: MessageId) -> Vec<Effect> {
    let saved = stored(state, id)
        .and_then(|chat| chat.messages.find(message))
        .map(|message| Effect::Store(StoreCommand::SaveMessage(id, Box::new(message.clone()))));
    head(state, id).into_iter().chain(saved).collect()
}

/// Keeps a reply that begins to grow.
pub(super) fn growing(state: &State, id: ChatId, message: MessageId) -> Vec<Effect> {
    let begun = stored(state, id)
        .and_then(|chat| chat.messages.find(message))
        .map(|message| Effect::Store(StoreCommand::Begin(id, Box::new(message.clone()))));
    head(state, id).into_iter().chain(begun).collect()
}

/// Removes messages, and keeps how their chat ends now.
pub(super) fn without(state: &State, id: ChatId, messages: Vec<MessageId>) -> Vec<Effect> {
    let deleted = stored(state, id).map(|_| Effect::Store(StoreCommand::DeleteMessages(messages)));
    head(state, id).into_iter().chain(deleted).collect()
}

/// The chat, if it is one that is stored; a deleted one is until it is gone for good.
fn stored(state: &State, id: ChatId) -> Option<&Chat> {
    state.chats.reach(id).filter(|chat| !chat.temporary)
}
