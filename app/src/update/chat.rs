//! The current chat: sending, asking again, editing, branches.

use nibble_engine::jobs::Role;

use crate::command::{ChatCommand, ChatsCommand};
use crate::jobs::Task;
use crate::state::{
    AttachedFile, ChatId, MessageId, NewMessage, NoticeKind, NoticeTopic, Outcome, RemovedItem, State,
};

use super::effect::Effect;
use super::{attach, model, reply, reply_request, stored};

/// Does what the person asked for in the current chat.
pub(super) fn apply(state: &mut State, command: ChatCommand) -> Vec<Effect> {
    match command {
        ChatCommand::Send(text) => send(state, &text),
        ChatCommand::Regenerate => regenerate(state),
        ChatCommand::ReplyAgain(id) => reply_again(state, id),
        ChatCommand::Continue => continue_reply(state),
        ChatCommand::Edit(id, text) => edit(state, id, &text),
        ChatCommand::ShowVersion(id) => show_version(state, id),
        ChatCommand::DeleteMessage(id) => delete(state, id),
        ChatCommand::StopReply => reply::stop(state),
        ChatCommand::ChooseAttachment => vec![Effect::Task(Task::PickAttachment)],
        ChatCommand::Attach(path) => attach::read(state, path),
        ChatCommand::Detach(index) => attach::detach(state, index),
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
    let Some(old) = chat.messages.find(id) else { return Vec::new() };
    if old.role != Role::User || text.trim().is_empty() || old.text == text.trim() {
        return Vec::new();
    }
    let (chat, parent, files) = (chat.id(), old.parent, old.files.clone());
    say(state, chat, parent, text, files)
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
    let mut effects = stored::message(state, chat, message);
    effects.extend(request_reply(state, chat));
    effects
}

/// Asks for another version of the last reply, or for a first one where there is none.
fn regenerate(state: &mut State) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find(id)) else { return Vec::new() };
    let Some(last) = chat.messages.last() else { return Vec::new() };
    let (chat, id) = (chat.id(), last.id);
    match last.role {
        Role::Assistant => reply_again(state, id),
        Role::User | Role::Tool => request_reply(state, chat),
        Role::System => Vec::new(),
    }
}

fn reply_again(state: &mut State, id: MessageId) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find_mut(id)) else { return Vec::new() };
    let answered = chat.messages.find(id).filter(|reply| reply.role == Role::Assistant);
    let Some(question) = answered.and_then(|reply| reply.parent) else { return Vec::new() };
    chat.messages.end_at(question);
    let chat = chat.id();
    request_reply(state, chat)
}

/// Has the last reply written on, if the model had more to say.
fn continue_reply(state: &mut State) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find(id)) else { return Vec::new() };
    let cut = chat.messages.last().is_some_and(|last| last.role == Role::Assistant && last.outcome.is_cut());
    let chat = chat.id();
    if cut { request_reply(state, chat) } else { Vec::new() }
}

fn show_version(state: &mut State, id: MessageId) -> Vec<Effect> {
    let Some(chat) = state.chats.current.filter(|chat| !state.is_busy_with(*chat)) else {
        return Vec::new();
    };
    let Some(found) = state.chats.find_mut(chat) else { return Vec::new() };
    found.messages.show(id);
    found.note_leaf();
    stored::head(state, chat).into_iter().collect()
}

fn delete(state: &mut State, id: MessageId) -> Vec<Effect> {
    let Some(chat) = state.chats.current.filter(|chat| !state.is_busy_with(*chat)) else {
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
    let removed = state.chats.throw_away(RemovedItem::Messages(chat, removed, leaf));
    let topic = NoticeTopic::MessagesDeleted { removed, count };
    state.notices.show(NoticeKind::Good, topic, Some(ChatsCommand::Restore(removed).into()));
    stored::without(state, chat, ids)
}

/// Requests a reply to a chat of the model that replied in it before.
fn request_reply(state: &mut State, chat: ChatId) -> Vec<Effect> {
    let mut effects = model::restore(state, chat);
    effects.extend(reply_request::request_reply(state, chat));
    effects
}

/// The current chat, if a reply can be asked for in it.
fn ready(state: &State) -> Option<ChatId> {
    let chat = state.chats.current().filter(|chat| chat.is_read())?;
    (!state.is_replying() && state.engine.model.is_some()).then(|| chat.id())
}
