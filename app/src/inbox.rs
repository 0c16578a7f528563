//! The inbox of `update.rs`: commands of the user and events of jobs, in order of arrival.

use std::sync::{Arc, Mutex, PoisonError};

use crate::command::Command;
use crate::event::JobEvent;

/// One item in the inbox of `update.rs`.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// A command sent by the user.
    Command(Command),
    /// An event reported by a job.
    Job(JobEvent),
}

/// The sending end of the inbox; clones share it. Wakes the window whenever something is sent.
#[derive(Clone)]
pub struct CommandSender {
    waiting: Arc<Mutex<Vec<Inbound>>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl CommandSender {
    /// An empty inbox that calls `wake` whenever something is sent.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { waiting: Arc::default(), wake: Arc::new(wake) }
    }

    /// Sends a command of the user.
    pub fn send(&self, command: impl Into<Command>) {
        self.put(Inbound::Command(command.into()));
    }

    /// Reports the result of a short background task.
    pub fn report(&self, event: JobEvent) {
        self.put(Inbound::Job(event));
    }

    /// Takes everything out of the inbox, in order of arrival.
    pub fn take(&self) -> Vec<Inbound> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, inbound: Inbound) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(inbound);
        (self.wake)();
    }
}
