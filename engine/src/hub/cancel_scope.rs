//! Cancel scope of network work: cancelled by the user, or because another part of the same work failed.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::progress::{Cancel, Cancelled};

/// Interval between two checks for cancellation during a wait.
const LOOK: Duration = Duration::from_millis(25);

/// A cancel scope: the user's [`Cancel`], and a flag for the failure of a part of the work.
pub(super) struct CancelScope<'a> {
    cancel: &'a Cancel,
    failed: AtomicBool,
}

/// Why a wait ended before its future did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interrupted {
    Cancelled,
    TimedOut,
}

impl<'a> CancelScope<'a> {
    pub(super) fn new(cancel: &'a Cancel) -> Self {
        Self { cancel, failed: AtomicBool::new(false) }
    }

    /// Cancels the other parts of the same work.
    pub(super) fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    /// Returns an error once the scope is cancelled.
    pub(super) fn check(&self) -> Result<(), Cancelled> {
        if self.failed.load(Ordering::Relaxed) { Err(Cancelled) } else { self.cancel.check() }
    }

    /// Waits for `future`, unless `limit` passes or the scope is cancelled.
    pub(super) async fn wait<T>(
        &self,
        future: impl Future<Output = T>,
        limit: Duration,
    ) -> Result<T, Interrupted> {
        let deadline = Instant::now() + limit;
        let mut future = std::pin::pin!(future);
        loop {
            self.check().map_err(|Cancelled| Interrupted::Cancelled)?;
            let left = deadline.saturating_duration_since(Instant::now());
            if let Ok(found) = tokio::time::timeout(left.min(LOOK), &mut future).await {
                return Ok(found);
            }
            if Instant::now() >= deadline {
                return Err(Interrupted::TimedOut);
            }
        }
    }

    /// Sleeps for `time`, unless the scope is cancelled.
    pub(super) async fn pause(&self, time: Duration) -> Result<(), Cancelled> {
        match self.wait(std::future::pending::<()>(), time).await {
            Err(Interrupted::Cancelled) => Err(Cancelled),
            Ok(()) | Err(Interrupted::TimedOut) => Ok(()),
        }
    }
}
