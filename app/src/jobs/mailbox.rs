//! Two lanes from a worker: the newest progress, and all else in order.
//!
//! Progress replaces progress. Text, warnings and ends wait in a bounded queue; when it is full the reading thread waits,
//! then the pipe fills, then the worker waits, so a slow window never grows without bound.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use nibble_engine::jobs::{Event, JobId, WorkerMessage};
use nibble_engine::progress::Progress;

/// Capacity of the queue of ordered reports.
const CAPACITY: usize = 1024;

/// One ordered report.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// A message of the worker.
    Message(WorkerMessage),
    /// The worker said something that is not an event.
    Garbled,
    /// The worker closed its end.
    Closed,
}

/// Where a worker's reports wait for the window.
pub struct Mailbox {
    newest: Arc<Mutex<BTreeMap<JobId, Progress>>>,
    ordered: Receiver<Report>,
}

/// The other end of a [`Mailbox`], for the thread that reads.
pub struct Slot {
    newest: Arc<Mutex<BTreeMap<JobId, Progress>>>,
    ordered: SyncSender<Report>,
}

impl Mailbox {
    /// A mailbox and its slot.
    pub fn new() -> (Self, Slot) {
        let (sender, receiver) = sync_channel(CAPACITY);
        let newest = Arc::<Mutex<BTreeMap<JobId, Progress>>>::default();
        (Self { newest: Arc::clone(&newest), ordered: receiver }, Slot { newest, ordered: sender })
    }

    /// The newest progress of each job, once.
    pub fn take_progress(&self) -> BTreeMap<JobId, Progress> {
        std::mem::take(&mut *self.newest.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next ordered report, if one waits.
    pub fn take_report(&self) -> Option<Report> {
        self.ordered.try_recv().ok()
    }
}

/// What the reading thread asks of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Something to show at once.
    Now,
    /// Something to show within a frame or two.
    Soon,
}

impl Slot {
    /// Reads events, one JSON object a line, until `source` ends; calls `wake` after each.
    pub fn read_from(self, source: impl Read, wake: impl Fn(Wake)) {
        for line in BufReader::new(source).lines() {
            let Ok(line) = line else { break };
            if line.trim().is_empty() {
                continue;
            }
            let told = match serde_json::from_str(&line) {
                Ok(WorkerMessage { id, event: Event::Progress(progress) }) => {
                    self.newest.lock().unwrap_or_else(PoisonError::into_inner).insert(id, progress);
                    wake(Wake::Soon);
                    continue;
                }
                Ok(message) => Report::Message(message),
                Err(error) => {
                    // Where it went wrong, and not how: the error would quote what was said.
                    tracing::warn!(column = error.column(), "the engine wrote a line that is not an event");
                    Report::Garbled
                }
            };
            let is_text = matches!(told, Report::Message(WorkerMessage { event: Event::Delta(_), .. }));
            let urgency = if is_text { Wake::Soon } else { Wake::Now };
            if self.ordered.send(told).is_err() {
                return;
            }
            wake(urgency);
        }
        if self.ordered.send(Report::Closed).is_ok() {
            wake(Wake::Now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nibble_engine::jobs::Delta;

    #[test]
    fn progress_is_replaced_and_the_rest_is_kept_in_order() {
        let (mailbox, slot) = Mailbox::new();
        let message = |id, event| WorkerMessage { id: JobId(id), event };
        let progress = |id, done| message(id, Event::Progress(Progress::new("t", done, 9)));
        let text = |id, words: &str| message(id, Event::Delta(Delta::Content(words.into())));
        let said: String = [
            progress(1, 1),
            text(1, "a"),
            progress(2, 5),
            text(2, "b"),
            progress(1, 3),
            message(1, Event::Cancelled),
        ]
        .iter()
        .map(|message| serde_json::to_string(message).unwrap() + "\n")
        .collect();
        slot.read_from((said + "nonsense\n\n").as_bytes(), |_| {});

        let newest = mailbox.take_progress().into_iter().map(|(id, progress)| (id, progress.done));
        assert_eq!(newest.collect::<Vec<_>>(), [(JobId(1), 3), (JobId(2), 5)]);
        assert!(mailbox.take_progress().is_empty());
        let reports: Vec<Report> = std::iter::from_fn(|| mailbox.take_report()).collect();
        assert_eq!(
            reports,
            [
                Report::Message(text(1, "a")),
                Report::Message(text(2, "b")),
                Report::Message(message(1, Event::Cancelled)),
                Report::Garbled,
                Report::Closed,
            ]
        );
    }
}
