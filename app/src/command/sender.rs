//! The box in which commands and what jobs told wait for `update.rs`.

use std::sync::{Arc, Mutex, PoisonError};

use super::Command;
use crate::jobs::JobEvent;

/// Something that waits for `update.rs`.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// The person asked.
    Command(Command),
    /// A job told.
    Job(JobEvent),
}

/// Where commands wait; clones share the box. Wakes the window when something is put in.
#[derive(Clone)]
pub struct CommandSender {
    waiting: Arc<Mutex<Vec<Inbound>>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl CommandSender {
    /// An empty box that calls `wake` whenever something is put in.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { waiting: Arc::default(), wake: Arc::new(wake) }
    }

    /// Asks for something.
    pub fn send(&self, command: Command) {
        self.put(Inbound::Command(command));
    }

    /// Reports what a short background task found.
    pub fn report(&self, event: JobEvent) {
        self.put(Inbound::Job(event));
    }

    /// Everything that waits, in order.
    pub fn take(&self) -> Vec<Inbound> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, inbound: Inbound) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(inbound);
        (self.wake)();
    }
}
