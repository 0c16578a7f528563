//! Two lanes from a worker: the newest progress, and all else in order.
//!
//! Progress replaces progress. Text, warnings and ends wait in a bounded queue; when it is full the reading thread waits,
//! then the pipe fills, then the worker waits, so a slow window never grows without bound.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use nibble_engine::jobs::Event;
use nibble_engine::progress::Progress;

/// How many ordered reports may wait.
const CAPACITY: usize = 1024;

/// One ordered report.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The worker told.
    Event(Event),
    /// The worker said something that is not an event.
    Garbled,
    /// The worker closed its end.
    Closed,
}

/// Where a worker's reports wait for the window.
pub struct Mailbox {
    newest: Arc<Mutex<Option<Progress>>>,
    ordered: Receiver<Report>,
}

/// The other end of a [`Mailbox`], for the thread that reads.
pub struct Slot {
    newest: Arc<Mutex<Option<Progress>>>,
    ordered: SyncSender<Report>,
}

impl Mailbox {
    /// A mailbox and its slot.
    pub fn new() -> (Self, Slot) {
        let (sender, receiver) = sync_channel(CAPACITY);
        let newest = Arc::<Mutex<Option<Progress>>>::default();
        (Self { newest: Arc::clone(&newest), ordered: receiver }, Slot { newest, ordered: sender })
    }

    /// The newest progress, once.
    pub fn take_progress(&self) -> Option<Progress> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).take()
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
            let told = match serde_json::from_str::<Event>(&line) {
                Ok(Event::Progress(progress)) => {
                    *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
                    wake(Wake::Soon);
                    continue;
                }
                Ok(event) => Report::Event(event),
                Err(error) => {
                    // Where it went wrong, and not how: the error would quote what was said.
                    tracing::warn!(column = error.column(), "the engine said something that is no event");
                    Report::Garbled
                }
            };
            let urgency = if matches!(told, Report::Event(Event::Text(_))) { Wake::Soon } else { Wake::Now };
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

    #[test]
    fn progress_is_replaced_and_the_rest_is_kept_in_order() {
        let (mailbox, slot) = Mailbox::new();
        let progress = |done| Event::Progress(Progress { item: "t".into(), done, total: 9 });
        let said: String = [
            progress(1),
            Event::Text("a".into()),
            progress(2),
            Event::Text("b".into()),
            progress(3),
            Event::Cancelled,
        ]
        .iter()
        .map(|event| serde_json::to_string(event).unwrap() + "\n")
        .collect();
        slot.read_from((said + "nonsense\n\n").as_bytes(), |_| {});

        assert_eq!(mailbox.take_progress().unwrap().done, 3);
        assert_eq!(mailbox.take_progress(), None);
        let reports: Vec<Report> = std::iter::from_fn(|| mailbox.take_report()).collect();
        assert_eq!(
            reports,
            [
                Report::Event(Event::Text("a".into())),
                Report::Event(Event::Text("b".into())),
                Report::Event(Event::Cancelled),
                Report::Garbled,
                Report::Closed,
            ]
        );
    }
}
