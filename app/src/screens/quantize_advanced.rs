//! All choices of quantizing, folded at first: format, method, calibration text.

use egui::Ui;
use nibble_engine::jobs::ModelSummary;
use nibble_engine::quant::{Needs, methods};

use super::precision_table;
use super::settings::part::{caption, choice};
use crate::command::QuantizeCommand;
use crate::inbox::CommandSender;
use crate::state::{CalibrationChoice, Keeping, Source, State};
use crate::text::{workshop, workshop_sentences};
use crate::theme::{GRID, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::segmented::segmented;

/// Most chats that are offered, newest first.
const MOST_CHATS: usize = 40;
/// Height of the list of chats.
const LIST_HEIGHT: f32 = 176.0;

/// Shows the fold, and all choices below it when it is open.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    source: &Source,
    summary: &ModelSummary,
    commands: &CommandSender,
) {
    let id = ui.scope_id().with("quantize advanced");
    let unfolded = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let icon = if unfolded { icons::UNFOLDED } else { icons::FOLDED };
    if button::flush(ui, icon, workshop::advanced()).clicked() {
        ui.data_mut(|data| data.insert_temp(id, !unfolded));
    }
    if !unfolded {
        return;
    }
    precision_table::show(ui, state, source, summary, commands);
    ui.add_space(GRID);
    method(ui, state, commands);
    ui.add_space(GRID);
    calibration(ui, state, commands);
}

/// The method, each with one line of advice.
fn method(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let chosen = state.quantize.choice.method;
    let (title, more) = workshop::method_words(chosen.name());
    caption(ui, workshop::method(), more);
    choice(ui, workshop::method(), title, |ui| {
        for method in methods::ALL {
            let (title, more) = workshop::method_words(method.name());
            let response = ui.selectable_label(*method == chosen, title).on_hover_text(more);
            if response.clicked() {
                commands.send(QuantizeCommand::SetMethod(*method));
            }
        }
    });
}

/// The text that a method looks at, for methods that do and for limits, whose formats are chosen by it.
fn calibration(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let is_used =
        state.quantize.choice.method.needs() != Needs::Nothing || state.quantize.choice.budget.is_some();
    if !is_used {
        return caption(ui, workshop::calibration(), workshop::calibration_unused());
    }
    caption(ui, workshop::calibration(), workshop::calibration_more());
    let chosen = &state.quantize.choice.calibration;
    let kinds = [
        (0, workshop::calibration_own()),
        (1, workshop::calibration_file()),
        (2, workshop::calibration_chats()),
    ];
    let now = match chosen {
        CalibrationChoice::OwnText => 0,
        CalibrationChoice::File(_) => 1,
        CalibrationChoice::Chats(_) => 2,
    };
    match segmented(ui, workshop::calibration(), &kinds, now) {
        Some(0) => commands.send(QuantizeCommand::SetCalibration(CalibrationChoice::OwnText)),
        Some(1) => commands.send(QuantizeCommand::ChooseCalibrationFile),
        Some(_) if now != 2 => {
            commands.send(QuantizeCommand::SetCalibration(CalibrationChoice::Chats(Vec::new())));
        }
        Some(_) | None => {}
    }
    let soft = Palette::of(ui).soft;
    match chosen {
        CalibrationChoice::OwnText => {}
        CalibrationChoice::File(path) => {
            let path = path.display().to_string();
            ui.add(egui::Label::new(crate::theme::text(ui, path, Scale::Small, "").color(soft)).truncate());
        }
        CalibrationChoice::Chats(chosen) => chats(ui, state, chosen, commands),
    }
}

/// The chats to choose from.
fn chats(ui: &mut Ui, state: &State, chosen: &[crate::state::ChatId], commands: &CommandSender) {
    let soft = Palette::of(ui).soft;
    let stored: Vec<_> = state.chats.all().iter().filter(|chat| !chat.temporary).take(MOST_CHATS).collect();
    if state.keeping != Keeping::OnDisk || stored.is_empty() {
        ui.label(crate::theme::text(ui, workshop::chats_missing(), Scale::Small, "").color(soft));
        return;
    }
    let count = workshop_sentences::chats_chosen(chosen.len());
    ui.label(crate::theme::text(ui, count, Scale::Small, "").color(soft));
    egui::ScrollArea::vertical().id_salt("calibration chats").max_height(LIST_HEIGHT).show(ui, |ui| {
        for chat in stored {
            let mut is_chosen = chosen.contains(&chat.id());
            let response = ui.checkbox(&mut is_chosen, &chat.head.title);
            button::follow_focus(&response);
            if response.changed() {
                let mut chats: Vec<_> = chosen.iter().copied().filter(|id| *id != chat.id()).collect();
                if is_chosen {
                    chats.push(chat.id());
                }
                commands.send(QuantizeCommand::SetCalibration(CalibrationChoice::Chats(chats)));
            }
        }
    });
}
