//! Progress of all files of a download, reported to the observer a few times a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::progress::{Observer, Progress};

/// Shortest time between two reports.
const BETWEEN: Duration = Duration::from_millis(50);

/// Counter of downloaded bytes, shared by several threads.
pub(super) struct Meter<'a> {
    observer: &'a dyn Observer,
    total: u64,
    /// Local bytes, verified or not.
    done: AtomicU64,
    /// Bytes received over the network, including failed attempts.
    fetched: AtomicU64,
    told: Mutex<Option<Instant>>,
}

impl<'a> Meter<'a> {
    pub(super) fn new(observer: &'a dyn Observer, total: u64) -> Self {
        Self { observer, total, done: AtomicU64::new(0), fetched: AtomicU64::new(0), told: Mutex::new(None) }
    }

    /// Counts `bytes` of `item` received over the network.
    pub(super) fn came(&self, item: &str, bytes: u64) {
        self.fetched.fetch_add(bytes, Ordering::Relaxed);
        self.add(item, bytes);
    }

    /// Counts `bytes` of `item` as local.
    pub(super) fn add(&self, item: &str, bytes: u64) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
        self.tell(item, false);
    }

    /// Subtracts `bytes` of `item`, which must be downloaded again.
    pub(super) fn lost(&self, item: &str, bytes: u64) {
        self.done.fetch_sub(bytes, Ordering::Relaxed);
        self.tell(item, false);
    }

    pub(super) fn fetched(&self) -> u64 {
        self.fetched.load(Ordering::Relaxed)
    }

    /// Reports progress, at most once per interval unless `now` is set.
    pub(super) fn tell(&self, item: &str, now: bool) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !now && told.is_some_and(|last| last.elapsed() < BETWEEN) {
            return;
        }
        *told = Some(Instant::now());
        let done = self.done.load(Ordering::Relaxed);
        self.observer.progress(Progress::new(item, done, self.total));
    }
}
