//! The reply that grows, and every way it can end.

use nibble_engine::jobs::{Event, Failure};

use crate::command::{ChatCommand, ViewCommand};
use crate::jobs::Lane;
use crate::state::{NoticeKind, NoticeTopic, Outcome, Phase, Screen, State};
use crate::store::StoreCommand;

use super::effect::Effect;
use super::{quality, stored, title};

/// Takes in how the reply goes.
pub(super) fn absorb(state: &mut State, event: Event) -> Vec<Effect> {
    match event {
        Event::Text(piece) => grow(state, piece),
        Event::Replied(report) => {
            let chat = state.engine.replying_in();
            let mut effects = end(state, Outcome::Replied(report));
            effects.extend(chat.into_iter().flat_map(|chat| title::ask_for(state, chat)));
            effects
        }
        Event::Cancelled => end(state, Outcome::Stopped),
        _ => Vec::new(),
    }
}

fn grow(state: &mut State, piece: String) -> Vec<Effect> {
    let Phase::Replying { chat, message: id, .. } = state.engine.phase else { return Vec::new() };
    let Some(chat) = state.chats.reach_mut(chat) else { return Vec::new() };
    let Some(message) = chat.messages.find_mut(id) else { return Vec::new() };
    message.text.push_str(&piece);
    if chat.temporary { Vec::new() } else { vec![Effect::Store(StoreCommand::Append(id, piece))] }
}

/// Asks the running reply to stop, or takes back one that waits for the model.
pub(super) fn stop(state: &mut State) -> Vec<Effect> {
    if state.engine.waiting.is_some() {
        stop_waiting(state);
        return Vec::new();
    }
    match &mut state.engine.phase {
        Phase::Replying { stopping, .. } if !*stopping => {
            *stopping = true;
            vec![Effect::Cancel(Lane::Chat)]
        }
        _ => Vec::new(),
    }
}

/// No reply will come to the chat that waits for one; a version it had before is shown again.
pub(super) fn stop_waiting(state: &mut State) {
    let Some(chat) = state.engine.waiting.take().and_then(|id| state.chats.reach_mut(id)) else { return };
    if let Some(last) = chat.messages.last().map(|last| last.id) {
        chat.messages.show(last);
        chat.note_leaf();
    }
}

/// Ends the running reply here and now, because another model takes over; what it still says is not heard.
pub(super) fn stop_for_good(state: &mut State) -> Vec<Effect> {
    stop_waiting(state);
    let was_busy = state.engine.phase != Phase::Idle;
    let mut effects = end(state, Outcome::Stopped);
    state.engine.phase = Phase::Idle;
    if was_busy {
        effects.push(Effect::Cancel(Lane::Chat));
    }
    effects
}

/// The reply failed; what was said so far stays.
pub(super) fn fail(state: &mut State, failure: Failure) -> Vec<Effect> {
    if !state.engine.is_replying() {
        return Vec::new();
    }
    let effects = end(state, Outcome::Broken);
    let topic = NoticeTopic::CannotReply(failure);
    state.notices.show(NoticeKind::Problem, topic, Some(ChatCommand::Regenerate.into()));
    effects
}

/// The process that chatted is gone, and the model with it; what was said so far stays.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) -> Vec<Effect> {
    let was_loading = matches!(state.engine.phase, Phase::Loading(_));
    let effects = end(state, Outcome::Broken);
    state.engine.phase = Phase::Idle;
    stop_waiting(state);
    if let Some(model) = &mut state.engine.model {
        model.loaded = None;
    }
    let waiting = quality::measure_waiting(state);
    let step =
        if was_loading { ViewCommand::Show(Screen::Models).into() } else { ChatCommand::Regenerate.into() };
    state.notices.show(NoticeKind::Problem, topic, Some(step));
    [effects, waiting].concat()
}

/// Writes down how the running reply ended; an empty one leaves no trace.
fn end(state: &mut State, outcome: Outcome) -> Vec<Effect> {
    let Phase::Replying { chat: id, message, .. } = state.engine.phase else { return Vec::new() };
    state.engine.phase = Phase::Idle;
    let Some(chat) = state.chats.reach_mut(id) else { return Vec::new() };
    let Some(reply) = chat.messages.find_mut(message) else { return Vec::new() };
    reply.outcome = outcome;
    if !reply.text.is_empty() {
        return stored::message(state, id, message);
    }
    chat.messages.remove(message);
    chat.note_leaf();
    stored::without(state, id, vec![message])
}
