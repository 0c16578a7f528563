//! The access token of the Hub: kept in a file of its own, handed to the processes that ask the Hub, tried on request.

use nibble_engine::jobs::Ask;

use super::effect::{Effect, start_job, worker_env};
use crate::jobs::Task;
use crate::state::{Purpose, State, TokenState};

/// Looks whether there is a token.
pub(super) fn look(state: &State) -> Effect {
    Effect::Task(Task::LookForToken(state.places.token_file.clone()))
}

/// Keeps a token; an empty one removes it.
pub(super) fn keep(state: &State, token: String) -> Vec<Effect> {
    vec![Effect::Task(Task::KeepToken(state.places.token_file.clone(), token))]
}

/// A token was kept or removed: processes that ask the Hub are to use it, and it is tried at once.
pub(super) fn kept(state: &mut State, is_here: bool) -> Vec<Effect> {
    state.token = if is_here { TokenState::Kept } else { TokenState::Missing };
    state.token_version += 1;
    let mut effects = vec![Effect::SetEnv(worker_env(state))];
    if is_here && !state.settings.offline {
        effects.extend(try_it(state));
    }
    effects
}

/// The file was looked for at the start, or when the settings were opened.
pub(super) fn seen(state: &mut State, is_here: bool) -> Vec<Effect> {
    if state.token.is_here() == is_here && state.token != TokenState::Unknown {
        return Vec::new();
    }
    state.token = if is_here { TokenState::Kept } else { TokenState::Missing };
    if is_here { vec![Effect::SetEnv(worker_env(state))] } else { Vec::new() }
}

/// Asks the Hub whose token it is.
pub(super) fn try_it(state: &mut State) -> Vec<Effect> {
    if state.token == TokenState::Trying {
        return Vec::new();
    }
    state.token = TokenState::Trying;
    vec![start_job(state, Purpose::TryToken, Ask::Account)]
}
