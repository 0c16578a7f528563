//! Having the engine load the model that replies.

use nibble_engine::jobs::{Ask, LoadRequest};

use super::effect::Effect;
use super::starter;
use crate::jobs::Lane;
use crate::state::{Phase, State};

/// Loads the model that replies, after making it if it is the starter's first use.
pub(super) fn load(state: &mut State) -> Vec<Effect> {
    load_if(state, false)
}

/// As [`load`]; `anyway` also what does not fit.
pub(super) fn load_if(state: &mut State, anyway: bool) -> Vec<Effect> {
    let Some(model) = &state.engine.model else { return Vec::new() };
    let made_first = starter::make(state, &model.path);
    let request = LoadRequest {
        path: model.path.clone(),
        context: state.settings.context,
        threads: state.settings.threads,
        cache: state.settings.cache,
        anyway,
        alone: true,
    };
    state.engine.phase = Phase::Loading(None);
    made_first.into_iter().chain([Effect::Ask(Lane::Chat, Ask::Load(request))]).collect()
}
