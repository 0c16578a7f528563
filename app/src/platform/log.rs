//! The log: to stderr, and into a file that stays small. What people and models say is never in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt;

/// Size in bytes beyond which the file of earlier runs is put aside.
const LARGE: u64 = 512 << 10;

/// Most bytes that one run writes.
const MOST_BYTES: u64 = 1 << 20;

/// Logs to stderr and to the end of this file from now on; `NIBBLE_LOG` says how much.
pub fn start(path: &Path) {
    let filter = EnvFilter::try_from_env("NIBBLE_LOG").unwrap_or_else(|_unset| EnvFilter::new("warn"));
    let file = LogFile::open(path);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr.and(file)).init();
    std::panic::set_hook(Box::new(|panic| {
        // Where, and not what: the message may quote a text.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a thread panicked");
    }));
}

/// A file that takes no more than so many bytes.
pub struct LogFile {
    /// The file and how much it still takes; none where it could not be opened.
    file: Option<Mutex<(File, u64)>>,
}

impl LogFile {
    /// Opens the file to write on; a large one is put aside first, in place of the one put aside before.
    pub fn open(path: &Path) -> Self {
        if path.metadata().is_ok_and(|found| found.len() > LARGE) {
            // If it cannot be, writing goes on where it was.
            let _ = std::fs::rename(path, path.with_extension("log.old"));
        }
        if let Some(folder) = path.parent() {
            // Opening the file says whether this went well.
            let _ = std::fs::create_dir_all(folder);
        }
        let file = OpenOptions::new().create(true).append(true).open(path).ok();
        Self { file: file.map(|file| Mutex::new((file, MOST_BYTES))) }
    }
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl Write for &LogFile {
    /// Takes a whole line or, when the file is full, none of it; a log that cannot be written is not a failure.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(file) = &self.file {
            let (file, room) = &mut *file.lock().unwrap_or_else(PoisonError::into_inner);
            if *room >= line.len() as u64 && file.write_all(line).is_ok() {
                *room -= line.len() as u64;
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_stays_small_and_the_one_before_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/nibble.log");
        let line = [b'x'; 1000];
        for _ in 0..3 {
            let log = LogFile::open(&path);
            for _ in 0..2000 {
                (&log).write_all(&line).unwrap();
            }
            assert!(path.metadata().unwrap().len() <= LARGE + MOST_BYTES);
        }
        assert!(path.with_extension("log.old").metadata().unwrap().len() > LARGE);
    }
}
