//! Small things that are kept in Nibble's data folder between runs, one JSON file each.
//!
//! None of them is worth failing for: what cannot be read is as if it had never been kept, what cannot be written is told to
//! the log.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::library::folders::data_folder;

/// What is kept under `name`, if it is there and can be read.
pub(super) fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    let text = std::fs::read(data_folder().ok()?.join(name)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Keeps `value` under `name`, as a whole or not at all.
pub(super) fn write<T: Serialize>(name: &str, value: &T) {
    let written =
        data_folder().map_err(std::io::Error::other).and_then(|folder| write_in(&folder, name, value));
    if let Err(error) = written {
        tracing::warn!(name, %error, "could not be kept");
    }
}

fn write_in<T: Serialize>(folder: &Path, name: &str, value: &T) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, value)?;
    file.flush()?;
    file.persist(folder.join(name))?;
    Ok(())
}
