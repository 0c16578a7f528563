//! The page on looks: theme, size of text, motion.

use egui::Ui;

use super::part::caption_with_reset;
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::state::{Motion, State, TextSize, ThemeChoice};
use crate::text::{labels, settings};
use crate::theme::GRID;
use crate::widgets::segmented::segmented;

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    theme(ui, state.settings.theme, commands);
    ui.add_space(GRID);
    text_size(ui, state.settings.text_size, commands);
    ui.add_space(GRID);
    motion(ui, state.settings.motion, commands);
}

fn theme(ui: &mut Ui, now: ThemeChoice, commands: &CommandSender) {
    let back = (now != ThemeChoice::System).then_some(SettingsCommand::SetTheme(ThemeChoice::System));
    caption_with_reset(ui, (labels::theme(), ""), back, commands);
    let themes =
        [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark].map(|t| (t, labels::theme_name(t)));
    if let Some(theme) = segmented(ui, labels::theme(), &themes, now) {
        commands.send(SettingsCommand::SetTheme(theme));
    }
}

fn text_size(ui: &mut Ui, now: TextSize, commands: &CommandSender) {
    let back = (now != TextSize::Medium).then_some(SettingsCommand::SetTextSize(TextSize::Medium));
    caption_with_reset(ui, (labels::text_size(), ""), back, commands);
    let sizes = [TextSize::Small, TextSize::Medium, TextSize::Large].map(|s| (s, labels::text_size_name(s)));
    if let Some(size) = segmented(ui, labels::text_size(), &sizes, now) {
        commands.send(SettingsCommand::SetTextSize(size));
    }
}

fn motion(ui: &mut Ui, now: Motion, commands: &CommandSender) {
    let back = (now != Motion::System).then_some(SettingsCommand::SetMotion(Motion::System));
    caption_with_reset(ui, (settings::motion(), settings::motion_more()), back, commands);
    let motions = [Motion::System, Motion::None].map(|motion| (motion, settings::motion_name(motion)));
    if let Some(motion) = segmented(ui, settings::motion(), &motions, now) {
        commands.send(SettingsCommand::SetMotion(motion));
    }
}
