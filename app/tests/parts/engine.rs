//! The engine as the state sees it: events of its jobs, and what it is asked.

use nibble::jobs::{Death, JobEvent, Lane};
use nibble::state::State;
use nibble::update::{Effect, absorb};
use nibble_engine::jobs::{Ask, Event, JobId};

/// The job that a lane's process runs now; a number that no job has if it runs none.
pub fn running(state: &State, lane: Lane) -> JobId {
    state.pending.find(|purpose| purpose.lane() == lane).unwrap_or(JobId(u64::MAX))
}

/// The job that a lane's process runs now sends an event, at `now` seconds.
pub fn tell_at(state: &mut State, lane: Lane, event: Event, now: f64) -> Vec<Effect> {
    let id = running(state, lane);
    absorb(state, JobEvent::Engine { id, event }, now)
}

/// The same, at the start of the program.
pub fn tell(state: &mut State, lane: Lane, event: Event) -> Vec<Effect> {
    tell_at(state, lane, event, 0.0)
}

/// The process that inspects models sends an event.
pub fn look(state: &mut State, event: Event) -> Vec<Effect> {
    tell(state, Lane::Inspect, event)
}

/// The process that loads and chats sends an event.
pub fn talk(state: &mut State, event: Event) -> Vec<Effect> {
    tell(state, Lane::Chat, event)
}

/// The end of a lane's process, with the job that it runs.
pub fn death(state: &State, lane: Lane, death: Death) -> JobEvent {
    let jobs = state.pending.find(|purpose| purpose.lane() == lane).into_iter().collect();
    JobEvent::Died { lane, death, jobs }
}

/// What the engine is asked, in any of its processes, but for listing the models again, which [`is_listed`] tells, and for
/// estimates, which follow every choice.
pub fn asked(effects: &[Effect]) -> Vec<&Ask> {
    let asked = effects.iter().filter_map(|effect| asked_by(effect).map(|(_, ask)| ask));
    asked.filter(|ask| !matches!(ask, Ask::Library | Ask::MemorySpeed | Ask::Estimate(_))).collect()
}

/// Whether the engine is asked to list the models again.
pub fn is_listed(effects: &[Effect]) -> bool {
    effects.iter().filter_map(asked_by).any(|(_, ask)| *ask == Ask::Library)
}

/// What an effect asks of the engine, and in which lane.
pub fn asked_by(effect: &Effect) -> Option<(Lane, &Ask)> {
    if let Effect::Ask(lane, request) = effect { Some((*lane, &request.ask)) } else { None }
}
