//! Loading the model that replies.

use nibble_engine::jobs::{Ask, LoadRequest};

use super::effect::{Effect, start_job};
use super::starter;
use crate::state::{Phase, Purpose, State};

/// Loads the model that replies, after quantizing it if it is the starter before its first use.
pub(super) fn load(state: &mut State) -> Vec<Effect> {
    load_if(state, false)
}

/// As [`load`]; with `anyway` also a model that does not fit.
pub(super) fn load_if(state: &mut State, anyway: bool) -> Vec<Effect> {
    let Some(model) = &state.engine.model else { return Vec::new() };
    let path = model.path.clone();
    let request = LoadRequest {
        path: path.clone(),
        context: state.settings.context,
        threads: state.settings.threads,
        cache: state.settings.cache,
        anyway,
        alone: true,
    };
    let made_first = starter::make(state, &path);
    state.engine.phase = Phase::Loading(None);
    let load = start_job(state, Purpose::LoadModel, Ask::Load(request));
    made_first.into_iter().chain([load]).collect()
}
