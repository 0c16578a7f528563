//! The reply that grows, and every way it can end.

use nibble_engine::jobs::{Delta, ReplyReport};

use crate::command::ChatCommand;
use crate::state::{ChatId, MessageId, NoticeKind, NoticeTopic, Outcome, Phase, Purpose, State};
use crate::store::StoreCommand;

use super::effect::{Effect, abandon_jobs, cancel_job};
use super::{stored, title};

/// Appends a piece to the reply, or to the reasoning before it.
pub(super) fn grow(state: &mut State, chat: ChatId, id: MessageId, delta: Delta) -> Vec<Effect> {
    let Some(chat) = state.chats.reach_mut(chat) else { return Vec::new() };
    let Some(message) = chat.messages.find_mut(id) else { return Vec::new() };
    match &delta {
        Delta::Content(piece) => message.text.push_str(piece),
        Delta::Reasoning(piece) => message.reasoning.push_str(piece),
        // No tools are offered to the model.
        Delta::ToolCall(_) => return Vec::new(),
    }
    if chat.temporary { Vec::new() } else { vec![Effect::Store(StoreCommand::Append(id, delta))] }
}

/// The model finished the reply; a title may come next.
pub(super) fn finish(
    state: &mut State,
    chat: ChatId,
    message: MessageId,
    report: ReplyReport,
) -> Vec<Effect> {
    let mut effects = end(state, chat, message, Outcome::Replied(report));
    effects.extend(title::ask_for(state, chat));
    effects
}

/// Asks the running reply to stop, or gives up the one that waits for the model.
pub(super) fn stop(state: &mut State) -> Vec<Effect> {
    if let Some(chat) = state.pending.take_waiting_chat() {
        give_up(state, chat);
        return Vec::new();
    }
    let Phase::Replying { stopping, .. } = &mut state.engine.phase else { return Vec::new() };
    if std::mem::replace(stopping, true) {
        return Vec::new();
    }
    cancel_job(state, |purpose| matches!(purpose, Purpose::Reply { .. }))
}

/// No reply will come to a chat that waited for one; the version it showed before is shown again.
pub(super) fn give_up(state: &mut State, chat: ChatId) {
    let Some(chat) = state.chats.reach_mut(chat) else { return };
    if let Some(last) = chat.messages.last().map(|last| last.id) {
        chat.messages.show(last);
        chat.note_leaf();
    }
}

/// Ends everything that concerns the chosen model here and now, because another model takes over; what its jobs still say is
/// not heard.
pub(super) fn stop_for_good(state: &mut State) -> Vec<Effect> {
    if let Some(chat) = state.pending.take_waiting_chat() {
        give_up(state, chat);
    }
    let mut effects = Vec::new();
    if let Phase::Replying { chat, message, .. } = state.engine.phase {
        effects.extend(end(state, chat, message, Outcome::Stopped));
    }
    state.engine.phase = Phase::Idle;
    effects.extend(abandon_jobs(state, Purpose::concerns_model));
    effects
}

/// The reply failed; what was said so far stays.
pub(super) fn fail(state: &mut State, chat: ChatId, message: MessageId, topic: NoticeTopic) -> Vec<Effect> {
    let effects = end(state, chat, message, Outcome::Broken);
    state.notices.show(NoticeKind::Problem, topic, Some(ChatCommand::Regenerate.into()));
    effects
}

/// Writes down how the running reply ended; an empty one leaves no trace.
pub(super) fn end(state: &mut State, id: ChatId, message: MessageId, outcome: Outcome) -> Vec<Effect> {
    state.engine.phase = Phase::Idle;
    let Some(chat) = state.chats.reach_mut(id) else { return Vec::new() };
    let Some(reply) = chat.messages.find_mut(message) else { return Vec::new() };
    reply.outcome = outcome;
    if !reply.is_blank() {
        return stored::message(state, id, message);
    }
    chat.messages.remove(message);
    chat.note_leaf();
    stored::without(state, id, vec![message])
}
