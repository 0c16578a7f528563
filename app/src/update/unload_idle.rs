//! Unloading the model after it has been idle for the time set in the settings.

use std::time::Duration;

use nibble_engine::jobs::Ask;

use crate::state::{Purpose, State};

use super::effect::{Effect, start_job};

/// Unloads a model that was not used for as long as the settings say; the next message loads it again.
pub fn unload_idle(state: &mut State) -> Vec<Effect> {
    if seconds_left(state) == Some(0) { unload(state) } else { Vec::new() }
}

/// Unloads the model that replies, if it is loaded, after the jobs that use it; it stays chosen.
pub(super) fn unload(state: &mut State) -> Vec<Effect> {
    let loaded = state.engine.model.as_mut().and_then(|model| model.loaded.take());
    let unload = loaded.map(|report| start_job(state, Purpose::UnloadModel, Ask::Unload(report.model)));
    unload.into_iter().collect()
}

/// How long it takes until [`unload_idle`] has something to do if nothing happens meanwhile; `None` for never.
pub fn idle_in(state: &State) -> Option<Duration> {
    seconds_left(state).map(Duration::from_secs)
}

fn seconds_left(state: &State) -> Option<u64> {
    let limit = i64::from(state.settings.unload_after_minutes?) * 60;
    let waits = state.engine.is_loaded() && !state.uses_model();
    let idle = state.clock.unix_secs - state.engine.used;
    waits.then(|| u64::try_from(limit - idle).unwrap_or_default())
}
