//! The only code that changes [`State`]: a person's commands and the engine's events in, effects out.
//!
//! Nothing here waits, draws or reads a clock: `now` is handed in, and what has to happen outside is returned as
//! [`Effect`]s. So every path is tested without a window.

mod chat;
mod model;
mod quantize;
mod settings;
mod starter;

use nibble_engine::jobs::{Command as Ask, Event};

use crate::command::{Command, Inbound};
use crate::jobs::{JobEvent, Lane, Task};
use crate::state::{NoticeKind, NoticeTopic, Screen, Settings, State};

/// Something that has to happen outside the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Hand this to the engine.
    Ask(Lane, Ask),
    /// Ask the lane's running job to stop.
    Cancel(Lane),
    /// Do this in the background.
    Task(Task),
    /// Keep these settings.
    Save(Box<Settings>),
    /// Put this on the clipboard.
    Copy(String),
}

/// Takes in one thing that was waiting, at `now` seconds after the start.
pub fn take_in(state: &mut State, inbound: Inbound, now: f64) -> Vec<Effect> {
    match inbound {
        Inbound::Command(command) => apply(state, command),
        Inbound::Job(event) => absorb(state, event, now),
    }
}

/// Does what the person asked for.
pub fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::ChooseFolder => vec![Effect::Task(Task::PickFolder)],
        Command::ChooseFile => vec![Effect::Task(Task::PickFile)],
        Command::OpenModel(path) => model::open(state, path),
        Command::ForgetRecent(path) => {
            state.settings.recent.retain(|known| *known != path);
            vec![save_settings(state)]
        }
        Command::RefreshLibrary => vec![scan_library(state), Effect::Task(Task::MeasureMemory)],
        Command::Show(screen) => show(state, screen),
        Command::ToggleDrawer => {
            state.drawer_open = !state.drawer_open;
            if state.drawer_open { vec![Effect::Task(Task::MeasureMemory)] } else { Vec::new() }
        }
        Command::ToggleRail => {
            state.rail_closed = !state.rail_closed;
            Vec::new()
        }
        Command::Quantize => quantize::start(state),
        Command::CancelQuantize => quantize::cancel(state),
        Command::ChatWith(path) => model::chat_with(state, path),
        Command::NewChat
        | Command::OpenChat(_)
        | Command::DeleteChat(_)
        | Command::RenameChat(..)
        | Command::KeepDraft(..)
        | Command::Send(_)
        | Command::Regenerate
        | Command::StopReply => chat::apply(state, command),
        Command::Copy(text) => vec![Effect::Copy(text)],
        Command::Dismiss(id) => {
            state.notices.dismiss(id);
            Vec::new()
        }
        Command::SetPrecision(_)
        | Command::SetTheme(_)
        | Command::SetTextSize(_)
        | Command::SetContext(_)
        | Command::SetThreads(_)
        | Command::SetTemperature(_)
        | Command::SetMaxTokens(_)
        | Command::SetSystemPrompt(_)
        | Command::ResetSettings => settings::apply(state, command),
    }
}

/// Takes in what a job told.
pub fn absorb(state: &mut State, event: JobEvent, now: f64) -> Vec<Effect> {
    match event {
        JobEvent::Engine { lane: Lane::Look, event } => model::absorb_look(state, event),
        JobEvent::Engine { lane: Lane::Quantize, event } => quantize::absorb(state, event, now),
        JobEvent::Engine { lane: Lane::Talk, event } => absorb_talk(state, event),
        JobEvent::Died { lane, death } => {
            let topic = NoticeTopic::EngineDied { work: lane, death };
            lose_engine(state, lane, topic)
        }
        JobEvent::NotStarted { lane, reason } => {
            lose_engine(state, lane, NoticeTopic::EngineMissing { reason })
        }
        JobEvent::LibraryFound { models, missing } => {
            state.library.models = models;
            state.library.missing = missing;
            if !std::mem::replace(&mut state.library.is_known, true) {
                starter::choose_first(state);
            }
            Vec::new()
        }
        JobEvent::MemorySeen(memory) => {
            state.memory = Some(memory);
            Vec::new()
        }
        JobEvent::SettingsNotSaved { reason } => {
            state.notices.show(NoticeKind::Problem, NoticeTopic::SettingsNotSaved { reason }, None);
            Vec::new()
        }
    }
}

fn show(state: &mut State, screen: Screen) -> Vec<Effect> {
    state.screen = screen;
    match screen {
        Screen::Models | Screen::Welcome => vec![scan_library(state), Effect::Task(Task::MeasureMemory)],
        Screen::Model => vec![Effect::Task(Task::MeasureMemory)],
        Screen::Chat => {
            if state.chats.current.is_none() {
                state.chats.start();
            }
            Vec::new()
        }
    }
}

fn absorb_talk(state: &mut State, event: Event) -> Vec<Effect> {
    match event {
        Event::Loaded(_) | Event::Progress(_) => model::absorb_load(state, event),
        Event::Quantized(report) => starter::absorb_made(state, report),
        Event::Failed(failure) => match state.talk.phase {
            crate::state::Phase::Loading(_) => model::fail_load(state, failure),
            _ => chat::fail(state, failure),
        },
        Event::Warning(warning) => {
            state.notices.show(NoticeKind::Hint, NoticeTopic::Warned(warning), None);
            Vec::new()
        }
        event => chat::absorb(state, event),
    }
}

fn lose_engine(state: &mut State, lane: Lane, topic: NoticeTopic) -> Vec<Effect> {
    match lane {
        Lane::Look => model::lose_look(state, topic),
        Lane::Quantize => quantize::lose(state, topic),
        Lane::Talk => chat::lose(state, topic),
    }
    vec![Effect::Task(Task::MeasureMemory)]
}

fn save_settings(state: &State) -> Effect {
    Effect::Save(Box::new(state.settings.clone()))
}

fn scan_library(state: &State) -> Effect {
    Effect::Task(Task::ScanLibrary {
        models: state.places.models.clone(),
        known: state.settings.recent.iter().chain(&state.settings.last_model).cloned().collect(),
    })
}
