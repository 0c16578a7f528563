//! Requests for replies, with the conversation as the engine reads it.

use nibble_engine::jobs::{Ask, ChatRequest, GenerateOptions, Message, ModelId, Part, Role, SessionId};

use super::effect::{Effect, start_job};
use super::load::load;
use super::stored;
use crate::state::{
    Chat, ChatId, ChatMessage, Growth, MessageId, NewMessage, Outcome, Phase, Purpose, ReplyOptions, State,
    Waiting,
};

/// The session of all chats, of which one at a time has its KV cache.
const SESSION: SessionId = SessionId(1);

/// Requests a reply to a chat; it waits until the model is loaded and generates no title. A chat that ends with a reply has
/// that one continued.
pub(super) fn request_reply(state: &mut State, id: ChatId) -> Vec<Effect> {
    let ready = state.engine.loaded().filter(|_| state.pending.titled_chat().is_none());
    let Some(model) = ready else {
        state.pending.waiting.push_back(Waiting::Reply(id));
        let is_coming = state.engine.is_loaded() || state.engine.is_loading();
        return if is_coming { Vec::new() } else { load(state) };
    };
    let Some(chat) = state.chats.find(id) else { return Vec::new() };
    let Some(last) = chat.messages.last() else { return Vec::new() };
    let request = request_of(state, chat, model);
    let (last, continues) = (last.id, last.role == Role::Assistant);
    let begun = if continues { resume(state, id, last) } else { begin(state, id, last) };
    let Some(message) = begun else { return Vec::new() };
    state.engine.phase = Phase::Replying { chat: id, message, stopping: false };
    state.engine.growth = Growth::default();
    let mut effects = stored::growing(state, id, message);
    effects.push(start_job(state, Purpose::Reply { chat: id, message }, Ask::Chat(request)));
    effects
}

fn resume(state: &mut State, chat: ChatId, message: MessageId) -> Option<MessageId> {
    state.chats.find_mut(chat)?.messages.find_mut(message)?.outcome = Outcome::Growing;
    Some(message)
}

fn begin(state: &mut State, chat: ChatId, question: MessageId) -> Option<MessageId> {
    let model = state.engine.model.as_ref().map(|model| model.name.clone()).unwrap_or_default();
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
pub(super) fn request_of(state: &State, chat: &Chat, model: ModelId) -> ChatRequest {
    let replies = chat.head.options.as_ref().unwrap_or(&state.settings.replies);
    let system = replies.system_prompt.trim();
    let system = (!system.is_empty()).then(|| Message::system(system));
    let said = chat.messages.shown().map(message_of);
    let said = said.filter(|message| !message.is_empty());
    ChatRequest {
        model,
        session: SESSION,
        messages: system.into_iter().chain(said).collect(),
        options: options_of(state, chat, replies),
    }
}

/// A message as the engine reads it: reasoning and text in parts of their own.
fn message_of(message: &ChatMessage) -> Message {
    let reasoning = Some(message.reasoning.clone()).filter(|reasoning| !reasoning.is_empty());
    let text = Some(message.in_prompt()).filter(|text| !text.is_empty());
    let parts = reasoning.map(Part::Reasoning).into_iter().chain(text.map(Part::Text)).collect();
    Message { role: message.role, parts, tool_calls: Vec::new() }
}

/// Sampling options. The starter memorized its answers and is sampled greedily, unless a chat has options of its own.
fn options_of(state: &State, chat: &Chat, replies: &ReplyOptions) -> GenerateOptions {
    let options = replies.generate.clone();
    let is_starter = state.engine.model.as_ref().is_some_and(|model| state.library.is_starter(&model.path));
    let is_greedy = is_starter && chat.head.options.is_none();
    if is_greedy { GenerateOptions { temperature: 0.0, ..options } } else { options }
}
