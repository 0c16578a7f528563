//! One opened safetensors file: checked header, mapped tensors.

use std::path::{Path, PathBuf};

use super::header::{Entry, SafetensorsHeader};
use crate::formats::Error;
use crate::formats::mmap::MappedFile;

/// A safetensors file whose header is valid.
#[derive(Debug)]
pub struct SafetensorsFile {
    path: PathBuf,
    map: MappedFile,
    header: SafetensorsHeader,
}

impl SafetensorsFile {
    /// Opens the file and checks its header; tensors are read when requested.
    ///
    /// # Errors
    /// [`Error`] with the file and the fault.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let map = Error::open(path)?;
        let header = SafetensorsHeader::parse(map.bytes())
            .map_err(|source| Error::Safetensors { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), map, header })
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Name of the file, for display.
    pub(super) fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// All tensors, in the order of their bytes.
    pub fn entries(&self) -> &[Entry] {
        &self.header.entries
    }

    /// The map of the file.
    pub(super) fn map(&self) -> &MappedFile {
        &self.map
    }

    /// The bytes of tensor `index`.
    pub fn bytes(&self, index: usize) -> &[u8] {
        &self.map.bytes()[self.header.entries[index].range.clone()]
    }
}
