//! What makes two loads the same, so that they share one model.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::backend::RunOptions;

/// The files, context and options of a load; loads that agree in them share one model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LoadKey {
    path: PathBuf,
    files: Vec<FileState>,
    context: Option<usize>,
    run: RunOptions,
}

/// Size and time of a file, which change when another model is written under its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FileState {
    path: PathBuf,
    size_bytes: u64,
    modified: Option<SystemTime>,
}

impl LoadKey {
    /// The key of loading the file or folder at `path` as it is now.
    pub(super) fn of(path: &Path, context: Option<usize>, run: RunOptions) -> Self {
        let mut files = match std::fs::read_dir(path) {
            Ok(entries) => entries.flatten().filter_map(|entry| FileState::of(entry.path())).collect(),
            Err(_) => Vec::from_iter(FileState::of(path.to_owned())),
        };
        files.sort();
        Self { path: path.to_owned(), files, context, run }
    }
}

impl FileState {
    /// The state of a file; links count as what they point at. `None` if there is none.
    fn of(path: PathBuf) -> Option<Self> {
        let found = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Self { path, size_bytes: found.len(), modified: found.modified().ok() })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_load_is_another_once_a_file_was_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.gguf");
        fs::write(&file, "one").unwrap();
        let run = RunOptions::new(1);
        let keys = || [file.as_path(), folder.path()].map(|path| LoadKey::of(path, None, run));
        let before = keys();
        assert_eq!(keys(), before);
        assert_ne!(LoadKey::of(&file, Some(8), run), before[0]);
        assert_ne!(LoadKey::of(&file, None, RunOptions::new(2)), before[0]);
        fs::write(&file, "two of another size").unwrap();
        assert!(keys().iter().zip(&before).all(|(now, then)| now != then));
    }
}
