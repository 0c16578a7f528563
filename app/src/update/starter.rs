//! The model that comes with the program: chosen when there is no other, and quantized on its first use.

use nibble_engine::quant::Precision;
use std::path::{Path, PathBuf};

use nibble_engine::jobs::protocol::ModelOrigin;
use nibble_engine::jobs::{Ask, QuantizeRequest};
use nibble_engine::library::starter;

use crate::state::{ChosenModel, Purpose, Screen, State};

use super::effect::{Effect, start_job};

/// Chooses the model to begin with once it is known what there is: the one that replied last, another that is ready, the
/// starter. The chat is shown; the model is loaded when something is said.
pub(super) fn choose_first(state: &mut State) {
    if state.engine.model.is_some() || state.screen != Screen::Welcome {
        return;
    }
    let library = &state.library;
    let last = state.settings.last_model.clone().filter(|path| !library.missing.contains(path));
    let made = library.models.iter().find(|model| model.origin == ModelOrigin::Made);
    let made = made.map(|model| model.path.clone());
    let built_in = library.starter().map(|_| target(state, state.settings.precision));
    let Some(path) = last.or(made).or(built_in) else { return };
    let name = state.model_name(&path);
    state.engine.model = Some(ChosenModel { path, name, loaded: None });
    state.chats.start(false, state.clock.unix_secs);
    state.screen = Screen::Chat;
}

/// The file to chat with when `path` was chosen: for the starter as it came, what it becomes at the chosen precision.
pub(super) fn file_for(state: &State, path: PathBuf) -> PathBuf {
    let is_built_in = state.library.starter().is_some_and(|starter| starter.path == path);
    if is_built_in { target(state, state.settings.precision) } else { path }
}

/// What makes the starter's file at `path`, if it is one that is not there yet. Asked of the lane that loads, so that loading
/// comes after it.
pub(super) fn make(state: &mut State, path: &Path) -> Option<Effect> {
    let source = state.library.starter()?.path.clone();
    let precision = Precision::all().find(|precision| target(state, *precision) == path)?;
    if state.library.has_starter_at(path) {
        return None;
    }
    let threads = state.settings.threads;
    let request = QuantizeRequest { threads, ..QuantizeRequest::new(source, path.to_owned(), precision) };
    Some(start_job(state, Purpose::MakeStarter, Ask::Quantize(request)))
}

fn target(state: &State, precision: Precision) -> PathBuf {
    state.places.models.join(starter::file_name(precision.short_name()))
}
