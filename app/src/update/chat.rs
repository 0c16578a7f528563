//! The current chat: sending, asking again, editing, branches.

use nibble_engine::jobs::Role;

use crate::command::Command;
use crate::state::{
    AttachedFile, ChatId, MessageId, NewMessage, NoticeKind, NoticeTopic, Outcome, Removed, State,
};

use super::effect::Effect;
use super::{ask, keep, reply};

/// Does what the person asked for in the current chat.
pub(super) fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::Send(text) => send(state, &text),
        Command::Regenerate => regenerate(state),
        Command::ReplyAgain(id) => reply_again(state, id),
        Command::Continue => continue_reply(state),
        Command::Edit(id, text) => edit(state, id, &text),
        Command::ShowVersion(id) => show_version(state, id),
        Command::DeleteMessage(id) => delete(state, id),
        Command::StopReply => reply::stop(state),
        _ => Vec::new(),
    }
}

/// Adds the person's message and asks for a reply.
fn send(state: &mut State, text: &str) -> Vec<Effect> {
    let now = state.clock.unix_secs;
    if state.chats.current.is_none() {
        state.chats.start(false, now);
    }
    let Some(id) = ready(state) else { return Vec::new() };
    let Some(chat) = state.chats.find_mut(id) else { return Vec::new() };
    if text.trim().is_empty() && chat.pending.is_empty() {
        return Vec::new();
    }
    chat.head.draft.clear();
    let files = std::mem::take(&mut chat.pending).into_iter().map(|pending| pending.file).collect();
    let parent = chat.messages.last().map(|last| last.id);
    state.notices.clear_good();
    say(state, id, parent, text, files)
}

/// Adds another version of a message of the person and asks for a reply to it.
fn edit(state: &mut State, id: MessageId, text: &str) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find(id)) else { return Vec::new() };
    match chat.messages.find(id) {
        Some(old) if old.role == Role::User && !text.trim().is_empty() && old.text != text.trim() => {
            let (chat, parent, files) = (chat.id(), old.parent, old.files.clone());
            say(state, chat, parent, text, files)
        }
        _ => Vec::new(),
    }
}

fn say(
    state: &mut State,
    chat: ChatId,
    parent: Option<MessageId>,
    text: &str,
    files: Vec<AttachedFile>,
) -> Vec<Effect> {
    let message = NewMessage {
        parent,
        role: Role::User,
        text: text.trim().to_owned(),
        files,
        outcome: Outcome::Written,
        model: String::new(),
    };
    let Some(message) = state.chats.push(chat, message, state.clock.unix_secs) else { return Vec::new() };
    let mut effects = keep::message(state, chat, message);
    effects.extend(ask::reply(state, chat));
    effects
}

/// Asks for another version of the last reply, or for a first one where there is none.
fn regenerate(state: &mut State) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find(id)) else { return Vec::new() };
    match chat.messages.last() {
        Some(last) if last.role == Role::Assistant => {
            let last = last.id;
            reply_again(state, last)
        }
        Some(last) if last.role == Role::User => {
            let chat = chat.id();
            ask::reply(state, chat)
        }
        _ => Vec::new(),
    }
}

fn reply_again(state: &mut State, id: MessageId) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find_mut(id)) else { return Vec::new() };
    let answered = chat.messages.find(id).filter(|reply| reply.role == Role::Assistant);
    let Some(question) = answered.and_then(|reply| reply.parent) else { return Vec::new() };
    chat.messages.end_at(question);
    let chat = chat.id();
    ask::reply(state, chat)
}

/// Has the last reply written on, if the model had more to say.
fn continue_reply(state: &mut State) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find(id)) else { return Vec::new() };
    let cut = chat.messages.last().is_some_and(|last| last.role == Role::Assistant && last.outcome.is_cut());
    let chat = chat.id();
    if cut { ask::reply(state, chat) } else { Vec::new() }
}

fn show_version(state: &mut State, id: MessageId) -> Vec<Effect> {
    let Some(chat) = state.chats.current.filter(|chat| !state.talk.is_busy_with(*chat)) else {
        return Vec::new();
    };
    let Some(found) = state.chats.find_mut(chat) else { return Vec::new() };
    found.messages.show(id);
    found.note_leaf();
    keep::head(state, chat).into_iter().collect()
}

fn delete(state: &mut State, id: MessageId) -> Vec<Effect> {
    let Some(chat) = state.chats.current.filter(|chat| !state.talk.is_busy_with(*chat)) else {
        return Vec::new();
    };
    let Some(found) = state.chats.find_mut(chat) else { return Vec::new() };
    let leaf = found.head.leaf;
    let removed = found.messages.remove(id);
    if removed.is_empty() {
        return Vec::new();
    }
    found.note_leaf();
    let ids = removed.iter().map(|message| message.id).collect();
    let count = removed.len();
    let removed = state.chats.throw_away(Removed::Messages(chat, removed, leaf));
    let topic = NoticeTopic::MessagesDeleted { removed, count };
    state.notices.show(NoticeKind::Good, topic, Some(Command::BringBack(removed)));
    keep::without(state, chat, ids)
}

/// The current chat, if a reply can be asked for in it.
fn ready(state: &State) -> Option<ChatId> {
    let idle = state.talk.waiting.is_none() && !state.talk.is_replying();
    let chat = state.chats.current().filter(|chat| chat.is_read())?;
    (idle && state.talk.model.is_some()).then(|| chat.id())
}
