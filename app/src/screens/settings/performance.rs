//! The page on performance: context and its cache, threads, device.

use egui::Ui;
use nibble_engine::jobs::KvCacheType;

use super::part::{caption, caption_with_reset, choice};
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::state::{Source, State};
use crate::text::{self, labels, sentences, settings};
use crate::theme::{GRID, Scale};
use crate::widgets::segmented::segmented;

/// Lengths of context offered.
const CONTEXTS: [usize; 6] = [2048, 4096, 8192, 16_384, 32_768, 131_072];

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    context(ui, state, commands);
    ui.add_space(GRID);
    cache(ui, state, commands);
    ui.add_space(GRID);
    threads(ui, state, commands);
    ui.add_space(GRID);
    device(ui, state);
}

/// The length of the context, with its effect.
pub(in crate::screens) fn context(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let back = state.settings.context.map(|_| SettingsCommand::SetContext(None));
    caption_with_reset(ui, (labels::context_length(), labels::context_more()), back, commands);
    context_choice(ui, state, commands);
}

/// The choice of the context's length alone.
pub(in crate::screens) fn context_choice(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let longest =
        state.source.as_ref().and_then(Source::summary).map_or(usize::MAX, |model| model.context_length);
    let now = state.settings.context;
    let word = |context: Option<usize>| context.map_or(labels::automatic().to_owned(), text::tokens);
    choice(ui, labels::context_length(), &word(now), |ui| {
        let fitting = CONTEXTS.into_iter().filter(|context| *context <= longest).map(Some);
        for choice in std::iter::once(None).chain(fitting) {
            if ui.selectable_label(choice == now, word(choice)).clicked() {
                commands.send(SettingsCommand::SetContext(choice));
            }
        }
    });
}

/// What models run on; there is nothing to choose while only processors are used.
fn device(ui: &mut Ui, state: &State) {
    caption(ui, settings::device(), settings::device_more());
    if let Some(machine) = &state.machine {
        let words = sentences::processor(&machine.cpu, &machine.level);
        ui.label(crate::theme::text(ui, words, Scale::Small, ""));
    }
}

fn cache(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let now = state.settings.cache;
    let back = (now != KvCacheType::default()).then_some(SettingsCommand::SetCache(KvCacheType::default()));
    caption_with_reset(ui, (settings::cache_type(), settings::cache_type_more()), back, commands);
    let choices = [(KvCacheType::F16, settings::cache_f16()), (KvCacheType::Int8, settings::cache_int8())];
    if let Some(cache) = segmented(ui, settings::cache_type(), &choices, now) {
        commands.send(SettingsCommand::SetCache(cache));
    }
}

fn threads(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let now = state.settings.threads;
    let back = now.map(|_| SettingsCommand::SetThreads(None));
    caption_with_reset(ui, (labels::threads(), labels::threads_more()), back, commands);
    let word = |threads: Option<usize>| threads.map_or(labels::automatic().to_owned(), |n| n.to_string());
    choice(ui, labels::threads(), &word(now), |ui| {
        for choice in std::iter::once(None).chain((1..=cores).map(Some)) {
            if ui.selectable_label(choice == now, word(choice)).clicked() {
                commands.send(SettingsCommand::SetThreads(choice));
            }
        }
    });
}
