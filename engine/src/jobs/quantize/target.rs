//! Checks of the file that a run is to write.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::hardware::free_disk_bytes;

/// Why a target cannot or must not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The target is a folder.
    #[error("a folder is in the way; give the file a name: {}", .path.display())]
    Folder {
        /// Path of the target.
        path: PathBuf,
    },
    /// The target's folder does not exist.
    #[error("there is no folder {}", .path.display())]
    NoFolder {
        /// Path of the folder.
        path: PathBuf,
    },
    /// The target is the source, or another file that the run reads.
    #[error("the file to write is the one to read; choose another name: {}", .path.display())]
    Source {
        /// Path of the file.
        path: PathBuf,
    },
    /// A file that is not a GGUF file would be overwritten.
    #[error("a file that is not a GGUF file would be overwritten; choose another name: {}", .path.display())]
    Foreign {
        /// Path of the target.
        path: PathBuf,
    },
    /// The disk is too full.
    #[error("{needed} bytes are needed, but the disk has {free} free: {}", .path.display())]
    Space {
        /// Size of the file in bytes.
        needed: u64,
        /// Number of free bytes.
        free: u64,
        /// Path of the target.
        path: PathBuf,
    },
}

/// Rejects targets that are folders, one of the files `read` by the run, or files of another kind.
///
/// # Errors
/// The [`TargetError`] of an unusable target.
pub(super) fn check<'a>(target: &Path, read: impl Iterator<Item = &'a Path>) -> Result<(), TargetError> {
    let path = target.to_owned();
    if target.is_dir() || target.file_name().is_none() {
        return Err(TargetError::Folder { path });
    }
    let folder = folder_of(target);
    if !folder.is_dir() {
        return Err(TargetError::NoFolder { path: folder.to_owned() });
    }
    if let Ok(there) = target.canonicalize()
        && read.filter_map(|file| file.canonicalize().ok()).any(|file| file == there)
    {
        return Err(TargetError::Source { path });
    }
    if target.exists() && !is_replaceable(target) {
        return Err(TargetError::Foreign { path });
    }
    Ok(())
}

/// Rejects a file that is larger than the free disk space; accepts it if the system does not report that.
///
/// # Errors
/// [`TargetError::Space`] if the disk is too full.
pub(super) fn check_space(target: &Path, needed: u64) -> Result<(), TargetError> {
    match free_disk_bytes(folder_of(target)) {
        Some(free) if free < needed => Err(TargetError::Space { needed, free, path: target.to_owned() }),
        _ => Ok(()),
    }
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a file is GGUF or empty, so that it may be replaced.
fn is_replaceable(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    read.is_ok() && (start.is_empty() || start == b"GGUF")
}
