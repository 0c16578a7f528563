//! Giving the memory of a model back that nobody uses.

use std::time::Duration;

use nibble_engine::jobs::Ask;

use crate::jobs::Lane;
use crate::state::State;

use super::effect::Effect;

/// Unloads a model that was not used for as long as the settings say; the next message loads it again.
pub fn rest(state: &mut State) -> Vec<Effect> {
    if seconds_left(state) != Some(0) {
        return Vec::new();
    }
    let loaded = state.talk.model.as_mut().and_then(|model| model.loaded.take());
    loaded.into_iter().map(|loaded| Effect::Ask(Lane::Talk, Ask::Unload(loaded.model))).collect()
}

/// How long it takes until [`rest`] has something to do if nothing happens meanwhile; `None` for never.
pub fn rests_in(state: &State) -> Option<Duration> {
    seconds_left(state).map(Duration::from_secs)
}

fn seconds_left(state: &State) -> Option<u64> {
    let limit = i64::from(state.settings.unload_after_minutes?) * 60;
    let waits = state.talk.is_loaded() && !state.talk.is_busy();
    let idle = state.clock.unix_secs - state.talk.used;
    waits.then(|| u64::try_from(limit - idle).unwrap_or_default())
}
