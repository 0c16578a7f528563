//! A limit of time for strangers' templates.
//!
//! Steps are counted, but some operations of the template language take one step and, on values built for it, hours: the
//! length of a list that was added to itself forty times is found by walking it. No such operation can be interrupted, so a render
//! runs on a thread of its own, which is left to itself when its time is over.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Time for one prompt; real templates take milliseconds.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
/// Stack of the thread: the deepest chain that is read needs less than half of it.
const STACK_BYTES: usize = 8 << 20;

/// Whether a thread that was left to itself is still running; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Left(Arc<AtomicBool>);

impl Left {
    /// Whether such a thread is still running.
    pub(super) fn is_running(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// What `work` comes to; `None` if it takes longer than `limit`, and then it runs on.
    ///
    /// # Errors
    /// When the system has no more threads, or `work` panics.
    pub(super) fn within<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<Option<T>> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name("nibble-template".to_owned()).stack_size(STACK_BYTES);
        let left = self.clone();
        let thread = thread.spawn(move || {
            // Nobody listens any more once the time is over.
            let _ = sender.send(work());
            left.0.store(false, Ordering::Release);
        })?;
        match receiver.recv_timeout(limit) {
            Ok(result) => {
                // It ends at once, and does not outlive this call.
                let _ = thread.join();
                Ok(Some(result))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let _ = thread.join();
                Err(io::Error::other("the template engine panicked"))
            }
            Err(RecvTimeoutError::Timeout) => {
                self.0.store(true, Ordering::Release);
                // It may have ended between the two.
                let late = receiver.try_recv().ok();
                if late.is_some() {
                    self.0.store(false, Ordering::Release);
                }
                Ok(late)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_takes_too_long_is_left() {
        let left = Left::default();
        assert_eq!(left.within(LIMIT, || 7).unwrap(), Some(7));
        assert!(!left.is_running());
        let (end, ended) = mpsc::sync_channel::<()>(0);
        let (done, is_done) = mpsc::sync_channel(1);
        let long = left.within(Duration::from_millis(1), move || {
            let _ = ended.recv();
            done.send(()).unwrap();
        });
        assert_eq!(long.unwrap(), None);
        assert!(left.is_running());
        drop(end);
        is_done.recv().unwrap();
        while left.is_running() {
            thread::yield_now();
        }
        assert!(left.within(LIMIT, || panic!("a fault")).map(|_: Option<()>| ()).is_err());
        assert!(!left.is_running());
    }
}
