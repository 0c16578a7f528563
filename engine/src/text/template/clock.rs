//! A limit of time for strangers' templates.
//!
//! Steps are counted, but some operations of the template language take one step and, on values built for it, hours: the
//! length of a list that was added to itself forty times is found by walking it. No such operation can be interrupted, so a render
//! runs on a thread of its own, which is left to itself when its time is over.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Time for one prompt; real templates take milliseconds.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
/// Stack of the thread: the deepest chain that is read needs less than half of it.
const STACK_BYTES: usize = 8 << 20;

/// What `work` comes to; `None` if it takes longer than `limit`.
///
/// # Errors
/// When the system has no more threads.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<Option<T>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("nibble-template".to_owned()).stack_size(STACK_BYTES);
    thread.spawn(move || {
        // Nobody listens any more once the time is over.
        let _ = sender.send(work());
    })?;
    Ok(receiver.recv_timeout(limit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_takes_too_long_is_left() {
        assert_eq!(within(LIMIT, || 7).unwrap(), Some(7));
        let long = within(Duration::from_millis(1), || thread::sleep(Duration::from_millis(300)));
        assert_eq!(long.unwrap(), None);
    }
}
