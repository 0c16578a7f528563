//! Events of the store: chats and messages that were read, search results, failures.

use crate::state::{
    Chat, ChatHead, ChatId, ChatMessage, Conversation, Keeping, NoticeKind, NoticeTopic, Reading, State,
};
use crate::store::StoreEvent;

use super::effect::Effect;
use super::{import_export, quantize};

/// Takes in what the store told.
pub(super) fn absorb(state: &mut State, event: StoreEvent) -> Vec<Effect> {
    match event {
        StoreEvent::Opened { chats, newest, set_aside } => {
            state.chats.count_from(newest);
            state.keeping = Keeping::OnDisk;
            take_list(state, chats);
            if let Some((kept_as, reason)) = set_aside {
                let topic = NoticeTopic::ChatsSetAside { kept_as, reason };
                state.notices.show(NoticeKind::Problem, topic, None);
            }
            Vec::new()
        }
        StoreEvent::Messages(id, messages) => take_messages(state, id, messages),
        StoreEvent::Texts(texts) => quantize::gathered(state, texts),
        StoreEvent::Found { round, hits } => {
            if state.search.round == round {
                state.search.hits = hits;
                state.search.waiting = false;
            }
            Vec::new()
        }
        StoreEvent::NotOpened { reason } => {
            state.keeping = Keeping::InMemory;
            let topic = NoticeTopic::ChatsNotKept { reason };
            state.notices.show(NoticeKind::Problem, topic, None);
            Vec::new()
        }
        StoreEvent::Failed { reason } => {
            state.search.waiting = false;
            // What failed may have been a read: opening the chat again asks again.
            state.chats.forget_asked();
            state.exporting = None;
            state.quantize.gathering = None;
            let topic = NoticeTopic::ChatsNotSaved { reason };
            state.notices.show(NoticeKind::Problem, topic, None);
            Vec::new()
        }
    }
}

/// Adds the chats of the store to those begun since the start.
fn take_list(state: &mut State, heads: Vec<ChatHead>) {
    state.chats.add(heads.into_iter().map(Chat::stored));
}

fn take_messages(state: &mut State, id: ChatId, messages: Vec<ChatMessage>) -> Vec<Effect> {
    let sought = state.sought;
    let Some(chat) = state.chats.reach_mut(id).filter(|chat| chat.reading == Reading::Asked) else {
        return Vec::new();
    };
    chat.messages = Conversation::new(messages, chat.head.leaf);
    chat.reading = Reading::Read;
    if let Some(sought) = sought {
        chat.seek(sought);
    }
    chat.note_leaf();
    match state.exporting.take_if(|(chat, _)| *chat == id) {
        Some((_, format)) => import_export::export(state, id, format),
        None => Vec::new(),
    }
}
