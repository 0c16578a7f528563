//! What a cancelled run leaves when it is to be continued.

use std::path::Path;

use super::error::Error;
use crate::formats::gguf::{WriteError, unfinished_paths};

/// Deletes what a cancelled run left for `target`, so that the next one starts from the beginning; nothing if there is nothing.
///
/// # Errors
/// [`Error::Write`] if it cannot be deleted.
pub fn discard_unfinished(target: &Path) -> Result<(), Error> {
    for path in unfinished_paths(target) {
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(WriteError::Io { action: "deleting", path, source }.into());
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.gguf");
        std::fs::write(&target, "whole").unwrap();
        discard_unfinished(&target).unwrap();
        for path in unfinished_paths(&target) {
            std::fs::write(path, "part").unwrap();
        }
        discard_unfinished(&target).unwrap();
        assert!(unfinished_paths(&target).iter().all(|path| !path.exists()) && target.exists());
    }
}
