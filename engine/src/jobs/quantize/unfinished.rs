//! What a cancelled run leaves when it is to be continued.

use std::path::Path;

use super::error::Error;
use crate::formats::gguf::{WriteError, part_path};

/// Deletes what a cancelled run left for `target`, so that the next one starts from the beginning; nothing if there is nothing.
///
/// # Errors
/// [`Error::Write`] if it cannot be deleted.
pub fn discard_unfinished(target: &Path) -> Result<(), Error> {
    let path = part_path(target);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(WriteError::Io { action: "deleting", path, source }.into())
        }
        _ => Ok(()),
    }
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
        std::fs::write(part_path(&target), "part").unwrap();
        discard_unfinished(&target).unwrap();
        assert!(!part_path(&target).exists() && target.exists());
    }
}
