//! The queue of downloads: one runs, the others in the order they were asked for.

use nibble_engine::jobs::Ask;
use nibble_engine::jobs::protocol::{Failure, FetchReport, FetchRequest};
use nibble_engine::progress::Progress;

use crate::command::{Command, DownloadsCommand, ModelCommand, ViewCommand};
use crate::state::{
    AfterStop, DownloadId, DownloadPhase, NoticeKind, NoticeTopic, Purpose, Screen, State, Work,
};

use super::effect::{Effect, cancel_job, save_settings, start_job};
use super::library;
use super::news::{tell, tell_outside};

/// Does what a person asked of the downloads.
pub(super) fn apply(state: &mut State, command: DownloadsCommand) -> Vec<Effect> {
    match command {
        DownloadsCommand::Add(request) => add(state, request),
        DownloadsCommand::Pause(id) => return stop(state, id, AfterStop::Pause),
        DownloadsCommand::Drop(id) => return stop(state, id, AfterStop::Discard),
        DownloadsCommand::Resume(id) => resume(state, id),
        DownloadsCommand::ContinueEarlier => {}
    }
    go_on(state)
}

/// Adds a download; one of the same that was stopped goes on instead.
fn add(state: &mut State, request: FetchRequest) {
    state.screen = Screen::Downloads;
    match state.downloads.same(&request).map(|same| same.id) {
        Some(id) => resume(state, id),
        None => {
            state.downloads.add(request);
        }
    }
}

fn resume(state: &mut State, id: DownloadId) {
    if let Some(download) = state.downloads.find(id)
        && matches!(download.phase, DownloadPhase::Paused | DownloadPhase::Failed(_))
    {
        download.phase = DownloadPhase::Waiting;
    }
}

/// Stops a download, or takes it out of the queue.
fn stop(state: &mut State, id: DownloadId, after: AfterStop) -> Vec<Effect> {
    let Some(download) = state.downloads.find(id) else { return Vec::new() };
    if let DownloadPhase::Running(work) = &mut download.phase {
        let again = work.stopping.is_some();
        // What is to be thrown away is not kept after all because it is paused as well.
        if work.stopping != Some(AfterStop::Discard) {
            work.stopping = Some(after);
        }
        return if again {
            Vec::new()
        } else {
            cancel_job(state, |purpose| *purpose == Purpose::Download(id))
        };
    }
    let mut effects = settle(state, id, after);
    effects.extend(go_on(state));
    effects
}

/// Sets the state of a download that is not running.
fn settle(state: &mut State, id: DownloadId, after: AfterStop) -> Vec<Effect> {
    let Some(download) = state.downloads.find(id) else { return Vec::new() };
    if after == AfterStop::Pause {
        download.phase = DownloadPhase::Paused;
        return Vec::new();
    }
    let is_here = matches!(download.phase, DownloadPhase::Done { .. });
    let repo = download.request.repo.clone();
    state.downloads.all.retain(|download| download.id != id);
    let is_wanted = state.downloads.all.iter().any(|other| other.request.repo == repo);
    if is_here || is_wanted {
        return Vec::new();
    }
    vec![start_job(state, Purpose::Discard(repo.clone()), Ask::Discard { repo })]
}

/// Starts the next download if none is running, and keeps the queue for the next run.
fn go_on(state: &mut State) -> Vec<Effect> {
    let mut effects = Vec::new();
    if state.downloads.running().is_none()
        && let Some(next) = state.downloads.next_waiting()
    {
        next.phase = DownloadPhase::Running(Work::default());
        let (id, request) = (next.id, next.request.clone());
        effects.push(start_job(state, Purpose::Download(id), Ask::Fetch(request)));
    }
    let kept = state.downloads.to_keep();
    if kept != state.settings.downloads {
        state.settings.downloads = kept;
        effects.push(save_settings(state));
    }
    effects
}

/// Takes in how far a download is.
pub(super) fn advance(state: &mut State, id: DownloadId, progress: Progress, now: f64) {
    if let Some(download) = state.downloads.find(id)
        && let DownloadPhase::Running(work) = &mut download.phase
    {
        work.advance(progress.clone(), now);
        download.reached = Some(progress);
    }
}

/// Which file a download is of is known; the next run of the program goes on with that.
pub(super) fn settled(state: &mut State, id: DownloadId, request: FetchRequest) -> Vec<Effect> {
    if let Some(download) = state.downloads.find(id) {
        download.request = request;
    }
    go_on(state)
}

/// A download was cancelled: it is paused or deleted, as was asked.
pub(super) fn cancelled(state: &mut State, id: DownloadId) -> Vec<Effect> {
    let after = after_stop(state, id);
    let mut effects = settle(state, id, after);
    effects.extend(go_on(state));
    effects
}

/// A download failed; its row says so, and someone who is elsewhere is told.
pub(super) fn fail(state: &mut State, id: DownloadId, failure: Failure) -> Vec<Effect> {
    if after_stop(state, id) == AfterStop::Discard {
        return cancelled(state, id);
    }
    let Some(download) = state.downloads.find(id) else { return Vec::new() };
    download.phase = DownloadPhase::Failed(failure.clone());
    let topic = NoticeTopic::CannotFetch { name: download.name().to_owned(), failure };
    let mut effects = news(state, NoticeKind::Problem, topic, ViewCommand::Show(Screen::Downloads).into());
    effects.extend(go_on(state));
    effects
}

/// A model was downloaded; someone who is elsewhere is told so.
pub(super) fn finish(state: &mut State, id: DownloadId, report: FetchReport) -> Vec<Effect> {
    let Some(download) = state.downloads.find(id) else { return Vec::new() };
    let FetchReport { path, bytes, .. } = report;
    let topic = NoticeTopic::Fetched { name: download.name().to_owned(), bytes };
    let next = ModelCommand::ChatWith(path.clone()).into();
    download.phase = DownloadPhase::Done { path, bytes };
    let mut effects = news(state, NoticeKind::Good, topic, next);
    effects.extend(library::list(state));
    effects.extend(go_on(state));
    effects
}

/// What becomes of a download that has stopped.
fn after_stop(state: &mut State, id: DownloadId) -> AfterStop {
    let download = state.downloads.find(id);
    let asked = download.and_then(|download| match &download.phase {
        DownloadPhase::Running(work) => work.stopping,
        DownloadPhase::Waiting
        | DownloadPhase::Paused
        | DownloadPhase::Failed(_)
        | DownloadPhase::Done { .. } => None,
    });
    asked.unwrap_or(AfterStop::Pause)
}

/// Tells what the list of downloads does not show.
fn news(state: &mut State, kind: NoticeKind, topic: NoticeTopic, next: Command) -> Vec<Effect> {
    if state.screen == Screen::Downloads {
        return tell_outside(state, &topic).into_iter().collect();
    }
    tell(state, kind, topic, Some(next))
}

/// Offline mode was set: running and waiting downloads are paused.
pub(super) fn pause_all(state: &mut State) -> Vec<Effect> {
    for download in &mut state.downloads.all {
        if download.phase == DownloadPhase::Waiting {
            download.phase = DownloadPhase::Paused;
        }
    }
    let running = state.downloads.running().map(|download| download.id);
    let mut effects = running.map_or_else(Vec::new, |id| stop(state, id, AfterStop::Pause));
    effects.extend(go_on(state));
    effects
}

/// The process that downloaded is gone; what was downloaded stays.
pub(super) fn lose(state: &mut State, id: DownloadId, topic: NoticeTopic) -> Vec<Effect> {
    let effects = cancelled(state, id);
    state.notices.show(NoticeKind::Problem, topic, Some(DownloadsCommand::Resume(id).into()));
    effects
}
