//! Events of the engine's jobs, each matched by the number of its job to what the job is for.
//!
//! The matches over purposes name every one, and those over events every one, so that a new purpose or a new event does not
//! compile before it is decided here what it means. An answer that does not fit the purpose of its job is a failure of the job.

use nibble_engine::jobs::protocol::FetchRequest;
use nibble_engine::jobs::{Delta, Event, JobId};
use nibble_engine::progress::{Progress, Warning};

use super::effect::{Effect, abandon_jobs};
use super::load::load;
use super::news::unexpected_answer;
use super::{
    attach, compare, curve, discover, downloads, estimate, inspect, job_ends, library, model, quality,
    quantize, reply, title,
};
use crate::jobs::Task;
use crate::state::{Lane, NoticeKind, NoticeTopic, Phase, Purpose, State, TokenState};

/// Takes in an event at `now` seconds after the start; an event of a job that is not pending changes nothing.
pub(super) fn absorb(state: &mut State, id: JobId, event: Event, now: f64) -> Vec<Effect> {
    if state.pending.purpose(id).is_none() {
        return Vec::new();
    }
    match event {
        Event::Progress(progress) => {
            advance(state, id, progress, now);
            Vec::new()
        }
        Event::Warning(warning) => {
            warn(state, id, warning);
            Vec::new()
        }
        Event::Delta(delta) => take_delta(state, id, delta, now),
        Event::FetchSettled(request) => settle_fetch(state, id, request),
        end => {
            let (ended, mut effects) = end_job(state, id);
            if let Some(purpose) = ended {
                effects.extend(finish(state, purpose, end));
            }
            effects
        }
    }
}

/// A process is gone, or was not started, and its jobs with it; each purpose is told.
pub(super) fn lose(state: &mut State, jobs: Vec<JobId>, topic: &NoticeTopic) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut lost = Vec::new();
    for id in jobs {
        let (ended, more) = end_job(state, id);
        lost.extend(ended);
        effects.extend(more);
    }
    effects.extend(lost.iter().flat_map(|purpose| job_ends::lose(state, purpose, topic.clone())));
    effects
}

/// Removes a job that has ended. A starter that is still being quantized for a load that has ended is not needed any more; a reply
/// that waited for a title alone needs the model, which may be gone or to be loaded with other settings by now.
fn end_job(state: &mut State, id: JobId) -> (Option<Purpose>, Vec<Effect>) {
    let ended = state.pending.end(id);
    let is_load = ended == Some(Purpose::LoadModel);
    let mut effects = abandon_jobs(state, |purpose| is_load && *purpose == Purpose::MakeStarter);
    let is_title = matches!(ended, Some(Purpose::Title { .. }));
    let is_coming = state.engine.is_loaded() || state.engine.is_loading();
    if is_title && !is_coming && state.pending.waiting_chat().is_some() {
        effects.extend(load(state));
    }
    (ended, effects)
}

fn advance(state: &mut State, id: JobId, progress: Progress, now: f64) {
    let Some(purpose) = state.pending.purpose(id) else { return };
    match purpose {
        Purpose::MakeStarter | Purpose::LoadModel => state.engine.phase = Phase::Loading(Some(progress)),
        Purpose::Quantize => quantize::advance(state, progress, now),
        Purpose::Curve => curve::advance(state, progress, now),
        Purpose::Compare => compare::advance(state, progress),
        Purpose::Measure => quality::advance(state, progress),
        Purpose::Download(download) => downloads::advance(state, *download, progress, now),
        Purpose::VerifyModel(_) => library::advance(state, progress),
        Purpose::Reply { .. } => state.engine.growth.reading = Some(progress),
        // Their progress is not shown.
        Purpose::Inspect
        | Purpose::Advise
        | Purpose::Estimate
        | Purpose::DiscardRun
        | Purpose::UnloadModel
        | Purpose::Title { .. }
        | Purpose::CountFiles(_)
        | Purpose::SearchHub
        | Purpose::TryToken
        | Purpose::Describe(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary
        | Purpose::MemorySpeed
        | Purpose::RemoveModel(_) => {}
    }
}

fn warn(state: &mut State, id: JobId, warning: Warning) {
    let Some(purpose) = state.pending.purpose(id) else { return };
    let kind = match purpose {
        Purpose::MakeStarter
        | Purpose::LoadModel
        | Purpose::UnloadModel
        | Purpose::Reply { .. }
        | Purpose::Title { .. }
        | Purpose::CountFiles(_)
        | Purpose::Quantize
        | Purpose::Download(_) => NoticeKind::Hint,
        Purpose::Measure | Purpose::Compare if matches!(warning, Warning::QualityNotKept { .. }) => {
            NoticeKind::Problem
        }
        // What is only looked at brings its warnings when it is loaded or quantized.
        Purpose::Measure
        | Purpose::Compare
        | Purpose::Curve
        | Purpose::Estimate
        | Purpose::DiscardRun
        | Purpose::Inspect
        | Purpose::Advise
        | Purpose::SearchHub
        | Purpose::TryToken
        | Purpose::Describe(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary
        | Purpose::MemorySpeed
        | Purpose::RemoveModel(_)
        | Purpose::VerifyModel(_) => return,
    };
    state.notices.show(kind, NoticeTopic::Warned(warning), None);
}

fn take_delta(state: &mut State, id: JobId, delta: Delta, now: f64) -> Vec<Effect> {
    let Some(purpose) = state.pending.purpose_mut(id) else { return Vec::new() };
    match purpose {
        Purpose::Reply { chat, message } => {
            let (chat, message) = (*chat, *message);
            state.engine.growth.grow(now);
            reply::grow(state, chat, message, delta)
        }
        Purpose::Title { said, .. } => {
            if let Delta::Content(piece) = delta {
                said.push_str(&piece);
            }
            Vec::new()
        }
        // They say nothing.
        Purpose::Inspect
        | Purpose::Advise
        | Purpose::MakeStarter
        | Purpose::LoadModel
        | Purpose::UnloadModel
        | Purpose::CountFiles(_)
        | Purpose::Quantize
        | Purpose::Measure
        | Purpose::Compare
        | Purpose::Curve
        | Purpose::Estimate
        | Purpose::DiscardRun
        | Purpose::SearchHub
        | Purpose::TryToken
        | Purpose::Describe(_)
        | Purpose::Download(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary
        | Purpose::MemorySpeed
        | Purpose::RemoveModel(_)
        | Purpose::VerifyModel(_) => Vec::new(),
    }
}

/// Takes in which file a download is of.
fn settle_fetch(state: &mut State, id: JobId, request: FetchRequest) -> Vec<Effect> {
    let Some(&Purpose::Download(download)) = state.pending.purpose(id) else { return Vec::new() };
    downloads::settled(state, download, request)
}

/// Takes in the last event of a job.
fn finish(state: &mut State, purpose: Purpose, end: Event) -> Vec<Effect> {
    match (purpose, end) {
        (Purpose::Inspect, Event::Inspected(summary)) => {
            let (mut effects, chat) = inspect::inspected(state, summary);
            effects.extend(chat.into_iter().flat_map(|path| model::chat_with(state, path)));
            return effects;
        }
        (Purpose::Advise, Event::Advised(advice)) => return inspect::advised(state, advice),
        // The load that waits for the built-in model comes next; nobody needs to hear that it was made.
        (Purpose::MakeStarter, Event::Quantized(_)) | (Purpose::Discard(_), Event::Removed(_)) => {
            return library::list(state);
        }
        (Purpose::LoadModel, Event::Loaded(report)) => return model::loaded(state, report),
        (Purpose::LoadModel, Event::TooLarge(need)) => return model::too_large(state, need),
        (Purpose::UnloadModel, Event::Unloaded) => return vec![Effect::Task(Task::MeasureMemory)],
        (Purpose::Reply { chat, message }, Event::Replied(report)) => {
            return reply::finish(state, chat, message, report);
        }
        (Purpose::Title { chat, said }, Event::Replied(_)) => return title::finish(state, chat, &said),
        (Purpose::CountFiles(chat), Event::Counted(counts)) => attach::counted(state, chat, &counts),
        (Purpose::Quantize, Event::Quantized(report)) => return quantize::finish(state, report),
        (Purpose::Curve, Event::Curve(report)) => curve::finish(state, *report),
        (Purpose::Compare, Event::Compared(report)) => return compare::finish(state, *report),
        (Purpose::Estimate, Event::Estimated(estimate)) => estimate::estimated(state, estimate),
        (Purpose::DiscardRun, Event::Discarded) => {}
        (Purpose::Measure, Event::Measured(report)) => quality::finish(state, *report),
        (Purpose::TryToken, Event::Account(name)) => state.token = TokenState::Of(name),
        (Purpose::SearchHub, Event::Found(page)) => discover::found(state, page),
        (Purpose::Describe(_), Event::Described(page)) => discover::described(state, page),
        (Purpose::Download(id), Event::Fetched(report)) => return downloads::finish(state, id, report),
        (Purpose::MemorySpeed, Event::MemorySpeed { read_gbps }) => state.read_gbps = read_gbps,
        (Purpose::ListLibrary, Event::Listed(models)) => return library::listed(state, models),
        (Purpose::RemoveModel(_), Event::Removed(removed)) => return library::removed(state, removed),
        (Purpose::VerifyModel(_), Event::Verified(report)) => library::verified(state, report),
        (purpose, Event::Cancelled) => return job_ends::cancelled(state, &purpose),
        (purpose, Event::Failed(failure)) => return job_ends::fail(state, purpose, failure),
        (
            purpose,
            Event::Inspected(_)
            | Event::Quantized(_)
            | Event::Measured(_)
            | Event::Compared(_)
            | Event::Estimated(_)
            | Event::Curve(_)
            | Event::Discarded
            | Event::Loaded(_)
            | Event::TooLarge(_)
            | Event::Unloaded
            | Event::SessionEnded
            | Event::Advised(_)
            | Event::Counted(_)
            | Event::Replied(_)
            | Event::Found(_)
            | Event::Described(_)
            | Event::Downloaded(_)
            | Event::Fetched(_)
            | Event::Account(_)
            | Event::FetchSettled(_)
            | Event::MemorySpeed { .. }
            | Event::Listed(_)
            | Event::Removed(_)
            | Event::Verified(_)
            | Event::Progress(_)
            | Event::Warning(_)
            | Event::Delta(_),
        ) => return job_ends::fail(state, purpose, unexpected_answer()),
    }
    Vec::new()
}

/// The process of a lane is gone, and with that of the chats the loaded model.
pub(super) fn forget_process(state: &mut State, lane: Lane) {
    if lane == Lane::Chat
        && let Some(model) = &mut state.engine.model
    {
        model.loaded = None;
    }
}
