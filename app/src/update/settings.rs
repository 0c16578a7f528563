//! Settings: each is kept as soon as it is chosen.

use crate::command::Command;
use crate::state::{Preset, Settings, State};

use super::effect::{Effect, save_settings, scan_library, surroundings};
use super::{downloads, look, shelf};

/// Takes over a chosen setting.
pub(super) fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    let before = state.settings.clone();
    let settings = &mut state.settings;
    match command {
        Command::SetPrecision(precision) => settings.precision = precision,
        Command::SetTheme(theme) => settings.theme = theme,
        Command::SetLanguage(language) => settings.language = language,
        Command::SetTextSize(size) => settings.text_size = size,
        Command::SetContext(context) => settings.context = context,
        Command::SetMotion(motion) => settings.motion = motion,
        Command::SetUnloadAfter(minutes) => settings.unload_after_minutes = minutes,
        Command::SetModelsFolder(folder) => settings.models_folder = folder,
        Command::SetOffline(offline) => settings.offline = offline,
        Command::SetCache(cache) => settings.cache = cache,
        Command::SetThreads(threads) => settings.threads = threads.map(|n| n.max(1)),
        Command::SetTitles(titles) => settings.titles = titles,
        Command::SetReplies(replies) => settings.replies = replies.bounded(),
        Command::SavePreset(name, options) if !name.trim().is_empty() => {
            let preset = Preset { name: name.trim().to_owned(), options: options.bounded() };
            settings.presets.retain(|other| other.name != preset.name);
            settings.presets.push(preset);
            settings.presets.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Command::ForgetPreset(name) => settings.presets.retain(|preset| preset.name != name),
        Command::ResetSettings => {
            let kept = std::mem::take(settings);
            let Settings { recent, last_model, presets, downloads, .. } = kept;
            *settings = Settings { last_model, recent, presets, downloads, ..Settings::default() };
        }
        _ => {}
    }
    if *settings == before {
        return Vec::new();
    }
    forget_load_if_it_changed(state, &before);
    let mut effects = vec![save_settings(state)];
    if before.context != state.settings.context {
        effects.extend(look::ask_advice(state));
    }
    if state.settings.models_folder != before.models_folder || state.settings.offline != before.offline {
        effects.push(Effect::SetSurroundings(surroundings(state)));
    }
    if state.settings.models_folder != before.models_folder {
        state.places = std::mem::take(&mut state.places).with_models_of(&state.settings);
        effects.push(scan_library(state));
        effects.extend(shelf::list_again(state));
    }
    if state.settings.offline && !before.offline {
        effects.extend(downloads::pause_all(state));
    }
    effects
}

/// Context, threads and cache are fixed when a model is loaded, so a loaded model has to be loaded again for the next reply.
fn forget_load_if_it_changed(state: &mut State, before: &Settings) {
    let Settings { context, threads, cache, .. } = state.settings;
    let changed = (before.context, before.threads, before.cache) != (context, threads, cache);
    if changed && let Some(model) = &mut state.talk.model {
        model.loaded = None;
    }
}
