//! The engine as the state sees it: what it tells, and what it is asked.

use nibble::jobs::{JobEvent, Lane};
use nibble::state::State;
use nibble::update::{Effect, absorb};
use nibble_engine::jobs::{Ask, Event};

/// One of the engine's processes tells something, at the start of the program.
pub fn tell(state: &mut State, lane: Lane, event: Event) -> Vec<Effect> {
    absorb(state, JobEvent::Engine { lane, event }, 0.0)
}

/// The process that looks into models tells something.
pub fn look(state: &mut State, event: Event) -> Vec<Effect> {
    tell(state, Lane::Inspect, event)
}

/// The process that loads and chats tells something.
pub fn talk(state: &mut State, event: Event) -> Vec<Effect> {
    tell(state, Lane::Chat, event)
}

/// What of `effects` the engine is asked, in any of its processes.
pub fn asked(effects: &[Effect]) -> Vec<&Ask> {
    let asks = effects.iter().map(|effect| if let Effect::Ask(_, ask) = effect { Some(ask) } else { None });
    asks.flatten().collect()
}
