//! Settings: each is kept as soon as it is chosen.

use crate::command::Command;
use crate::state::{Settings, State};

use super::{Effect, save_settings};

/// Takes over a chosen setting.
pub(super) fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    let before = state.settings.clone();
    let settings = &mut state.settings;
    match command {
        Command::SetPrecision(precision) => settings.precision = precision,
        Command::SetTheme(theme) => settings.theme = theme,
        Command::SetTextSize(size) => settings.text_size = size,
        Command::SetContext(context) => settings.context = context,
        Command::SetThreads(threads) => settings.threads = threads.map(|n| n.max(1)),
        Command::SetTemperature(temperature) if temperature.is_finite() => {
            settings.temperature = temperature.clamp(0.0, 2.0);
        }
        Command::SetMaxTokens(tokens) => settings.max_tokens = tokens,
        Command::SetSystemPrompt(prompt) => settings.system_prompt = prompt,
        Command::ResetSettings => {
            let kept = std::mem::take(settings);
            *settings = Settings { recent: kept.recent, last_model: kept.last_model, ..Settings::default() };
        }
        _ => {}
    }
    if *settings == before {
        return Vec::new();
    }
    forget_load_if_it_changed(state, &before);
    vec![save_settings(state)]
}

/// Context and threads are fixed when a model is loaded, so a loaded model has to be loaded again for the next reply.
fn forget_load_if_it_changed(state: &mut State, before: &Settings) {
    let changed = before.context != state.settings.context || before.threads != state.settings.threads;
    if changed && let Some(model) = &mut state.talk.model {
        model.loaded = None;
    }
}
