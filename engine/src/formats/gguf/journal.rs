//! The list of complete tensors beside an unfinished file, by which another run continues it.
//!
//! A text file: the first line identifies header and run, each further one is the index of a complete tensor and a note. A line
//! is written when the tensor's bytes are on the disk; a last line that was cut off counts for nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};

use crate::base::hex::hex;

/// The list beside an unfinished file.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    /// Indices and notes of the tensors that were complete when the run began.
    pub(super) complete: Vec<(usize, String)>,
    /// Whether the unfinished file and the list are left for another run.
    pub(super) keep: bool,
}

/// What a list begins with: a digest of the header and of what else the bytes depend on.
fn identity(header: &[u8], run: &str) -> String {
    let mut digest = Context::new(&SHA256);
    for part in [header, run.as_bytes()] {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex(digest.finish().as_ref())
}

impl Journal {
    /// Path of the list beside the unfinished file `part`.
    pub(super) fn path(part: &Path) -> PathBuf {
        let mut name = part.as_os_str().to_owned();
        name.push(".journal");
        name.into()
    }

    /// The list beside `part`, if it is of this header and run.
    pub(super) fn read(part: &Path, header: &[u8], run: &str, n_tensors: usize) -> Option<Self> {
        let text = std::fs::read_to_string(Self::path(part)).ok()?;
        let (first, rest) = text.split_once('\n')?;
        if first != identity(header, run) {
            return None;
        }
        // Only whole lines: the last may have been cut off.
        let whole = &rest[..rest.rfind('\n').map_or(0, |end| end + 1)];
        let entry = |line: &str| {
            let (index, note) = line.split_once(' ')?;
            Some((index.parse().ok().filter(|index| *index < n_tensors)?, note.to_owned()))
        };
        let complete = whole.lines().map(entry).collect::<Option<Vec<_>>>()?;
        let file = OpenOptions::new().write(true).open(Self::path(part)).ok()?;
        file.set_len((first.len() + 1 + whole.len()) as u64).ok()?;
        drop(file);
        let file = OpenOptions::new().append(true).open(Self::path(part)).ok()?;
        Some(Self { file, complete, keep: true })
    }

    /// A new list beside `part`.
    ///
    /// # Errors
    /// When the disk fails.
    pub(super) fn start(part: &Path, header: &[u8], run: &str) -> io::Result<Self> {
        let mut file = File::create(Self::path(part))?;
        file.write_all(format!("{}\n", identity(header, run)).as_bytes())?;
        file.sync_data()?;
        Ok(Self { file, complete: Vec::new(), keep: true })
    }

    /// Adds a complete tensor.
    ///
    /// # Errors
    /// When the disk fails.
    pub(super) fn record(&mut self, index: usize, note: &str) -> io::Result<()> {
        self.file.write_all(format!("{index} {note}\n").as_bytes())?;
        self.file.sync_data()
    }

    /// Deletes the list beside `part`, if there is one.
    pub(super) fn remove(part: &Path) {
        // Without it the unfinished file is started over, which is safe.
        let _ = std::fs::remove_file(Self::path(part));
    }
}
