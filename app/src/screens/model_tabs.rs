//! The row above the three screens of models: library, models on the Hub, downloads.

use egui::Ui;

use crate::command::ViewCommand;
use crate::inbox::CommandSender;
use crate::state::{DownloadPhase, Screen, State};
use crate::text::{model_sentences, models};
use crate::theme::GRID;
use crate::widgets::segmented::segmented;

/// Shows the row; `current` is the screen it stands on.
pub(super) fn show(ui: &mut Ui, state: &State, current: Screen, commands: &CommandSender) {
    let is_unfinished = |phase: &DownloadPhase| !matches!(phase, DownloadPhase::Done { .. });
    let n_unfinished = state.downloads.all.iter().filter(|download| is_unfinished(&download.phase)).count();
    let downloads = match n_unfinished {
        0 => models::downloads().to_owned(),
        n => model_sentences::downloads_with(n),
    };
    let tabs = [
        (Screen::Models, models::library()),
        (Screen::Discover, models::discover()),
        (Screen::Downloads, downloads.as_str()),
    ];
    if let Some(screen) = segmented(ui, crate::text::labels::models(), &tabs, current) {
        commands.send(ViewCommand::Show(screen));
    }
    ui.add_space(GRID * 2.0);
}
