//! Events of the engine's jobs, each matched by the number of its job to what the job is for.
//!
//! The matches over purposes name every one, and those over events every one, so that a new purpose or a new event does not
//! compile before it is decided here what it means. An answer that does not fit the purpose of its job is a failure of the job.

use nibble_engine::jobs::{Event, Failure, JobId};
use nibble_engine::progress::{Progress, Warning};

use super::effect::{Effect, abandon_jobs};
use super::news::unexpected_answer;
use super::{
    attach, discover, downloads, inspect, library, model, quality, quantize, reply, starter, title,
};
use crate::jobs::Task;
use crate::state::{Lane, NoticeKind, NoticeTopic, Outcome, Phase, Purpose, State};

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
        Event::Text(piece) => take_text(state, id, piece),
        end => match state.pending.end(id) {
            Some(purpose) => finish(state, purpose, end),
            None => Vec::new(),
        },
    }
}

/// A process is gone, or was not started, and its jobs with it; each purpose is told.
pub(super) fn lose(state: &mut State, jobs: Vec<JobId>, topic: &NoticeTopic) -> Vec<Effect> {
    let lost: Vec<Purpose> = jobs.into_iter().filter_map(|id| state.pending.end(id)).collect();
    lost.into_iter().flat_map(|purpose| lose_one(state, purpose, topic.clone())).collect()
}

fn advance(state: &mut State, id: JobId, progress: Progress, now: f64) {
    let Some(purpose) = state.pending.purpose(id) else { return };
    match purpose {
        Purpose::MakeStarter | Purpose::LoadModel => state.engine.phase = Phase::Loading(Some(progress)),
        Purpose::Quantize => quantize::advance(state, progress, now),
        Purpose::Measure => quality::advance(state, progress),
        Purpose::Download(download) => downloads::advance(state, *download, progress, now),
        Purpose::VerifyModel(_) => library::advance(state, progress),
        // Their progress is not shown.
        Purpose::Inspect
        | Purpose::Advise
        | Purpose::UnloadModel
        | Purpose::Reply { .. }
        | Purpose::Title { .. }
        | Purpose::CountFiles(_)
        | Purpose::SearchHub
        | Purpose::Describe(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary
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
        Purpose::Measure if matches!(warning, Warning::QualityNotKept { .. }) => NoticeKind::Problem,
        // What is only looked at brings its warnings when it is loaded or quantized.
        Purpose::Measure
        | Purpose::Inspect
        | Purpose::Advise
        | Purpose::SearchHub
        | Purpose::Describe(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary
        | Purpose::RemoveModel(_)
        | Purpose::VerifyModel(_) => return,
    };
    state.notices.show(kind, NoticeTopic::Warned(warning), None);
}

fn take_text(state: &mut State, id: JobId, piece: String) -> Vec<Effect> {
    let Some(purpose) = state.pending.purpose_mut(id) else { return Vec::new() };
    match purpose {
        Purpose::Reply { chat, message } => {
            let (chat, message) = (*chat, *message);
            reply::grow(state, chat, message, piece)
        }
        Purpose::Title { said, .. } => {
            said.push_str(&piece);
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
        | Purpose::SearchHub
        | Purpose::Describe(_)
        | Purpose::Download(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary
        | Purpose::RemoveModel(_)
        | Purpose::VerifyModel(_) => Vec::new(),
    }
}

/// Takes in the last event of a job.
fn finish(state: &mut State, purpose: Purpose, end: Event) -> Vec<Effect> {
    match (purpose, end) {
        (Purpose::Inspect, Event::Inspected(summary)) => inspect::inspected(state, summary),
        (Purpose::Advise, Event::Advised(advice)) => done(inspect::advised(state, advice)),
        (Purpose::MakeStarter, Event::Quantized(report)) => starter::made(state, report),
        (Purpose::LoadModel, Event::Loaded(report)) => model::loaded(state, report),
        (Purpose::LoadModel, Event::TooLarge(need)) => model::too_large(state, need),
        (Purpose::UnloadModel, Event::Unloaded) => vec![Effect::Task(Task::MeasureMemory)],
        (Purpose::Reply { chat, message }, Event::Replied(report)) => {
            reply::finish(state, chat, message, report)
        }
        (Purpose::Title { chat, said }, Event::Replied(_)) => title::finish(state, chat, &said),
        (Purpose::CountFiles(chat), Event::Counted(counts)) => done(attach::counted(state, chat, &counts)),
        (Purpose::Quantize, Event::Quantized(report)) => quantize::finish(state, report),
        (Purpose::Measure, Event::Measured(report)) => done(quality::finish(state, *report)),
        (Purpose::SearchHub, Event::Found(page)) => done(discover::found(state, page)),
        (Purpose::Describe(_), Event::Described(page)) => done(discover::described(state, page)),
        (Purpose::Download(id), Event::Fetched(report)) => downloads::finish(state, id, report),
        (Purpose::Discard(_), Event::Removed(_)) => library::list_again(state).into_iter().collect(),
        (Purpose::ListLibrary, Event::Listed(models)) => done(library::listed(state, models)),
        (Purpose::RemoveModel(_), Event::Removed(removed)) => library::removed(state, removed),
        (Purpose::VerifyModel(_), Event::Verified(report)) => done(library::verified(state, report)),
        (purpose, Event::Cancelled) => cancelled(state, purpose),
        (purpose, Event::Failed(failure)) => fail(state, purpose, failure),
        (
            purpose,
            Event::Inspected(_)
            | Event::Quantized(_)
            | Event::Measured(_)
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
            | Event::Listed(_)
            | Event::Removed(_)
            | Event::Verified(_)
            | Event::Progress(_)
            | Event::Warning(_)
            | Event::Text(_),
        ) => fail(state, purpose, unexpected_answer()),
    }
}

/// No effects, for what only changes the state.
fn done((): ()) -> Vec<Effect> {
    Vec::new()
}

/// A job stopped because it was asked to.
fn cancelled(state: &mut State, purpose: Purpose) -> Vec<Effect> {
    match purpose {
        Purpose::Reply { chat, message } => return reply::end(state, chat, message, Outcome::Stopped),
        Purpose::Download(id) => return downloads::cancelled(state, id),
        Purpose::MakeStarter => return drop_load(state),
        Purpose::LoadModel => model::cancelled(state),
        Purpose::Quantize => quantize::cancelled(state),
        Purpose::Measure => quality::cancelled(state),
        Purpose::SearchHub => discover::lose_search(state, None),
        Purpose::Describe(_) => discover::lose_page(state, None),
        Purpose::RemoveModel(_) | Purpose::VerifyModel(_) => library::end_work(state),
        Purpose::Inspect => inspect::fail(state, unexpected_answer()),
        // Nothing shows that they run.
        Purpose::Advise
        | Purpose::UnloadModel
        | Purpose::Title { .. }
        | Purpose::CountFiles(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary => {}
    }
    Vec::new()
}

/// A job failed.
fn fail(state: &mut State, purpose: Purpose, failure: Failure) -> Vec<Effect> {
    match purpose {
        Purpose::MakeStarter => {
            let mut effects = drop_load(state);
            effects.extend(model::fail_load(state, NoticeTopic::CannotLoad(failure)));
            return effects;
        }
        Purpose::LoadModel => return model::fail_load(state, NoticeTopic::CannotLoad(failure)),
        Purpose::Reply { chat, message } => {
            return reply::fail(state, chat, message, NoticeTopic::CannotReply(failure));
        }
        Purpose::Quantize => return quantize::fail(state, failure),
        Purpose::Download(id) => return downloads::fail(state, id, failure),
        Purpose::Inspect => inspect::fail(state, failure),
        Purpose::Advise => inspect::fail_advice(state, failure),
        Purpose::Measure => quality::fail(state, NoticeTopic::CannotMeasure(failure)),
        Purpose::SearchHub => discover::fail_search(state, failure),
        Purpose::Describe(_) => discover::fail_page(state, failure),
        Purpose::ListLibrary => library::fail_list(state, failure),
        Purpose::Discard(_) => library::fail_remove(state, failure),
        Purpose::RemoveModel(_) => {
            library::end_work(state);
            library::fail_remove(state, failure);
        }
        Purpose::VerifyModel(name) => library::fail_verify(state, name, failure),
        // A chat keeps its first words as its title, files stay uncounted, and a model that is not there needs no unloading.
        Purpose::Title { .. } | Purpose::CountFiles(_) | Purpose::UnloadModel => {}
    }
    Vec::new()
}

/// A job ended with its process.
fn lose_one(state: &mut State, purpose: Purpose, topic: NoticeTopic) -> Vec<Effect> {
    match purpose {
        Purpose::MakeStarter => {
            let mut effects = drop_load(state);
            effects.extend(model::fail_load(state, topic));
            return effects;
        }
        Purpose::LoadModel => return model::fail_load(state, topic),
        Purpose::Reply { chat, message } => return reply::fail(state, chat, message, topic),
        Purpose::Download(id) => return downloads::lose(state, id, topic),
        Purpose::Inspect => inspect::lose(state, topic),
        Purpose::Advise => inspect::lose_advice(state, topic),
        Purpose::Quantize => quantize::lose(state, topic),
        Purpose::Measure => quality::lose(state, topic),
        Purpose::SearchHub => discover::lose_search(state, Some(topic)),
        Purpose::Describe(_) => discover::lose_page(state, Some(topic)),
        Purpose::RemoveModel(_) | Purpose::VerifyModel(_) => {
            library::end_work(state);
            library::lose(state, topic);
        }
        Purpose::Discard(_) | Purpose::ListLibrary => library::lose(state, topic),
        Purpose::UnloadModel | Purpose::Title { .. } | Purpose::CountFiles(_) => {
            state.notices.show(NoticeKind::Problem, topic, None);
        }
    }
    Vec::new()
}

/// The starter was not quantized, so it is not loaded either.
fn drop_load(state: &mut State) -> Vec<Effect> {
    state.engine.phase = Phase::Idle;
    abandon_jobs(state, |purpose| *purpose == Purpose::LoadModel)
}

/// The process of a lane is gone, and with that of the chats the loaded model.
pub(super) fn forget_process(state: &mut State, lane: Lane) {
    if lane == Lane::Chat
        && let Some(model) = &mut state.engine.model
    {
        model.loaded = None;
    }
}
