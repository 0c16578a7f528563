//! The window itself: screens, panels, notices, the clipboard.

use std::path::Path;

use crate::command::ViewCommand;
use crate::jobs::Task;
use crate::state::{NoticeKind, NoticeTopic, Screen, State};

use super::effect::Effect;
use super::{chats, discover, library, token};

/// Does what the user asked of the window.
pub(super) fn apply(state: &mut State, command: ViewCommand) -> Vec<Effect> {
    match command {
        ViewCommand::Show(screen) => show(state, screen),
        ViewCommand::ToggleDrawer => {
            state.drawer_open = !state.drawer_open;
            if state.drawer_open { measure(state) } else { Vec::new() }
        }
        ViewCommand::ToggleRail => {
            state.rail_closed = !state.rail_closed;
            Vec::new()
        }
        ViewCommand::Reveal(path) => vec![Effect::Task(Task::Reveal(path))],
        ViewCommand::Copy(text) => vec![Effect::Copy(text)],
        ViewCommand::CopyDiagnostics => {
            state.notices.show(NoticeKind::Good, NoticeTopic::DiagnosticsCopied, None);
            vec![Effect::CopyDiagnostics]
        }
        ViewCommand::ShowLicenses => {
            let folder = state.places.chats_file.parent().map(Path::to_path_buf).unwrap_or_default();
            vec![Effect::Task(Task::ShowLicenses(folder))]
        }
        ViewCommand::Dismiss(id) => match state.notices.dismiss(id) {
            Some(removed) => chats::forget(state, removed),
            None => Vec::new(),
        },
        ViewCommand::HoldNotices(held) => {
            state.notices.held = held;
            Vec::new()
        }
        ViewCommand::ShowSettings(page) => {
            state.settings_page = page;
            show(state, Screen::Settings)
        }
    }
}

/// Closes the notices whose time is over at `now`, in seconds after the start of the program.
pub fn close_old_notices(state: &mut State, now: f64) -> Vec<Effect> {
    let over = state.notices.over(now);
    over.into_iter().flat_map(|id| apply(state, ViewCommand::Dismiss(id))).collect()
}

fn show(state: &mut State, screen: Screen) -> Vec<Effect> {
    state.screen = screen;
    match screen {
        Screen::Models | Screen::Welcome => {
            let mut effects = library::list(state);
            effects.push(Effect::Task(Task::MeasureMemory));
            effects
        }
        Screen::Compare => library::list(state),
        Screen::Discover => discover::shown(state),
        Screen::Model | Screen::Quality | Screen::HubModel | Screen::Downloads => {
            vec![Effect::Task(Task::MeasureMemory)]
        }
        Screen::Settings => {
            let mut effects = measure(state);
            effects.push(token::look(state));
            effects
        }
        Screen::Chat => {
            if state.chats.current.is_none() {
                state.chats.start(false, state.clock.unix_secs);
            }
            Vec::new()
        }
    }
}

/// Measures memory, and looks at the machine if nobody did before.
fn measure(state: &State) -> Vec<Effect> {
    let look = state.machine.is_none().then_some(Effect::Task(Task::LookAtMachine));
    look.into_iter().chain([Effect::Task(Task::MeasureMemory)]).collect()
}
