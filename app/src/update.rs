//! The only code that changes [`State`]: a person's commands and the engine's events in, effects out.
//!
//! Nothing here waits, draws or reads a clock: `now` is handed in, and what has to happen outside is returned as
//! [`Effect`]s. So every path is tested without a window.

mod attach;
mod chat;
mod chats;
mod compare;
mod curve;
mod discover;
mod downloads;
mod effect;
mod engine_events;
mod estimate;
mod history;
mod import_export;
mod inspect;
mod job_ends;
mod library;
mod load;
mod model;
mod news;
mod quality;
mod quantize;
mod quantize_choice;
mod reply;
mod reply_request;
mod settings;
mod starter;
mod stored;
mod title;
mod token;
mod unload_idle;
mod view;
mod waiting;

use nibble_engine::jobs::JobId;

use crate::command::Command;
use crate::event::JobEvent;
use crate::inbox::Inbound;
use crate::jobs::Task;
use crate::state::{Clock, NoticeKind, NoticeTopic, State};

pub use effect::{Effect, worker_env};
pub use unload_idle::{idle_in, unload_idle};
pub use view::close_old_notices;

/// Takes in the time of day. Chats and messages begun from now on have numbers above it, so that those of two runs never
/// meet, not even while the list of earlier chats is still being read.
pub fn tick(state: &mut State, clock: Clock) {
    /// Numbers per second, far more than anyone begins messages.
    const PER_SECOND: u64 = 1 << 20;
    if state.clock == Clock::default() {
        state.chats.count_from(u64::try_from(clock.unix_secs).unwrap_or_default() * PER_SECOND);
    }
    state.clock = clock;
    if state.uses_model() {
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
    let mut effects = match command.into() {
        Command::Chat(command) => chat::apply(state, command),
        Command::Chats(command) => chats::apply(state, command),
        Command::Model(command) => model::apply(state, command),
        Command::Quantize(command) => quantize::apply(state, command),
        Command::Quality(command) => quality::apply(state, command),
        Command::Compare(command) => compare::apply(state, command),
        Command::Discover(command) => discover::apply(state, command),
        Command::Downloads(command) => downloads::apply(state, command),
        Command::Library(command) => library::apply(state, command),
        Command::Settings(command) => settings::apply(state, command),
        Command::View(command) => view::apply(state, command),
    };
    effects.extend(waiting::resume(state));
    effects
}

/// Takes in an event of a job at `now` seconds after the start.
pub fn absorb(state: &mut State, event: JobEvent, now: f64) -> Vec<Effect> {
    let mut effects = absorb_event(state, event, now);
    effects.extend(waiting::resume(state));
    effects
}

fn absorb_event(state: &mut State, event: JobEvent, now: f64) -> Vec<Effect> {
    match event {
        JobEvent::Engine { id, event } => engine_events::absorb(state, id, event, now),
        JobEvent::Died { lane, death, jobs } => {
            engine_events::forget_process(state, lane);
            lose(state, jobs, &NoticeTopic::EngineDied { work: lane, death })
        }
        JobEvent::NotStarted { lane: _, reason, jobs } => {
            lose(state, jobs, &NoticeTopic::EngineMissing { reason })
        }
        JobEvent::ListingRead { models, missing } => library::listing_read(state, models, missing),
        JobEvent::MissingFound(missing) => {
            state.library.missing = missing;
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
        JobEvent::TokenSeen(is_here) => token::seen(state, is_here),
        JobEvent::TokenKept(is_here) => token::kept(state, is_here),
        JobEvent::AttachmentRead { chat, path, read } => attach::absorb_file(state, chat, &path, read),
        JobEvent::Store(event) => history::absorb(state, event),
        JobEvent::ChatsRead(chats) => import_export::import(state, chats),
        JobEvent::ChatsLeftOut(names) => {
            import_export::leave_out(state, names);
            Vec::new()
        }
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

/// Tells every purpose of jobs that ended with their process, and measures the memory that is free now.
fn lose(state: &mut State, jobs: Vec<JobId>, topic: &NoticeTopic) -> Vec<Effect> {
    let mut effects = engine_events::lose(state, jobs, topic);
    effects.push(Effect::Task(Task::MeasureMemory));
    effects
}
