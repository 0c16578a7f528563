//! Small JSON files in Nibble's data folder, which outlive a run of the program.
//!
//! None of them is worth failing for: a file that cannot be read counts as absent, and a failure to write is logged.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::data_folder::data_folder;

/// Content of the data file `name`, if it exists and can be read.
pub(super) fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    let text = std::fs::read(data_folder().ok()?.join(name)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Writes `value` to the data file `name`, as a whole or not at all.
pub(super) fn write<T: Serialize>(name: &str, value: &T) {
    let written =
        data_folder().map_err(std::io::Error::other).and_then(|folder| write_in(&folder, name, value));
    if let Err(error) = written {
        tracing::warn!(name, %error, "a data file could not be written");
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
