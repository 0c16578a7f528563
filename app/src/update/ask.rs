//! Asking the model for a reply to a chat, with the conversation as the engine reads it.

use nibble_engine::jobs::{Ask, ChatRequest, GenerateOptions, Message, ModelId, Role, SessionId};

use super::effect::Effect;
use super::load::load;
use super::stored;
use crate::jobs::Lane;
use crate::state::{Chat, ChatId, MessageId, NewMessage, Outcome, Phase, ReplyOptions, State};

/// The session of all chats: one at a time has its KV cache.
const SESSION: SessionId = SessionId(1);

/// Has the engine reply to a chat, after loading the model if it is not in memory. A chat that ends with a reply has that
/// one written on.
pub(super) fn reply(state: &mut State, id: ChatId) -> Vec<Effect> {
    let Some(model) = state.engine.loaded() else {
        state.engine.waiting = Some(id);
        return match state.engine.phase {
            Phase::Loading(_) => Vec::new(),
            _ => load(state),
        };
    };
    if matches!(state.engine.phase, Phase::GeneratingTitle { .. }) {
        state.engine.waiting = Some(id);
        return Vec::new();
    }
    let Some(chat) = state.chats.find(id) else { return Vec::new() };
    let Some(last) = chat.messages.last() else { return Vec::new() };
    let request = request_of(state, chat, model);
    let (last, continues) = (last.id, last.role == Role::Assistant);
    let begun = if continues { resume(state, id, last) } else { begin(state, id, last) };
    let Some(message) = begun else { return Vec::new() };
    state.engine.phase = Phase::Replying { chat: id, message, stopping: false };
    let mut effects = stored::growing(state, id, message);
    effects.push(Effect::Ask(Lane::Chat, Ask::Chat(request)));
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
    let said = chat.messages.shown().map(|message| Message::new(message.role, message.in_prompt()));
    let said = said.filter(|message| !message.is_empty());
    ChatRequest {
        model,
        session: SESSION,
        messages: system.into_iter().chain(said).collect(),
        options: options_of(state, chat, replies),
    }
}

/// How to choose words. The starter knows its answers by heart and is asked for the likeliest, unless a chat wants
/// otherwise.
fn options_of(state: &State, chat: &Chat, replies: &ReplyOptions) -> GenerateOptions {
    let options = replies.generate_options();
    let is_starter = state.engine.model.as_ref().is_some_and(|model| state.library.is_starter(&model.path));
    let by_heart = is_starter && chat.head.options.is_none();
    if by_heart { GenerateOptions { temperature: 0.0, ..options } } else { options }
}
