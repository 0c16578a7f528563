//! File lock that prevents two downloads from writing one blob: in this process, in another Nibble, or in a Python program.
//!
//! `flock` on Unix and `LockFileEx` on Windows, on the same file that huggingface_hub locks; the system releases it when a
//! process dies. On file systems without locks, the checksum at the end protects the blob.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(in super::super) struct Lock {
    _file: File,
}

impl Lock {
    /// Tries to take the lock at `path`; `None` while it is held elsewhere.
    pub(super) fn try_take(path: &Path) -> io::Result<Option<Self>> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Some(Self { _file: file }))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
