//! Checks of the file that a run is to write.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::request::{IfTaken, QuantizeRequest};
use crate::base::Size;
use crate::formats;
use crate::formats::gguf::{GgufError, GgufFile};
use crate::hardware::free_disk_bytes;
use crate::library::{self, starter};
use crate::models::{self, Original};

/// Largest number in a numbered file name.
const MOST_NUMBERED: usize = 999;

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
    /// A file made from another original would be overwritten.
    #[error("a file made from {there} would be overwritten by one made from {original}; choose another name, or delete that file first: {}", .path.display())]
    OtherOriginal {
        /// The original of the existing file.
        there: String,
        /// The original of the file to write.
        original: String,
        /// Path of the target.
        path: PathBuf,
    },
    /// A GGUF file that cannot be read would be overwritten, and it is not just cut off.
    #[error("a GGUF file that Nibble cannot read would be overwritten; choose another name, or delete that file first: {}", .path.display())]
    Unread {
        /// Path of the target.
        path: PathBuf,
    },
    /// The name belongs to the files made from the built-in model.
    #[error("this name belongs to the built-in model; choose another: {}", .path.display())]
    Reserved {
        /// Path of the target.
        path: PathBuf,
    },
    /// The disk is too full.
    #[error("{} of disk space is needed, but only {} is free: {}", Size(*.needed), Size(*.free), .path.display())]
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

/// The request with the file that it may write: its target, or, if that was made from another original and the request allows
/// it, the first numbered name that is free or holds a file of the same original.
///
/// # Errors
/// [`TargetError::OtherOriginal`] or [`TargetError::Reserved`] without such a name.
pub(super) fn settled(
    request: &QuantizeRequest,
    original: &Original,
) -> Result<QuantizeRequest, TargetError> {
    let refusal = match check_original(request, original) {
        Err(refusal) if request.if_taken == IfTaken::Number => refusal,
        checked => return checked.map(|()| request.clone()),
    };
    let mut numbered = (2..=MOST_NUMBERED)
        .map(|number| QuantizeRequest { target: numbered(&request.target, number), ..request.clone() });
    let free = |one: &QuantizeRequest| {
        check(&one.target, [one.source.as_path()].into_iter()).is_ok()
            && check_original(one, original).is_ok()
    };
    numbered.find(free).ok_or(refusal)
}

/// Rejects a target that was made from another original, that cannot be read, or whose name belongs to the built-in model. A
/// file that is empty or cut off may be replaced, and so may the built-in model's files by those of another version.
///
/// # Errors
/// [`TargetError::OtherOriginal`], [`TargetError::Unread`] or [`TargetError::Reserved`].
pub(super) fn check_original(request: &QuantizeRequest, original: &Original) -> Result<(), TargetError> {
    let (path, target) = (request.target.clone(), &request.target);
    let is_reserved = starter::is_file(target) && is_in_library(target);
    if is_reserved {
        let is_starters = starter::is_original(&request.source) || starter::is_made(&request.source);
        return if is_starters { Ok(()) } else { Err(TargetError::Reserved { path }) };
    }
    if !target.exists() || is_cut_off(target) {
        return Ok(());
    }
    let Ok(there) = models::open(target, &()) else { return Err(TargetError::Unread { path }) };
    let there = there.recorded_original();
    if there.is_same(original) {
        return Ok(());
    }
    let there = there.title().to_owned();
    let is_namesake = there == original.title();
    let original = if is_namesake { "another model of that name" } else { original.title() }.to_owned();
    Err(TargetError::OtherOriginal { there, original, path })
}

/// Whether a file lies in the folder of quantized models.
fn is_in_library(path: &Path) -> bool {
    let same = |folder: PathBuf| folder.canonicalize().ok() == folder_of(path).canonicalize().ok();
    library::models_folder().is_ok_and(same)
}

/// The path with a number after the name.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem} ({number}).gguf"))
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

/// Whether a file ends before its header or its tensors do, as a copy that broke off.
fn is_cut_off(path: &Path) -> bool {
    let is_empty = path.metadata().is_ok_and(|metadata| metadata.len() == 0);
    is_empty
        || matches!(
            GgufFile::open(path),
            Err(formats::Error::Gguf {
                source: GgufError::CutOff { .. } | GgufError::TensorCutOff { .. },
                ..
            })
        )
}

/// Whether a file is GGUF or empty, so that it may be replaced.
fn is_replaceable(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    read.is_ok() && (start.is_empty() || start == b"GGUF")
}
