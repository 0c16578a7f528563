//! The jobs of a worker that wait for a thread or run on one.
//!
//! Jobs start in the order they came, except that a job of a session waits until the jobs of that session before it have ended;
//! jobs after it that can run go first, so that one busy session holds up no other work.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::ids::{JobId, SessionId};
use super::protocol::{Ask, Request};
use crate::progress::Cancel;

/// Largest number of jobs that may wait for a thread.
const MOST_WAITING: usize = 64;

/// The jobs that wait or run.
#[derive(Default)]
pub(super) struct JobQueue {
    state: Mutex<QueueState>,
    /// Notified whenever a job may have become ready to run.
    changed: Condvar,
}

#[derive(Default)]
struct QueueState {
    waiting: VecDeque<Request>,
    running: BTreeMap<JobId, RunningJob>,
    is_closed: bool,
}

struct RunningJob {
    session: Option<SessionId>,
    cancel: Cancel,
}

/// Why a job was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotQueued {
    /// A job of this id is still running or waiting.
    #[error("{0:?} has not ended and cannot start again")]
    Duplicate(JobId),
    /// The queue is full.
    #[error("{MOST_WAITING} jobs are waiting already; start this one again when some of them have ended")]
    Full,
}

impl JobQueue {
    /// Adds a job to the queue.
    ///
    /// # Errors
    /// [`NotQueued`] if the queue is full or closed.
    pub(super) fn push(&self, request: Request) -> Result<(), NotQueued> {
        let mut state = self.lock();
        let is_known = state.running.contains_key(&request.id)
            || state.waiting.iter().any(|waiting| waiting.id == request.id);
        if is_known {
            return Err(NotQueued::Duplicate(request.id));
        }
        if state.waiting.len() >= MOST_WAITING {
            return Err(NotQueued::Full);
        }
        state.waiting.push_back(request);
        self.changed.notify_all();
        Ok(())
    }

    /// Waits for the next job that may run, and returns it with the flag that cancels it; `None` once the queue is closed.
    pub(super) fn next(&self) -> Option<(Request, Cancel)> {
        let mut state = self.lock();
        loop {
            if let Some(request) = state.take_ready() {
                let (session, cancel) = (session_of(&request.ask), Cancel::new());
                state.running.insert(request.id, RunningJob { session, cancel: cancel.clone() });
                return Some((request, cancel));
            }
            if state.is_closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Records that a job has ended.
    pub(super) fn end(&self, id: JobId) {
        self.lock().running.remove(&id);
        self.changed.notify_all();
    }

    /// Cancels a job; returns whether it was still waiting, so that it never runs. Unknown jobs have ended.
    pub(super) fn cancel(&self, id: JobId) -> bool {
        let mut state = self.lock();
        if let Some(job) = state.running.get(&id) {
            job.cancel.cancel();
        }
        let at = state.waiting.iter().position(|waiting| waiting.id == id);
        at.and_then(|at| state.waiting.remove(at)).is_some()
    }

    /// Cancels all jobs and makes [`Self::next`] return `None`; returns the jobs that were waiting.
    pub(super) fn close(&self) -> Vec<JobId> {
        let mut state = self.lock();
        state.is_closed = true;
        state.running.values().for_each(|job| job.cancel.cancel());
        let never_run = state.waiting.drain(..).map(|request| request.id).collect();
        self.changed.notify_all();
        never_run
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueueState {
    /// Removes the first job whose session, if it has one, is idle.
    fn take_ready(&mut self) -> Option<Request> {
        let is_busy = |session| self.running.values().any(|job| job.session == Some(session));
        let ready = |request: &Request| !session_of(&request.ask).is_some_and(is_busy);
        let at = self.waiting.iter().position(ready)?;
        self.waiting.remove(at)
    }
}

/// The session that a job uses.
fn session_of(ask: &Ask) -> Option<SessionId> {
    match ask {
        Ask::Chat(request) => Some(request.session),
        Ask::EndSession(session) => Some(*session),
        Ask::Inspect { .. }
        | Ask::Quantize(_)
        | Ask::Measure(_)
        | Ask::Compare(_)
        | Ask::Estimate(_)
        | Ask::Curve(_)
        | Ask::DiscardUnfinished { .. }
        | Ask::Load(_)
        | Ask::Unload(_)
        | Ask::Advise(_)
        | Ask::Search(_)
        | Ask::Describe(_)
        | Ask::Download(_)
        | Ask::Fetch(_)
        | Ask::Account
        | Ask::MemorySpeed
        | Ask::Library
        | Ask::Remove { .. }
        | Ask::Discard { .. }
        | Ask::Verify { .. }
        | Ask::Count(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(id: u64, ask: Ask) -> Request {
        Request { id: JobId(id), ask }
    }

    /// A job of a session; the cheapest there is.
    fn in_session(id: u64, session: u64) -> Request {
        job(id, Ask::EndSession(SessionId(session)))
    }

    fn next(queue: &JobQueue) -> (u64, Cancel) {
        let (request, cancel) = queue.next().unwrap();
        (request.id.0, cancel)
    }

    #[test]
    fn jobs_of_a_session_run_in_their_order_and_hold_up_no_others() {
        let queue = JobQueue::default();
        for request in [in_session(1, 1), in_session(2, 1), in_session(3, 1), in_session(4, 2)] {
            queue.push(request).unwrap();
        }
        queue.push(job(5, Ask::Library)).unwrap();
        assert_eq!([next(&queue).0, next(&queue).0, next(&queue).0], [1, 4, 5]);
        queue.end(JobId(4));
        assert!(queue.lock().take_ready().is_none(), "the first session is busy");
        queue.end(JobId(1));
        assert_eq!(next(&queue).0, 2);
        queue.end(JobId(2));
        assert_eq!(next(&queue).0, 3);
    }

    #[test]
    fn a_cancel_takes_a_waiting_job_out_and_reaches_a_running_one() {
        let queue = JobQueue::default();
        queue.push(in_session(1, 1)).unwrap();
        queue.push(in_session(2, 1)).unwrap();
        let (_, first) = next(&queue);
        assert!(queue.cancel(JobId(2)) && !first.is_cancelled());
        assert!(!queue.cancel(JobId(1)) && first.is_cancelled());
        assert!(!queue.cancel(JobId(9)), "a job that is not known has ended");
        queue.end(JobId(1));
        queue.push(in_session(2, 1)).unwrap();
        assert_eq!(next(&queue).0, 2, "a name is free once its job was taken out");
    }

    #[test]
    fn a_name_twice_and_too_many_jobs_are_refused() {
        let queue = JobQueue::default();
        queue.push(job(0, Ask::Library)).unwrap();
        assert_eq!(queue.push(job(0, Ask::Library)), Err(NotQueued::Duplicate(JobId(0))));
        let (running, _) = next(&queue);
        assert_eq!(queue.push(job(running, Ask::Library)), Err(NotQueued::Duplicate(JobId(0))));
        for id in 1..=MOST_WAITING as u64 {
            queue.push(job(id, Ask::Library)).unwrap();
        }
        assert_eq!(queue.push(job(1000, Ask::Library)), Err(NotQueued::Full));
    }

    #[test]
    fn closing_cancels_all_and_ends_the_waiting() {
        let queue = JobQueue::default();
        for id in 1..4 {
            queue.push(in_session(id, 1)).unwrap();
        }
        let (_, cancel) = next(&queue);
        assert_eq!(queue.close(), [JobId(2), JobId(3)]);
        assert!(cancel.is_cancelled() && queue.next().is_none());
    }
}
