//! An unfinished download: the bytes so far, and the server's validator of that version of the file.
//!
//! Both are stored beside the blobs under Nibble's own names, since other programs would write to shared names. A part
//! truncated by a crash or a lost disk page is detected by its checksum at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checksum::Digest;
use crate::hub::cache::write_whole;
use crate::hub::cancel_scope::CancelScope;
use crate::hub::error::{Error, io};
use crate::hub::name::Checksum;

/// An unfinished file, open for appending.
pub(super) struct Part {
    path: PathBuf,
    file: File,
    digest: Digest,
    checksum: Checksum,
    size_bytes: u64,
    n_bytes: u64,
    validator: Option<String>,
}

/// Metadata stored beside the bytes.
#[derive(Default, Serialize, Deserialize)]
struct State {
    validator: Option<String>,
}

impl Part {
    /// Opens the part at `path` or creates it; existing bytes are added to the checksum.
    pub(super) fn open(
        path: PathBuf,
        checksum: Checksum,
        size_bytes: u64,
        scope: &CancelScope<'_>,
    ) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io("create the folder", folder))?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(io("open", &path))?;
        let mut digest = Digest::like(&checksum, size_bytes);
        let read = digest.update_from(&mut file, scope).map_err(io("read", &path))?;
        let n_bytes = read?;
        let validator = fs::read(state_path(&path)).ok();
        let state: State = validator.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let mut part = Self { path, file, digest, checksum, size_bytes, n_bytes, validator: state.validator };
        if part.n_bytes > size_bytes {
            part.restart()?;
        }
        Ok(part)
    }

    /// Number of bytes so far.
    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    pub(super) fn is_full(&self) -> bool {
        self.n_bytes == self.size_bytes
    }

    pub(super) fn validator(&self) -> Option<&str> {
        self.validator.as_deref()
    }

    /// Stores the server's validator of the version whose bytes follow.
    pub(super) fn set_validator(&mut self, validator: Option<String>) -> Result<(), Error> {
        if self.validator == validator {
            return Ok(());
        }
        self.validator = validator;
        let state = State { validator: self.validator.clone() };
        let text = serde_json::to_vec(&state).expect("a string can be serialized as JSON");
        let path = state_path(&self.path);
        write_whole(&path, &text).map_err(io("write", path))
    }

    /// Appends bytes, at most as many as are missing.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(io("write", &self.path))?;
        self.digest.update(bytes);
        self.n_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Discards all bytes and starts over.
    pub(super) fn restart(&mut self) -> Result<(), Error> {
        self.file.set_len(0).map_err(io("empty", &self.path))?;
        self.file.seek(SeekFrom::Start(0)).map_err(io("empty", &self.path))?;
        self.digest = Digest::like(&self.checksum, self.size_bytes);
        self.n_bytes = 0;
        Ok(())
    }

    /// The checksum of the bytes so far.
    pub(super) fn found(&self) -> Checksum {
        self.digest.clone().finish()
    }

    /// Syncs the complete file and renames it to its final name.
    pub(super) fn finish(self, blob: &Path) -> Result<(), Error> {
        self.file.sync_all().map_err(io("write", &self.path))?;
        drop(self.file);
        remove(&state_path(&self.path))?;
        fs::rename(&self.path, blob).map_err(io("rename to", blob))?;
        sync_folder(blob)
    }

    /// Deletes the part.
    pub(super) fn discard(self) -> Result<(), Error> {
        drop(self.file);
        remove(&state_path(&self.path))?;
        remove(&self.path)
    }
}

fn state_path(part: &Path) -> PathBuf {
    part.with_extension("nibble-part.json")
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io("delete", path)(error)),
        _ => Ok(()),
    }
}

/// Makes a new name durable; only Unix requires this.
fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|_| cfg!(unix));
    let Some(folder) = folder else { return Ok(()) };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io("write", folder))
}
