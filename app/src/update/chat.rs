//! Chats: sending, replies that grow, and every way a reply can end.

use nibble_engine::jobs::{ChatRequest, Command as Ask, Event, Failure, GenerateOptions, Message, Role};

use crate::command::Command;
use crate::jobs::Lane;
use crate::state::{Chat, ChatId, NoticeKind, NoticeTopic, Outcome, Phase, Screen, Settings, State};

use super::{Effect, model};

/// Does what the person asked for in the chats.
pub(super) fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::NewChat => {
            state.chats.start();
            state.screen = Screen::Chat;
            Vec::new()
        }
        Command::OpenChat(id) => {
            if state.chats.find(id).is_some() {
                state.chats.current = Some(id);
                state.screen = Screen::Chat;
            }
            Vec::new()
        }
        Command::DeleteChat(id) => delete(state, id),
        Command::RenameChat(id, title) => {
            if let Some(chat) = state.chats.find_mut(id)
                && !title.trim().is_empty()
            {
                title.trim().clone_into(&mut chat.title);
            }
            Vec::new()
        }
        Command::KeepDraft(id, draft) => {
            if let Some(chat) = state.chats.find_mut(id) {
                chat.draft = draft;
            }
            Vec::new()
        }
        Command::Send(text) => send(state, &text),
        Command::Regenerate => regenerate(state),
        Command::StopReply => stop(state),
        _ => Vec::new(),
    }
}

/// Adds the person's message and asks for a reply.
fn send(state: &mut State, text: &str) -> Vec<Effect> {
    let idle = state.talk.waiting.is_none() && !state.talk.is_replying();
    if text.trim().is_empty() || !idle || state.talk.model.is_none() {
        return Vec::new();
    }
    state.notices.clear_good();
    let chat = state.chats.current.unwrap_or_else(|| state.chats.start());
    state.chats.push(chat, Role::User, text.trim().to_owned(), Outcome::Written);
    if let Some(chat) = state.chats.find_mut(chat) {
        chat.draft.clear();
    }
    reply(state, chat)
}

/// Has the engine reply to a chat, after loading the model if it is not in memory.
pub(super) fn reply(state: &mut State, chat: ChatId) -> Vec<Effect> {
    if !state.talk.is_loaded() {
        state.talk.waiting = Some(chat);
        return match state.talk.phase {
            Phase::Loading(_) => Vec::new(),
            _ => model::load(state),
        };
    }
    let Some(messages) = state.chats.find(chat).map(|chat| messages_of(chat, &state.settings)) else {
        return Vec::new();
    };
    let Some(message) = state.chats.push(chat, Role::Assistant, String::new(), Outcome::Growing) else {
        return Vec::new();
    };
    state.talk.phase = Phase::Replying { chat, message, stopping: false };
    let options = GenerateOptions {
        temperature: temperature(state),
        max_tokens: state.settings.max_tokens,
        ..GenerateOptions::default()
    };
    vec![Effect::Ask(Lane::Talk, Ask::Chat(ChatRequest { messages, options }))]
}

/// The chosen temperature; the starter knows its answers by heart and is asked for the likeliest.
fn temperature(state: &State) -> f32 {
    let is_starter = state.talk.model.as_ref().is_some_and(|model| state.library.is_starter(&model.path));
    if is_starter { 0.0 } else { state.settings.temperature }
}

/// The conversation as the engine reads it. Replies that broke off before their first word are left out.
fn messages_of(chat: &Chat, settings: &Settings) -> Vec<Message> {
    let system = settings.system_prompt.trim();
    let system = (!system.is_empty()).then(|| Message { role: Role::System, content: system.to_owned() });
    let said = chat.messages.iter().filter(|message| !message.text.is_empty());
    let said = said.map(|message| Message { role: message.role, content: message.text.clone() });
    system.into_iter().chain(said).collect()
}

/// Drops the last reply of the current chat and asks for another.
fn regenerate(state: &mut State) -> Vec<Effect> {
    let idle = state.talk.waiting.is_none() && !state.talk.is_replying();
    let Some(id) = state.chats.current.filter(|_| idle && state.talk.model.is_some()) else {
        return Vec::new();
    };
    let Some(chat) = state.chats.find_mut(id) else { return Vec::new() };
    chat.messages.pop_if(|message| message.role == Role::Assistant);
    if chat.messages.last().is_none_or(|message| message.role != Role::User) {
        return Vec::new();
    }
    reply(state, id)
}

/// Asks the running reply to stop, or takes back one that waits for the model.
fn stop(state: &mut State) -> Vec<Effect> {
    if state.talk.waiting.take().is_some() {
        return Vec::new();
    }
    match &mut state.talk.phase {
        Phase::Replying { stopping, .. } if !*stopping => {
            *stopping = true;
            vec![Effect::Cancel(Lane::Talk)]
        }
        _ => Vec::new(),
    }
}

/// Ends the running reply here and now, because another model takes over; what it still says is not heard.
pub(super) fn stop_for_good(state: &mut State) -> Vec<Effect> {
    state.talk.waiting = None;
    let was_busy = state.talk.phase != Phase::Idle;
    end_reply(state, Outcome::Stopped);
    state.talk.phase = Phase::Idle;
    if was_busy { vec![Effect::Cancel(Lane::Talk)] } else { Vec::new() }
}

fn delete(state: &mut State, id: ChatId) -> Vec<Effect> {
    let effects = match state.talk.phase {
        Phase::Replying { chat, .. } if chat == id => stop(state),
        _ => Vec::new(),
    };
    if state.talk.waiting == Some(id) {
        state.talk.waiting = None;
    }
    state.chats.remove(id);
    if state.chats.current.is_none() && state.screen == Screen::Chat {
        state.chats.start();
    }
    effects
}

/// Takes in how the reply goes.
pub(super) fn absorb(state: &mut State, event: Event) -> Vec<Effect> {
    let Phase::Replying { chat, message, .. } = state.talk.phase else { return Vec::new() };
    match event {
        Event::Text(piece) => {
            if let Some(message) = state.chats.find_mut(chat).and_then(|chat| chat.message_mut(message)) {
                message.text.push_str(&piece);
            }
        }
        Event::Replied(report) => end_reply(state, Outcome::Replied(report)),
        Event::Cancelled => end_reply(state, Outcome::Stopped),
        _ => {}
    }
    Vec::new()
}

/// The reply failed; what was said so far stays.
pub(super) fn fail(state: &mut State, failure: Failure) -> Vec<Effect> {
    if state.talk.is_replying() {
        end_reply(state, Outcome::Broken);
        let topic = NoticeTopic::CannotReply(failure);
        state.notices.show(NoticeKind::Problem, topic, Some(Command::Regenerate));
    }
    Vec::new()
}

/// The process that chatted is gone, and the model with it; what was said so far stays.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    let was_loading = matches!(state.talk.phase, Phase::Loading(_));
    end_reply(state, Outcome::Broken);
    state.talk.phase = Phase::Idle;
    state.talk.waiting = None;
    if let Some(model) = &mut state.talk.model {
        model.loaded = None;
    }
    let step = if was_loading { Command::Show(Screen::Models) } else { Command::Regenerate };
    state.notices.show(NoticeKind::Problem, topic, Some(step));
}

/// Writes down how the running reply ended; an empty one leaves no trace.
fn end_reply(state: &mut State, outcome: Outcome) {
    let Phase::Replying { chat, message, .. } = state.talk.phase else { return };
    state.talk.phase = Phase::Idle;
    let Some(chat) = state.chats.find_mut(chat) else { return };
    if let Some(message) = chat.message_mut(message) {
        message.outcome = outcome;
    }
    chat.messages.pop_if(|last| last.id == message && last.text.is_empty());
}
