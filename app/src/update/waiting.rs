//! What waits for the model: begun in order as soon as its need is met, given up when it cannot be met any more.

use super::effect::Effect;
use super::{quality, reply, reply_request};
use crate::state::{Need, State, Waiting};

/// How far a need is met.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    /// It is met.
    Met,
    /// A pending job may meet it.
    Open,
    /// No pending job will meet it.
    Hopeless,
}

/// Begins everything whose need is met, and gives up what cannot be met any more; called after each change.
pub(super) fn resume(state: &mut State) -> Vec<Effect> {
    let mut effects = Vec::new();
    for waiting in std::mem::take(&mut state.pending.waiting) {
        match (status(state, waiting.need()), waiting) {
            (Status::Open, waiting) => state.pending.waiting.push_back(waiting),
            (Status::Met, Waiting::Reply(chat)) => effects.extend(reply_request::request_reply(state, chat)),
            (Status::Met, Waiting::Measure(request)) => effects.extend(quality::start(state, request)),
            (Status::Hopeless, Waiting::Reply(chat)) => reply::give_up(state, chat),
            // A measurement waits for an end, which comes in any case.
            (Status::Hopeless, Waiting::Measure(_)) => {}
        }
    }
    effects
}

fn status(state: &State, need: Need) -> Status {
    let is_loading = state.engine.is_loading();
    let is_titling = state.pending.titled_chat().is_some();
    match need {
        Need::ModelReady if is_loading || is_titling => Status::Open,
        Need::ModelReady if state.engine.is_loaded() => Status::Met,
        Need::ModelReady => Status::Hopeless,
        Need::LoadingOver if is_loading => Status::Open,
        Need::LoadingOver => Status::Met,
    }
}
