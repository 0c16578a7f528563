//! Chats on disk: one SQLite file, in which a crash loses at most the last half second of a growing reply.
//!
//! Plain calls that wait for the disk; `jobs::StoreThread` makes them on a thread of its own. A finished message is on the
//! disk when its call returns (write-ahead log, `synchronous = FULL`). A growing reply is written to a table of its own
//! without waiting for the disk, so that the index of words is not touched for every piece; whatever stands there when
//! the file is opened is the reply of a run that ended in the middle, and becomes a message.

mod chats;
mod command;
mod error;
mod messages;
mod schema;
mod search;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

pub use chats::ImportedChat;
pub use command::{StoreCommand, StoreEvent};
pub use error::StoreError;

/// How long another program may hold the file before a call gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// Held by the first window on the file while it runs.
    lock: Option<File>,
}

/// A store, and what had to be moved out of its way.
#[derive(Debug)]
pub struct Opened {
    /// The opened store.
    pub store: Store,
    /// Where a file that could not be read lies now, and what was wrong with it.
    pub set_aside: Option<(PathBuf, StoreError)>,
}

impl Store {
    /// Opens the store at `path` and makes it if it is not there. A broken file is kept beside it under another name.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file of a later version of the program, which is left alone; any other when the place
    /// cannot be written.
    pub fn open(path: &Path) -> Result<Opened, StoreError> {
        match Self::try_open(path) {
            Ok(store) => Ok(Opened { store, set_aside: None }),
            Err(error) if error.is_broken_file() => {
                let kept_as = set_aside(path)?;
                let store = Self::try_open(path)?;
                Ok(Opened { store, set_aside: Some((kept_as, error)) })
            }
            Err(error) => Err(error),
        }
    }

    fn try_open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { folder: folder.into(), source })?;
        }
        let mut connection = Connection::open(path).map_err(StoreError::Open)?;
        prepare(&connection).map_err(StoreError::Open)?;
        schema::migrate(&mut connection, path)?;
        let (lock, is_first) = lock(path);
        let mut store = Self { connection, lock };
        if is_first {
            store.adopt_growing()?;
            store.empty_bin()?;
        }
        // A damaged list shows now, while the file can still be moved away.
        store.heads()?;
        Ok(store)
    }

    /// Whether calls return only after the disk has what they wrote.
    fn wait_for_disk(&self, wait: bool) -> Result<(), StoreError> {
        let level = if wait { "FULL" } else { "NORMAL" };
        self.connection.pragma_update(None, "synchronous", level).map_err(StoreError::write("a setting"))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Closing the file would leave the lock to a child process that is just being started.
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

/// Takes the lock of the file at `path`; whether no other window has it. A second window must not adopt the reply that grows in the
/// first, nor purge what can be brought back there. Where files cannot be locked, every window counts as the first.
fn lock(path: &Path) -> (Option<File>, bool) {
    let Ok(file) = File::create(path.with_extension("lock")) else { return (None, true) };
    match file.try_lock() {
        Ok(()) => (Some(file), true),
        Err(TryLockError::WouldBlock) => (None, false),
        Err(TryLockError::Error(_)) => (None, true),
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What a person deletes is gone from the file too.
    connection.pragma_update(None, "secure_delete", true)
}

/// Moves a broken file and what belongs to it out of the way, under the first name that is free.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let beside = |suffix: &str| {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(suffix);
        path.with_file_name(name)
    };
    let free = (1_u32..1000).map(|n| beside(&format!(".broken-{n}"))).find(|kept_as| !kept_as.exists());
    let kept_as = free.unwrap_or_else(|| beside(".broken"));
    std::fs::rename(path, &kept_as).map_err(|source| StoreError::SetAside { from: path.into(), source })?;
    for suffix in ["-wal", "-shm"] {
        let mut name = kept_as.clone().into_os_string();
        name.push(suffix);
        // Usually there is none; a log of another file must not be replayed into the new one.
        if std::fs::rename(beside(suffix), name).is_err() {
            let _ = std::fs::remove_file(beside(suffix));
        }
    }
    Ok(kept_as)
}
