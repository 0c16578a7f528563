//! A model that needs more memory than is free: what takes how much, what would fit, and loading it anyway.

use egui::Ui;
use nibble_engine::jobs::MemoryNeed;

use crate::command::ModelCommand;
use crate::inbox::CommandSender;
use crate::state::{Phase, State};
use crate::text::{self, labels, quality, quality_sentences};
use crate::theme::{BOLD, GRID, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::memory_bar::{MemoryPart, memory_bar};

/// Asks above the composer of the chat; nothing while the model fits.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Phase::TooLarge { need, .. } = &state.engine.phase else { return };
    let name = state.engine.model.as_ref().map(|model| model.name.as_str()).unwrap_or_default();
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = GRID * 2.0;
        question(ui, name, need, commands);
    });
    ui.add_space(GRID * 2.0);
}

fn question(ui: &mut Ui, name: &str, need: &MemoryNeed, commands: &CommandSender) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.label(crate::theme::text(ui, icons::WARNING, Scale::Body, "").color(palette.warn));
        ui.label(crate::theme::text(ui, quality::needs_more_memory(), Scale::Body, BOLD));
    });
    let needed = text::bytes(need.total_bytes());
    let words = quality_sentences::needed_of_free(&needed, &text::bytes(need.available_bytes));
    let words = text::sentences::item_of(name, &words);
    ui.label(crate::theme::text(ui, words, Scale::Small, "").color(palette.soft));
    let part = |name, bytes| MemoryPart { name, bytes, figure: text::bytes(bytes) };
    let parts = [
        part(quality::part_weights(), need.weights_bytes),
        part(quality::part_cache(), need.cache_bytes),
        part(quality::part_buffers(), need.buffers_bytes),
        part(quality::part_program(), need.program_bytes),
    ];
    memory_bar(ui, &parts, &part(quality::memory_free(), need.available_bytes));
    if let Some(precision) = need.fitting_precision {
        let words = quality_sentences::would_fit_at(&labels::precision_name(precision));
        ui.label(crate::theme::text(ui, words, Scale::Small, "").color(palette.text));
    }
    ui.label(crate::theme::text(ui, quality::load_anyway_more(), Scale::Small, "").color(palette.soft));
    ui.horizontal_wrapped(|ui| {
        if let Some(context) = need.fitting_context {
            let words = quality_sentences::load_with_context(&text::tokens(context));
            if button::primary(ui, "", &words).clicked() {
                commands.send(ModelCommand::LoadWithContext(context));
            }
        }
        if button::outlined(ui, "", quality::load_anyway()).clicked() {
            commands.send(ModelCommand::LoadAnyway);
        }
        if button::quiet(ui, "", labels::cancel()).clicked() {
            commands.send(ModelCommand::LeaveUnloaded);
        }
    });
}
