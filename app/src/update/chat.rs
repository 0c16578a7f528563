//! The current chat: sending, asking again, editing, branches; and the replies they lead to.

use nibble_engine::jobs::{ChatRequest, Command as Ask, GenerateOptions, Message, Role};

use crate::command::Command;
use crate::jobs::Lane;
use crate::state::{
    AttachedFile, Chat, ChatId, MessageId, NewMessage, NoticeKind, NoticeTopic, Outcome, Phase, Removed,
    ReplyOptions, State,
};

use super::{Effect, keep, model, reply};

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
    effects.extend(reply(state, chat));
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
            reply(state, chat)
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
    reply(state, chat)
}

/// Has the last reply written on, if the model had more to say.
fn continue_reply(state: &mut State) -> Vec<Effect> {
    let Some(chat) = ready(state).and_then(|id| state.chats.find(id)) else { return Vec::new() };
    let cut = chat.messages.last().is_some_and(|last| last.role == Role::Assistant && last.outcome.is_cut());
    let chat = chat.id();
    if cut { reply(state, chat) } else { Vec::new() }
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

/// Has the engine reply to a chat, after loading the model if it is not in memory. A chat that ends with a reply has that
/// one written on.
pub(super) fn reply(state: &mut State, id: ChatId) -> Vec<Effect> {
    if !state.talk.is_loaded() {
        state.talk.waiting = Some(id);
        return match state.talk.phase {
            Phase::Loading(_) => Vec::new(),
            _ => model::load(state),
        };
    }
    if matches!(state.talk.phase, Phase::Naming { .. }) {
        state.talk.waiting = Some(id);
        return Vec::new();
    }
    let Some(chat) = state.chats.find(id) else { return Vec::new() };
    let Some(last) = chat.messages.last() else { return Vec::new() };
    let request = request_of(state, chat);
    let (last, continues) = (last.id, last.role == Role::Assistant);
    let begun = if continues { resume(state, id, last) } else { begin(state, id, last) };
    let Some(message) = begun else { return Vec::new() };
    state.talk.phase = Phase::Replying { chat: id, message, stopping: false };
    let mut effects = keep::growing(state, id, message);
    effects.push(Effect::Ask(Lane::Talk, Ask::Chat(request)));
    effects
}

fn resume(state: &mut State, chat: ChatId, message: MessageId) -> Option<MessageId> {
    state.chats.find_mut(chat)?.messages.find_mut(message)?.outcome = Outcome::Growing;
    Some(message)
}

fn begin(state: &mut State, chat: ChatId, question: MessageId) -> Option<MessageId> {
    let model = state.talk.model.as_ref().map(|model| model.name.clone()).unwrap_or_default();
    let message = NewMessage {
        parent: Some(question),
        role: Role::Assistant,
        text: String::new(),
        files: Vec::new(),
        outcome: Outcome::Growing,
        model,
    };
    state.chats.push(chat, message, state.clock.unix_secs)
}

/// The conversation as the engine reads it. Replies that broke off before their first word are left out.
pub(super) fn request_of(state: &State, chat: &Chat) -> ChatRequest {
    let replies = chat.head.options.as_ref().unwrap_or(&state.settings.replies);
    let system = replies.system_prompt.trim();
    let system = (!system.is_empty()).then(|| Message { role: Role::System, content: system.to_owned() });
    let said =
        chat.messages.shown().map(|message| Message { role: message.role, content: message.in_prompt() });
    let said = said.filter(|message| !message.content.is_empty());
    ChatRequest {
        messages: system.into_iter().chain(said).collect(),
        options: options_of(state, chat, replies),
    }
}

/// How to choose words. The starter knows its answers by heart and is asked for the likeliest, unless a chat wants
/// otherwise.
fn options_of(state: &State, chat: &Chat, replies: &ReplyOptions) -> GenerateOptions {
    let options = replies.generate_options();
    let is_starter = state.talk.model.as_ref().is_some_and(|model| state.library.is_starter(&model.path));
    let by_heart = is_starter && chat.head.options.is_none();
    if by_heart { GenerateOptions { temperature: 0.0, ..options } } else { options }
}
