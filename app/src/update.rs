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
mod import_export;
mod inspect;
mod library;
mod load;
mod model;
mod news;
mod quality;
mod quantize;
mod reply;
mod settings;
mod starter;
mod stored;
mod title;
mod unload_idle;
mod view;

use nibble_engine::jobs::Event;

use crate::command::Command;
use crate::event::JobEvent;
use crate::inbox::Inbound;
use crate::jobs::{Lane, Task};
use crate::state::{Clock, NoticeKind, NoticeTopic, Phase, State};

pub use effect::{Effect, worker_env};
pub use unload_idle::{idle_in, unload_idle};

/// Takes in the time of day. Chats and messages begun from now on have numbers above it, so that those of two runs never
/// meet, not even while the list of earlier chats is still being read.
pub fn tick(state: &mut State, clock: Clock) {
    /// Numbers per second, far more than anyone begins messages.
    const PER_SECOND: u64 = 1 << 20;
    if state.clock == Clock::default() {
        state.chats.count_from(u64::try_from(clock.unix_secs).unwrap_or_default() * PER_SECOND);
    }
    state.clock = clock;
    if state.engine.is_busy() {
        state.engine.used = clock.unix_secs;
    }
}

/// Takes in one thing that was waiting, at `now` seconds after the start.
pub fn take_in(state: &mut State, inbound: Inbound, now: f64) -> Vec<Effect> {
    match inbound {
        Inbound::Command(command) => apply(state, command),
        Inbound::Job(event) => absorb(state, event, now),
    }
}

/// Does what the user asked for.
pub fn apply(state: &mut State, command: impl Into<Command>) -> Vec<Effect> {
    match command.into() {
        Command::Chat(command) => chat::apply(state, command),
        Command::Chats(command) => chats::apply(state, command),
        Command::Model(command) => model::apply(state, command),
        Command::Quantize(command) => quantize::apply(state, command),
        Command::Quality(command) => quality::apply(state, command),
        Command::Discover(command) => discover::apply(state, command),
        Command::Downloads(command) => downloads::apply(state, command),
        Command::Library(command) => library::apply(state, command),
        Command::Settings(command) => settings::apply(state, command),
        Command::View(command) => view::apply(state, command),
    }
}

/// Takes in what a job told.
pub fn absorb(state: &mut State, event: JobEvent, now: f64) -> Vec<Effect> {
    match event {
        JobEvent::Engine { lane: Lane::Inspect, event } => inspect::absorb(state, event),
        // The lane does one job after the other, and a measurement is only asked for when nothing is quantized.
        JobEvent::Engine { lane: Lane::Quantize, event } if state.quality.run.is_some() => {
            quality::absorb(state, event)
        }
        JobEvent::Engine { lane: Lane::Quantize, event } => quantize::absorb(state, event, now),
        JobEvent::Engine { lane: Lane::Chat, event } => absorb_chat_engine(state, event),
        JobEvent::Engine { lane: Lane::HubSearch, event } => discover::absorb(state, event),
        JobEvent::Engine { lane: Lane::Download, event } => downloads::absorb(state, event, now),
        JobEvent::Engine { lane: Lane::Library, event } => library::absorb(state, event),
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
        JobEvent::ChatsRead(chats) => import_export::import(state, chats),
        JobEvent::ChatsNotRead { path, reason } => {
            import_export::fail_import(state, path, reason);
            Vec::new()
        }
        JobEvent::ChatWritten(path) => {
            import_export::exported(state, path);
            Vec::new()
        }
        JobEvent::ChatNotWritten { path, reason } => {
            import_export::fail_export(state, path, reason);
            Vec::new()
        }
        JobEvent::SettingsNotSaved { reason } => {
            state.notices.show(NoticeKind::Problem, NoticeTopic::SettingsNotSaved { reason }, None);
            Vec::new()
        }
    }
}

fn absorb_chat_engine(state: &mut State, event: Event) -> Vec<Effect> {
    if matches!(state.engine.phase, Phase::GeneratingTitle { .. }) && !matches!(event, Event::Counted(_)) {
        return title::absorb(state, &event);
    }
    match event {
        Event::Loaded(_) | Event::Progress(_) | Event::TooLarge(_) => model::absorb_load(state, event),
        Event::Quantized(report) => starter::absorb_made(state, report),
        Event::Failed(failure) => match state.engine.phase {
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
        Lane::Inspect => inspect::lose(state, topic),
        Lane::Quantize if state.quality.run.is_some() => quality::lose(state, topic),
        Lane::Quantize => quantize::lose(state, topic),
        Lane::Chat => reply::lose(state, topic),
        Lane::HubSearch => discover::lose(state, topic),
        Lane::Download => downloads::lose(state, topic),
        Lane::Library => library::lose(state, topic),
    };
    effects.push(Effect::Task(Task::MeasureMemory));
    effects
}
