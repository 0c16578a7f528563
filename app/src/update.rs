//! The only code that changes [`State`]: a person's commands and the engine's events in, effects out.
//!
//! Nothing here waits, draws or reads a clock: `now` is handed in, and what has to happen outside is returned as
//! [`Effect`]s. So every path is tested without a window.

mod ask;
mod attach;
mod chat;
mod chats;
mod discover;
mod downloads;
mod effect;
mod history;
mod keep;
mod load;
mod look;
mod model;
mod news;
mod quality;
mod quantize;
mod reply;
mod rest;
mod settings;
mod shelf;
mod starter;
mod title;

use std::path::Path;

use nibble_engine::jobs::Event;

use crate::command::{Command, Inbound};
use crate::jobs::{JobEvent, Lane, Task};
use crate::state::{Clock, NoticeKind, NoticeTopic, Phase, Screen, State};
use effect::{read_quality, save_settings, scan_library};

pub use effect::{Effect, surroundings};
pub use rest::{rest, rests_in};

/// Takes in the time of day. Chats and messages begun from now on have numbers above it, so that those of two runs never
/// meet, not even while the list of earlier chats is still being read.
pub fn tick(state: &mut State, clock: Clock) {
    /// Numbers per second, far more than anyone begins messages.
    const PER_SECOND: u64 = 1 << 20;
    if state.clock == Clock::default() {
        state.chats.count_from(u64::try_from(clock.unix_secs).unwrap_or_default() * PER_SECOND);
    }
    state.clock = clock;
    if state.talk.is_busy() {
        state.talk.used = clock.unix_secs;
    }
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
        Command::OpenModel(path) => look::open(state, path),
        Command::ForgetRecent(path) => {
            state.settings.recent.retain(|known| *known != path);
            vec![save_settings(state)]
        }
        Command::SearchHub(_)
        | Command::MoreFound
        | Command::OpenHubModel(_)
        | Command::ChooseHubPrecision(_) => discover::apply(state, command),
        Command::Fetch(_)
        | Command::ContinueDownloads
        | Command::PauseDownload(_)
        | Command::ResumeDownload(_)
        | Command::DropDownload(_) => downloads::apply(state, command),
        Command::AskRemove(_) | Command::RemoveModel(_) | Command::VerifyModel(_) | Command::CancelVerify => {
            shelf::apply(state, command)
        }
        Command::Reveal(path) => vec![Effect::Task(Task::Reveal(path))],
        Command::RefreshLibrary => {
            vec![scan_library(state), read_quality(state), Effect::Task(Task::MeasureMemory)]
        }
        Command::Show(screen) => show(state, screen),
        Command::ToggleDrawer => {
            state.drawer_open = !state.drawer_open;
            if state.drawer_open { measure(state) } else { Vec::new() }
        }
        Command::ToggleRail => {
            state.rail_closed = !state.rail_closed;
            Vec::new()
        }
        Command::Quantize => quantize::start(state),
        Command::CancelQuantize => quantize::cancel(state),
        Command::ShowQuality(path) => quality::show(state, path),
        Command::MeasureQuality(path) => quality::measure_again(state, &path),
        Command::CancelMeasure => quality::cancel(state),
        Command::ChatWith(path) => model::chat_with(state, path),
        Command::LoadAnyway | Command::LoadWithContext(_) | Command::LeaveUnloaded => {
            model::decide(state, &command)
        }
        Command::NewChat
        | Command::NewTemporaryChat
        | Command::OpenChat(_)
        | Command::OpenHit(..)
        | Command::Arrived
        | Command::DeleteChat(_)
        | Command::BringBack(_)
        | Command::RenameChat(..)
        | Command::PinChat(..)
        | Command::ArchiveChat(..)
        | Command::MoveChat(..)
        | Command::KeepDraft(..)
        | Command::SetChatReplies(..)
        | Command::Search(_) => chats::apply(state, command),
        Command::ExportChat(..) | Command::ChooseImport | Command::ImportChats(_) => {
            history::apply(state, command)
        }
        Command::Send(_)
        | Command::Regenerate
        | Command::ReplyAgain(_)
        | Command::Continue
        | Command::Edit(..)
        | Command::ShowVersion(_)
        | Command::DeleteMessage(_)
        | Command::StopReply => chat::apply(state, command),
        Command::ChooseAttachment | Command::Attach(_) | Command::Detach(_) => attach::apply(state, command),
        Command::Copy(text) => vec![Effect::Copy(text)],
        Command::CopyDiagnostics => {
            state.notices.show(NoticeKind::Good, NoticeTopic::DiagnosticsCopied, None);
            vec![Effect::CopyDiagnostics]
        }
        Command::ShowLicences => {
            let folder = state.places.chats_file.parent().map(Path::to_path_buf).unwrap_or_default();
            vec![Effect::Task(Task::ShowLicences(folder))]
        }
        Command::ChooseModelsFolder => vec![Effect::Task(Task::PickModelsFolder)],
        Command::Dismiss(id) => match state.notices.dismiss(id) {
            Some(removed) => chats::forget(state, removed),
            None => Vec::new(),
        },
        Command::SetPrecision(_)
        | Command::SetTheme(_)
        | Command::SetTextSize(_)
        | Command::SetLanguage(_)
        | Command::SetContext(_)
        | Command::SetThreads(_)
        | Command::SetCache(_)
        | Command::SetUnloadAfter(_)
        | Command::SetModelsFolder(_)
        | Command::SetOffline(_)
        | Command::SetMotion(_)
        | Command::SetReplies(_)
        | Command::SetTitles(_)
        | Command::SavePreset(..)
        | Command::ForgetPreset(_)
        | Command::ResetSettings => settings::apply(state, command),
    }
}

/// Takes in what a job told.
pub fn absorb(state: &mut State, event: JobEvent, now: f64) -> Vec<Effect> {
    match event {
        JobEvent::Engine { lane: Lane::Look, event } => look::absorb(state, event),
        // The lane does one job after the other, and a measurement is only asked for when nothing is quantized.
        JobEvent::Engine { lane: Lane::Quantize, event } if state.quality.run.is_some() => {
            quality::absorb(state, event)
        }
        JobEvent::Engine { lane: Lane::Quantize, event } => quantize::absorb(state, event, now),
        JobEvent::Engine { lane: Lane::Talk, event } => absorb_talk(state, event),
        JobEvent::Engine { lane: Lane::Hub, event } => discover::absorb(state, event),
        JobEvent::Engine { lane: Lane::Fetch, event } => downloads::absorb(state, event, now),
        JobEvent::Engine { lane: Lane::Keep, event } => shelf::absorb(state, event),
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
        JobEvent::QualityFound(reports) => {
            state.quality.reports = reports;
            Vec::new()
        }
        JobEvent::MachineSeen(machine) => {
            state.machine = Some(machine);
            Vec::new()
        }
        JobEvent::MemorySeen(memory) => {
            state.memory = Some(memory);
            Vec::new()
        }
        JobEvent::AttachmentRead { chat, path, read } => attach::absorb(state, chat, &path, read),
        JobEvent::Store(event) => history::absorb(state, event),
        JobEvent::ChatsRead(_)
        | JobEvent::ChatsNotRead { .. }
        | JobEvent::ChatWritten(_)
        | JobEvent::ChatNotWritten { .. } => history::absorb_file(state, event),
        JobEvent::SettingsNotSaved { reason } => {
            state.notices.show(NoticeKind::Problem, NoticeTopic::SettingsNotSaved { reason }, None);
            Vec::new()
        }
    }
}

fn show(state: &mut State, screen: Screen) -> Vec<Effect> {
    state.screen = screen;
    match screen {
        Screen::Models => vec![scan_library(state), shelf::list(state), Effect::Task(Task::MeasureMemory)],
        Screen::Welcome => vec![scan_library(state), Effect::Task(Task::MeasureMemory)],
        Screen::Model | Screen::Quality | Screen::Discover | Screen::HubModel | Screen::Downloads => {
            vec![Effect::Task(Task::MeasureMemory)]
        }
        Screen::About => measure(state),
        Screen::Chat => {
            if state.chats.current.is_none() {
                state.chats.start(false, state.clock.unix_secs);
            }
            Vec::new()
        }
    }
}

fn absorb_talk(state: &mut State, event: Event) -> Vec<Effect> {
    if matches!(state.talk.phase, Phase::Naming { .. }) && !matches!(event, Event::Counted(_)) {
        return title::absorb(state, &event);
    }
    match event {
        Event::Loaded(_) | Event::Progress(_) | Event::TooLarge(_) => model::absorb_load(state, event),
        Event::Quantized(report) => starter::absorb_made(state, report),
        Event::Failed(failure) => match state.talk.phase {
            Phase::Loading(_) => model::fail_load(state, failure),
            _ => reply::fail(state, failure),
        },
        Event::Counted(counts) => {
            attach::absorb_counted(state, &counts);
            Vec::new()
        }
        Event::Unloaded => vec![Effect::Task(Task::MeasureMemory)],
        Event::Warning(warning) => {
            state.notices.show(NoticeKind::Hint, NoticeTopic::Warned(warning), None);
            Vec::new()
        }
        event => reply::absorb(state, event),
    }
}

fn lose_engine(state: &mut State, lane: Lane, topic: NoticeTopic) -> Vec<Effect> {
    let mut effects = match lane {
        Lane::Look => look::lose(state, topic),
        Lane::Quantize if state.quality.run.is_some() => quality::lose(state, topic),
        Lane::Quantize => quantize::lose(state, topic),
        Lane::Talk => reply::lose(state, topic),
        Lane::Hub => discover::lose(state, topic),
        Lane::Fetch => downloads::lose(state, topic),
        Lane::Keep => shelf::lose(state, topic),
    };
    effects.push(Effect::Task(Task::MeasureMemory));
    effects
}

/// Measures memory, and looks at the machine if nobody did before.
fn measure(state: &State) -> Vec<Effect> {
    let look = state.machine.is_none().then_some(Effect::Task(Task::LookAtMachine));
    look.into_iter().chain([Effect::Task(Task::MeasureMemory)]).collect()
}
