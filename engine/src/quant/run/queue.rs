//! A queue of numbered work items: many threads process them, one receives the results in order, with bounded read-ahead.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Numbered work items: any thread takes the next, one thread receives the results in order.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    n_items: usize,
    /// Largest distance of a taken item from the receiver.
    ahead: usize,
}

struct State<T> {
    /// Number of the next item to take.
    taken: usize,
    /// Number of the next result to deliver.
    handed: usize,
    /// Results from `handed` on; `None` while in progress.
    results: VecDeque<Option<T>>,
    /// Whether the queue is closed: nothing is taken or delivered anymore.
    closed: bool,
}

/// Closes the queue when a work item panics, so that no thread waits for its result.
struct CloseOnPanic<'a, T>(&'a Queue<T>);

impl<T> Drop for CloseOnPanic<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

impl<T> Queue<T> {
    /// A queue of `n_items` items, of which at most `ahead` are in progress or waiting.
    pub(super) fn new(n_items: usize, ahead: usize) -> Self {
        let state = State { taken: 0, handed: 0, results: VecDeque::with_capacity(ahead), closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), n_items, ahead }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // The state is consistent after each statement, so a panic elsewhere does not corrupt it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes and processes items until none are left or the queue is closed.
    pub(super) fn work(&self, mut work: impl FnMut(usize) -> T) {
        let _close_on_panic = CloseOnPanic(self);
        while let Some(number) = self.take() {
            let result = work(number);
            let mut state = self.lock();
            let place = number - state.handed;
            state.results[place] = Some(result);
            drop(state);
            self.changed.notify_all();
        }
    }

    fn take(&self) -> Option<usize> {
        let full = |state: &mut State<T>| !state.closed && state.results.len() >= self.ahead;
        let mut state = self.changed.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        if state.closed || state.taken == self.n_items {
            return None;
        }
        let number = state.taken;
        state.taken += 1;
        state.results.push_back(None);
        Some(number)
    }

    /// Waits for the next result; `None` once the queue is closed.
    pub(super) fn next(&self) -> Option<T> {
        let unready = |state: &mut State<T>| !state.closed && !matches!(state.results.front(), Some(Some(_)));
        let mut state = self.changed.wait_while(self.lock(), unready).unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return None;
        }
        state.handed += 1;
        let result = state.results.pop_front().flatten();
        drop(state);
        self.changed.notify_all();
        result
    }

    /// Ends all work and all waiting.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}
