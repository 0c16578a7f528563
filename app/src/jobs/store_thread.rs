//! The thread of the chat store: performs store commands in order, and merges the pieces of a growing reply.
//!
//! The queue is bounded and the window never waits for it: what does not fit stays with the window, where pieces of one
//! reply become one piece, so that what waits grows by what a person does and not by what a model says.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nibble_engine::jobs::Delta;

use super::JobEvent;
use crate::inbox::CommandSender;
use crate::state::MessageId;
use crate::store::{Opened, Store, StoreCommand, StoreError, StoreEvent};

/// Capacity of the queue of commands.
const CAPACITY: usize = 256;

/// Longest delay of a piece of a growing reply, so that pieces are written together.
const AT_MOST_BEHIND: Duration = Duration::from_millis(400);

/// The window's side of the store.
pub struct StoreThread {
    queue: Option<SyncSender<StoreCommand>>,
    waiting: VecDeque<StoreCommand>,
    thread: Option<JoinHandle<()>>,
}

impl StoreThread {
    /// Opens the store at `path` on a thread of its own; what it tells arrives through `sender`.
    pub fn start(path: PathBuf, sender: &CommandSender) -> Self {
        let (queue, commands) = sync_channel(CAPACITY);
        let teller = sender.clone();
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            let tell = |event| teller.report(JobEvent::Store(event));
            keep(&path, &commands, &tell);
        });
        let thread = thread.map_err(|error| {
            let reason = error.to_string();
            sender.report(JobEvent::Store(StoreEvent::NotOpened { reason }));
        });
        Self { queue: Some(queue), waiting: VecDeque::new(), thread: thread.ok() }
    }

    /// Has a command done after those given before; never waits.
    pub fn give(&mut self, command: StoreCommand) {
        match (self.waiting.back_mut(), command) {
            (Some(StoreCommand::Append(last, piece)), StoreCommand::Append(id, more)) if *last == id => {
                if let Some(other) = join(piece, more) {
                    self.waiting.push_back(StoreCommand::Append(id, other));
                }
            }
            (_, command) => self.waiting.push_back(command),
        }
        self.hand_over();
    }

    /// Hands over what did not fit before; called once per frame.
    pub fn hand_over(&mut self) {
        let Some(queue) = &self.queue else { return self.waiting.clear() };
        while let Some(command) = self.waiting.pop_front() {
            match queue.try_send(command) {
                Ok(()) => {}
                Err(TrySendError::Full(command)) => return self.waiting.push_front(command),
                // The thread told why it ended.
                Err(TrySendError::Disconnected(_)) => return self.waiting.clear(),
            }
        }
    }

    /// Writes all that waits, before the program ends.
    pub fn finish(&mut self) {
        if let Some(queue) = self.queue.take() {
            for command in self.waiting.drain(..) {
                if queue.send(command).is_err() {
                    break;
                }
            }
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that keeps chats panicked");
        }
    }
}

impl Drop for StoreThread {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Opens the store and does what is asked until nobody asks any more.
fn keep(path: &Path, commands: &Receiver<StoreCommand>, tell: &impl Fn(StoreEvent)) {
    let mut store = match open(path) {
        Ok((store, opened)) => {
            tell(opened);
            store
        }
        Err(error) => {
            tracing::error!(error = error.chain(), "the store could not be opened");
            return tell(StoreEvent::NotOpened { reason: error.chain() });
        }
    };
    let mut growing = Growing::default();
    loop {
        let command = match growing.receive(commands) {
            Ok(command) => Some(command),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let done = match command {
            Some(StoreCommand::Append(id, piece)) => growing.add(&store, id, piece).map(|()| None),
            Some(command) => {
                // A piece that cannot be written does not take the next command with it.
                report(growing.write(&store).map(|()| None), tell);
                perform(&mut store, command)
            }
            None => growing.write(&store).map(|()| None),
        };
        report(done, tell);
    }
    report(growing.write(&store).map(|()| None), tell);
}

fn open(path: &Path) -> Result<(Store, StoreEvent), StoreError> {
    let Opened { store, set_aside } = Store::open(path)?;
    let chats = store.heads()?;
    let set_aside = set_aside.map(|(kept_as, error)| (kept_as, error.chain()));
    let newest = store.newest_number()?;
    tracing::info!(n_chats = chats.len(), "the store is open");
    Ok((store, StoreEvent::Opened { chats, newest, set_aside }))
}

fn report(done: Result<Option<StoreEvent>, StoreError>, tell: &impl Fn(StoreEvent)) {
    match done {
        Ok(None) => {}
        Ok(Some(event)) => tell(event),
        Err(error) => {
            tracing::error!(error = error.chain(), "the store failed");
            tell(StoreEvent::Failed { reason: error.chain() });
        }
    }
}

fn perform(store: &mut Store, command: StoreCommand) -> Result<Option<StoreEvent>, StoreError> {
    match command {
        StoreCommand::SaveChat(head) => store.save_chat(&head)?,
        StoreCommand::SaveMessage(chat, message) => store.save_message(chat, &message)?,
        StoreCommand::Begin(chat, message) => store.begin(chat, &message)?,
        StoreCommand::Append(id, piece) => store.append(id, &piece)?,
        StoreCommand::DeleteMessages(ids) => store.delete_messages(&ids)?,
        StoreCommand::SetDeleted(chat, deleted) => store.set_deleted(chat, deleted)?,
        StoreCommand::Purge(chat) => store.purge(chat)?,
        StoreCommand::Import(chats) => store.import(&chats)?,
        StoreCommand::Read(chat) => {
            return store.messages(chat).map(|messages| Some(StoreEvent::Messages(chat, messages)));
        }
        StoreCommand::ReadTexts(chats) => {
            return store.texts(&chats).map(|texts| Some(StoreEvent::Texts(texts)));
        }
        StoreCommand::Search { query, round } => {
            return store.search(&query).map(|hits| Some(StoreEvent::Found { round, hits }));
        }
    }
    Ok(None)
}

/// Joins a piece of a reply with the next one; gives that back if it is of another kind.
fn join(piece: &mut Delta, more: Delta) -> Option<Delta> {
    match (piece, more) {
        (Delta::Content(text), Delta::Content(more)) | (Delta::Reasoning(text), Delta::Reasoning(more)) => {
            text.push_str(&more);
            None
        }
        (_, other) => Some(other),
    }
}

/// Pieces of a reply that are not written yet.
#[derive(Default)]
struct Growing {
    piece: Option<(MessageId, Delta, Instant)>,
}

impl Growing {
    /// The next command, or a timeout when the pieces have waited long enough.
    fn receive(&self, commands: &Receiver<StoreCommand>) -> Result<StoreCommand, RecvTimeoutError> {
        match &self.piece {
            Some((_, _, since)) => commands.recv_timeout(AT_MOST_BEHIND.saturating_sub(since.elapsed())),
            None => commands.recv().map_err(|_ended| RecvTimeoutError::Disconnected),
        }
    }

    fn add(&mut self, store: &Store, id: MessageId, more: Delta) -> Result<(), StoreError> {
        let other = match &mut self.piece {
            Some((last, piece, since)) if *last == id => match join(piece, more) {
                None if since.elapsed() < AT_MOST_BEHIND => return Ok(()),
                None => return self.write(store),
                Some(other) => other,
            },
            Some(_) | None => more,
        };
        let done = self.write(store);
        self.piece = Some((id, other, Instant::now()));
        done
    }

    fn write(&mut self, store: &Store) -> Result<(), StoreError> {
        match self.piece.take() {
            Some((id, piece, _)) => store.append(id, &piece),
            None => Ok(()),
        }
    }
}
