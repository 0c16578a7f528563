//! Notices: good news and hints float above the lower edge and go by themselves; problems stay on the screen that they concern.

use egui::{Align2, Area, Id, Order, Rect, Ui};

use super::forms::Forms;
use crate::command::ViewCommand;
use crate::inbox::CommandSender;
use crate::state::{Notice, NoticeKind, Screen, State};
use crate::text::notices;
use crate::theme::{COLUMN, GRID, Palette, icons};
use crate::widgets::column::column;
use crate::widgets::notice::{NoticeClick, notice};

/// Shows the notices that float over the `room` between rail and drawer.
pub(super) fn show(ui: &Ui, state: &State, room: Rect, forms: &Forms, commands: &CommandSender) {
    let floating = state.notices.open.iter().filter(|notice| notice.place() != Some(state.screen));
    let mut floating = floating.peekable();
    if floating.peek().is_none() {
        if state.notices.held {
            commands.send(ViewCommand::HoldNotices(false));
        }
        return;
    }
    let below = if state.screen == Screen::Chat { forms.composer_height } else { 0.0 };
    let width = (room.width() - GRID * 8.0).clamp(GRID * 40.0, COLUMN * 0.8);
    let at = egui::pos2(room.center().x, room.bottom() - below - GRID * 2.0);
    let area =
        Area::new(Id::unique("notices")).order(Order::Middle).pivot(Align2::CENTER_BOTTOM).fixed_pos(at);
    let shown = area.show(ui.ctx(), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = GRID * 2.0;
        for open in floating {
            one(ui, open, commands);
        }
    });
    let held = shown.response.contains_pointer();
    if held != state.notices.held {
        commands.send(ViewCommand::HoldNotices(held));
    }
}

/// Shows the problems that stay on the current screen, in its column.
pub(super) fn inline(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let here = state.notices.open.iter().filter(|notice| notice.place() == Some(state.screen));
    let mut here = here.peekable();
    if here.peek().is_none() {
        return;
    }
    let shown = ui.scope(|ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            for open in here {
                one(ui, open, commands);
            }
        });
    });
    ui.advance_cursor_after_rect(shown.response.rect);
    ui.add_space(GRID * 3.0);
}

fn one(ui: &mut Ui, open: &Notice, commands: &CommandSender) {
    let palette = Palette::of(ui);
    let icon = match open.kind {
        NoticeKind::Good => (icons::CHECK, palette.good),
        NoticeKind::Hint => (icons::HINT, palette.soft),
        NoticeKind::Problem => (icons::WARNING, palette.bad),
    };
    let next_step = open.next_step.as_ref().map(notices::next_step);
    let click = ui.push_id(open.id.0, |ui| notice(ui, icon, &notices::wording(&open.topic), next_step));
    if let Some(click) = click.inner {
        // First the step: what a notice can bring back is gone once it is closed.
        if let (NoticeClick::NextStep, Some(step)) = (click, &open.next_step) {
            commands.send(step.clone());
        }
        commands.send(ViewCommand::Dismiss(open.id));
    }
}
