//! Times of the models' last use, stored in the data folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::data_file;

/// File name of the times.
const FILE: &str = "last-used.json";

/// Seconds since 1970 of each model's last use, by path.
pub(super) type Usage = BTreeMap<PathBuf, u64>;

/// All recorded times of last use.
pub(super) fn usage() -> Usage {
    data_file::read(FILE).unwrap_or_default()
}

/// Records a use of the model at `path`; deleted models are removed from the file.
pub fn note_use(path: &Path) {
    let Ok(since) = SystemTime::now().duration_since(UNIX_EPOCH) else { return };
    let mut usage = usage();
    usage.retain(|known, _| known.exists());
    usage.insert(path.to_owned(), since.as_secs());
    data_file::write(FILE, &usage);
}
