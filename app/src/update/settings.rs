//! Settings: each is saved when it is chosen.

use crate::command::SettingsCommand;
use crate::jobs::Task;
use crate::state::{Preset, ReplyOptions, Settings, State};

use super::effect::{Effect, save_settings, worker_env};
use super::unload_idle::unload;
use super::{downloads, estimate, inspect, library, token};

/// Takes over a chosen setting.
pub(super) fn apply(state: &mut State, command: SettingsCommand) -> Vec<Effect> {
    if matches!(command, SettingsCommand::SetPrecision(_)) {
        state.quantize.choice.budget = None;
    }
    let before = state.settings.clone();
    let settings = &mut state.settings;
    match command {
        SettingsCommand::SetPrecision(precision) => settings.precision = precision,
        SettingsCommand::SetTheme(theme) => settings.theme = theme,
        SettingsCommand::SetLanguage(language) => settings.language = language,
        SettingsCommand::SetTextSize(size) => settings.text_size = size,
        SettingsCommand::SetContext(context) => settings.context = context,
        SettingsCommand::SetMotion(motion) => settings.motion = motion,
        SettingsCommand::SetUnloadAfter(minutes) => settings.unload_after_minutes = minutes,
        SettingsCommand::SetModelsFolder(folder) => settings.models_folder = folder,
        SettingsCommand::SetOffline(offline) => settings.offline = offline,
        SettingsCommand::SetCache(cache) => settings.cache = cache,
        SettingsCommand::SetThreads(threads) => settings.threads = threads.map(|n| n.max(1)),
        SettingsCommand::SetTitles(titles) => settings.titles = titles,
        SettingsCommand::SetReplies(replies) => settings.replies = replies.bounded(),
        SettingsCommand::SavePreset(name, options) => save_preset(settings, name.trim(), options),
        SettingsCommand::DeletePreset(name) => settings.presets.retain(|preset| preset.name != name),
        SettingsCommand::Reset => {
            let kept = std::mem::take(settings);
            let Settings { recent, last_model, presets, downloads, unfinished, .. } = kept;
            *settings =
                Settings { last_model, recent, presets, downloads, unfinished, ..Settings::default() };
        }
        SettingsCommand::LookForToken => return vec![token::look(state)],
        SettingsCommand::SetToken(token) => return token::keep(state, token),
        SettingsCommand::TryToken => return token::try_it(state),
        SettingsCommand::ChooseModelsFolder => return vec![Effect::Task(Task::PickModelsFolder)],
    }
    if *settings == before {
        return Vec::new();
    }
    let is_other_run = (settings.precision, settings.threads) != (before.precision, before.threads);
    let mut effects = vec![save_settings(state)];
    effects.extend(unload_if_it_changed(state, &before));
    if before.context != state.settings.context {
        effects.extend(inspect::ask_advice(state));
    }
    if is_other_run {
        effects.extend(estimate::ask_estimate(state));
    }
    if state.settings.models_folder != before.models_folder || state.settings.offline != before.offline {
        effects.push(Effect::SetEnv(worker_env(state)));
    }
    if state.settings.models_folder != before.models_folder {
        state.places = std::mem::take(&mut state.places).with_models_of(&state.settings);
        effects.extend(library::list(state));
    }
    if state.settings.offline && !before.offline {
        effects.extend(downloads::pause_all(state));
    }
    effects
}

/// Saves reply options under a name, in place of those of the same name; not without a name.
fn save_preset(settings: &mut Settings, name: &str, options: ReplyOptions) {
    if name.is_empty() {
        return;
    }
    let preset = Preset { name: name.to_owned(), options: options.bounded() };
    settings.presets.retain(|other| other.name != preset.name);
    settings.presets.push(preset);
    settings.presets.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Unloads the model if context, threads or cache changed: they are fixed when a model is loaded, so the next reply loads it again.
fn unload_if_it_changed(state: &mut State, before: &Settings) -> Vec<Effect> {
    let Settings { context, threads, cache, .. } = state.settings;
    let changed = (before.context, before.threads, before.cache) != (context, threads, cache);
    if changed { unload(state) } else { Vec::new() }
}
