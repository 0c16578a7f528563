//! An opened GGUF file: checked header, mapped tensors.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::error::GgufError;
use super::header::GgufHeader;
use super::metadata::Metadata;
use crate::base::{TensorMeta, TensorSource};
use crate::formats::Error;
use crate::formats::mmap::MappedFile;

/// Key of the number of files that a model is split into.
const SPLIT_KEY: &str = "split.count";

/// A GGUF file whose header is valid.
#[derive(Debug)]
pub struct GgufFile {
    path: PathBuf,
    map: MappedFile,
    header: GgufHeader,
}

impl GgufFile {
    /// Opens the file and checks its header; tensors are read when requested.
    ///
    /// # Errors
    /// [`Error`] with the file and the fault.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let map = Error::open(path)?;
        let header = GgufHeader::parse(map.bytes()).map_err(|source| explain(path, map.bytes(), source))?;
        match header.metadata.optional::<u32>(SPLIT_KEY).ok().flatten() {
            Some(parts) if parts > 1 => Err(Error::SplitGguf { path: path.to_owned(), parts }),
            _ => Ok(Self { path: path.to_owned(), map, header }),
        }
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Size of the whole file in bytes.
    pub fn n_bytes(&self) -> u64 {
        self.map.bytes().len() as u64
    }

    /// Version of the format, 2 or 3.
    pub fn version(&self) -> u32 {
        self.header.version
    }

    /// The metadata's keys and values.
    pub fn metadata(&self) -> &Metadata {
        &self.header.metadata
    }

    /// The bytes of tensor `index`, as the file stores them.
    pub fn bytes(&self, index: usize) -> &[u8] {
        &self.map.bytes()[self.header.ranges[index].clone()]
    }

    /// Byte range of rows of a tensor in the file; `None` if it has no such rows.
    fn row_range(&self, index: usize, rows: &Range<usize>) -> Option<Range<usize>> {
        let (meta, range) = (self.header.tensors.get(index)?, self.header.ranges.get(index)?);
        if rows.start > rows.end || rows.end > meta.n_rows() {
            return None;
        }
        let row_bytes = range.len() / meta.n_rows();
        Some(range.start + rows.start * row_bytes..range.start + rows.end * row_bytes)
    }
}

impl TensorSource for GgufFile {
    fn tensors(&self) -> &[TensorMeta] {
        &self.header.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        let range = self.row_range(index, &rows).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Cow::Borrowed(&self.map.bytes()[range]))
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.header.find(name)
    }

    fn release_rows(&self, index: usize, rows: Range<usize>) {
        if let Some(range) = self.row_range(index, &rows) {
            self.map.release(range);
        }
    }
}

/// Replaces the error by a more specific one where the first bytes identify another kind of file.
fn explain(path: &Path, bytes: &[u8], source: GgufError) -> Error {
    let path = path.to_owned();
    // A zip archive, or a pickle of protocol 2 or later.
    let pickle = bytes.starts_with(b"PK\x03\x04") || matches!(bytes, [0x80, 2..=5, ..]);
    match source {
        GgufError::NotGguf { .. } if pickle => Error::Pickle { path },
        GgufError::NotGguf { .. } if bytes.get(8..10) == Some(b"{\"") => Error::FolderNeeded { path },
        source => Error::Gguf { path, source },
    }
}
