//! Writer of GGUF files of version 3, tensor by tensor, under a temporary name until the file is complete.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::GgufError;
use super::journal::Journal;
use super::metadata::Metadata;
use super::value::encode_string;
use super::{MAGIC, header};
use crate::base::{DType, TensorMeta};

/// Version of the format that is written.
const VERSION: u32 = 3;
/// llama.cpp stores names in 64 bytes, the last of which is 0.
const MAX_TENSOR_NAME_BYTES: usize = 63;
/// Size of the write buffer: large enough that rows of any size reach the disk in few calls.
const BUFFER_BYTES: usize = 1 << 20;

/// Why a file could not be written; no file is left under its final name.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages name every field")]
pub enum WriteError {
    #[error("{action} failed for {}", .path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },

    #[error("another program is writing {}", .path.display())]
    Busy { path: PathBuf },

    #[error("tensor name {name:?} is {} bytes long; llama.cpp reads at most 63", .name.len())]
    TensorName { name: String },

    #[error("tensor {name:?} would be written twice")]
    DuplicateTensor { name: String },

    #[error("tensor {name:?} of shape {shape:?} cannot be stored as {dtype}")]
    Shape { name: String, shape: Vec<usize>, dtype: DType },

    #[error("metadata cannot be written")]
    Metadata(#[from] GgufError),

    #[error("{excess_bytes} bytes were given beyond the end of the last tensor")]
    Excess { excess_bytes: usize },

    #[error("tensor {name:?} got {written} of its {expected} bytes")]
    Unfinished { name: String, written: u64, expected: u64 },
}

/// A GGUF file being written. Dropping it before [`GgufWriter::finish`] removes the partial file.
#[derive(Debug)]
pub struct GgufWriter {
    /// Open until this value is dropped.
    file: Option<BufWriter<File>>,
    target: PathBuf,
    part: PathBuf,
    tensors: Vec<Place>,
    alignment: u64,
    /// Position in the file where the next bytes go.
    position: u64,
    /// Index of the tensor being written.
    current: usize,
    /// Bytes of that tensor so far.
    written: u64,
    finished: bool,
    /// The list of complete tensors, for a file that another run may continue.
    journal: Option<Journal>,
}

/// Where a tensor lies in the file.
#[derive(Debug)]
struct Place {
    name: String,
    /// Position of its first byte in the file.
    start: u64,
    n_bytes: u64,
    is_written: bool,
}

/// Temporary name of `target` while it is incomplete: `.name.part` beside it.
pub fn part_path(target: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".part");
    target.with_file_name(name)
}

/// The files that an unfinished `target` consists of: the temporary file, and the list of its complete tensors.
pub fn unfinished_paths(target: &Path) -> [PathBuf; 2] {
    let part = part_path(target);
    let journal = Journal::path(&part);
    [part, journal]
}

/// Size in bytes of a file with `metadata` and `tensors`, including header and padding.
///
/// # Errors
/// [`WriteError`] if metadata or tensors cannot be stored.
pub fn file_bytes(metadata: &Metadata, tensors: &[TensorMeta]) -> Result<u64, WriteError> {
    let layout = Layout::plan(metadata, tensors)?;
    Ok(layout.header.len() as u64 + layout.data_bytes)
}

impl GgufWriter {
    /// Creates the file under its temporary name and writes the header. The tensors are then written in the order of `tensors`,
    /// unless [`GgufWriter::begin`] chooses another.
    ///
    /// # Errors
    /// [`WriteError`] if the tensors cannot be stored or the file cannot be created.
    pub fn create(path: &Path, metadata: &Metadata, tensors: &[TensorMeta]) -> Result<Self, WriteError> {
        let layout = Layout::plan(metadata, tensors)?;
        let part = part_path(path);
        Journal::remove(&part);
        let file = open_alone(&part)?;
        file.set_len(0).map_err(|source| WriteError::Io {
            action: "emptying",
            path: part.clone(),
            source,
        })?;
        let header = layout.header.clone();
        let mut writer = Self::over(path, part, file, layout);
        writer.put(&header)?;
        Ok(writer)
    }

    /// As [`GgufWriter::create`], but continues an unfinished file of the same header and `run`, a text that identifies what else
    /// the bytes depend on. Dropped before [`GgufWriter::finish`], the file is left for another run if `keep`.
    ///
    /// # Errors
    /// The errors of [`GgufWriter::create`].
    pub fn resume(
        path: &Path,
        metadata: &Metadata,
        tensors: &[TensorMeta],
        run: &str,
        keep: bool,
    ) -> Result<Self, WriteError> {
        let layout = Layout::plan(metadata, tensors)?;
        let part = part_path(path);
        let file = open_alone(&part)?;
        let header = layout.header.clone();
        let length = file.metadata().map_or(0, |found| found.len());
        // A list beside another file, or beside none, says nothing.
        let is_there =
            |index: &usize| layout.tensors[*index].start + layout.tensors[*index].n_bytes <= length;
        let found = Journal::read(&part, &header, run, layout.tensors.len())
            .filter(|journal| journal.complete.iter().all(|(index, _)| is_there(index)));
        let failed = |source| WriteError::Io { action: "continuing", path: part.clone(), source };
        let mut journal = if let Some(journal) = found {
            journal
        } else {
            file.set_len(0).map_err(failed)?;
            Journal::start(&part, &header, run).map_err(failed)?
        };
        let mut writer = Self::over(path, part, file, layout);
        for (index, _) in &journal.complete {
            writer.tensors[*index].is_written = true;
        }
        journal.keep = keep;
        writer.journal = Some(journal);
        writer.put(&header)?;
        Ok(writer)
    }

    fn over(path: &Path, part: PathBuf, file: File, layout: Layout) -> Self {
        Self {
            file: Some(BufWriter::with_capacity(BUFFER_BYTES, file)),
            target: path.to_owned(),
            part,
            tensors: layout.tensors,
            alignment: layout.alignment,
            position: 0,
            current: 0,
            written: 0,
            finished: false,
            journal: None,
        }
    }

    /// The note of a tensor that an earlier run completed; `None` for the others.
    pub fn note(&self, index: usize) -> Option<&str> {
        let complete = &self.journal.as_ref()?.complete;
        complete.iter().find(|(found, _)| *found == index).map(|(_, note)| note.as_str())
    }

    /// Records that the tensor at `index` is complete, with a note of one line for the run that continues.
    ///
    /// # Errors
    /// [`WriteError::Io`] when the disk fails.
    pub fn complete(&mut self, index: usize, note: &str) -> Result<(), WriteError> {
        if self.journal.is_none() {
            return Ok(());
        }
        let file = self.open_file();
        let synced = file.flush().and_then(|()| file.get_ref().sync_data());
        synced.map_err(|source| self.failed("writing", source))?;
        let recorded = self.journal.as_mut().map_or(Ok(()), |journal| journal.record(index, note));
        recorded.map_err(|source| self.failed("recording", source))
    }

    /// Reads the bytes of a complete tensor back.
    ///
    /// # Errors
    /// [`WriteError::Excess`] if there is no such tensor, [`WriteError::Io`] when the disk fails.
    pub fn read_back(&mut self, index: usize) -> Result<Vec<u8>, WriteError> {
        let place = self.tensors.get(index).ok_or(WriteError::Excess { excess_bytes: 0 })?;
        let (start, n_bytes) = (place.start, place.n_bytes as usize);
        let mut bytes = vec![0; n_bytes];
        let file = self.open_file();
        let read = file
            .flush()
            .and_then(|()| file.seek(SeekFrom::Start(start)))
            .and_then(|_| file.get_mut().read_exact(&mut bytes));
        read.map_err(|source| self.failed("reading", source))?;
        self.position = start + n_bytes as u64;
        Ok(bytes)
    }

    /// Goes to the tensor at `index`, whose bytes are written next, from its first.
    ///
    /// # Errors
    /// [`WriteError::Excess`] if there is no such tensor, [`WriteError::Io`] when the disk fails.
    pub fn begin(&mut self, index: usize) -> Result<(), WriteError> {
        let place = self.tensors.get(index).ok_or(WriteError::Excess { excess_bytes: 0 })?;
        let start = place.start;
        (self.current, self.written) = (index, 0);
        if self.position != start {
            let found = self.open_file().seek(SeekFrom::Start(start));
            self.position = found.map_err(|source| self.failed("writing", source))?;
        }
        Ok(())
    }

    /// Appends bytes of the current tensor; once it is complete, the next tensor follows.
    ///
    /// # Errors
    /// [`WriteError::Excess`] beyond the last tensor, [`WriteError::Io`] when the disk is full or fails.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), WriteError> {
        while !bytes.is_empty() {
            let Some(expected) = self.tensors.get(self.current).map(|place| place.n_bytes) else {
                return Err(WriteError::Excess { excess_bytes: bytes.len() });
            };
            let room = usize::try_from(expected - self.written).unwrap_or(usize::MAX);
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.put(now)?;
            self.written += now.len() as u64;
            if self.written == expected {
                self.pad()?;
                self.tensors[self.current].is_written = true;
                self.current += 1;
                self.written = 0;
            }
            bytes = rest;
        }
        Ok(())
    }

    /// Flushes and syncs everything to disk, then renames the file to its final name. Returns its size in bytes.
    ///
    /// # Errors
    /// [`WriteError::Unfinished`] if bytes are missing, [`WriteError::Io`] when the disk fails.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        if let Some((index, place)) = self.tensors.iter().enumerate().find(|(_, place)| !place.is_written) {
            let written = if index == self.current { self.written } else { 0 };
            return Err(WriteError::Unfinished {
                name: place.name.clone(),
                written,
                expected: place.n_bytes,
            });
        }
        let file = self.open_file();
        let flushed = file.flush().and_then(|()| file.get_ref().sync_all());
        flushed.map_err(|source| self.failed("writing", source))?;
        std::fs::rename(&self.part, &self.target).map_err(|source| self.failed("renaming", source))?;
        self.finished = true;
        Journal::remove(&self.part);
        sync_folder(&self.target);
        let end = self.tensors.iter().map(|place| place.start + place.n_bytes).max();
        Ok(end.unwrap_or(self.position).next_multiple_of(self.alignment))
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.position += bytes.len() as u64;
        self.open_file().write_all(bytes).map_err(|source| self.failed("writing", source))
    }

    fn open_file(&mut self) -> &mut BufWriter<File> {
        self.file.as_mut().expect("the file is open until the writer is dropped")
    }

    fn pad(&mut self) -> Result<(), WriteError> {
        let padding = self.position.next_multiple_of(self.alignment) - self.position;
        self.put(&vec![0; padding as usize])
    }

    fn failed(&self, action: &'static str, source: io::Error) -> WriteError {
        WriteError::Io { action, path: self.target.clone(), source }
    }
}

impl Drop for GgufWriter {
    fn drop(&mut self) {
        let keep = self.journal.as_ref().is_some_and(|journal| journal.keep);
        if keep && !self.finished {
            // What the journal lists was synced; the rest is written again.
            let _ = self.file.take().map(BufWriter::into_parts);
        } else if !self.finished {
            Journal::remove(&self.part);
            // Errors are ignored here; a file that remains has a name that identifies it as temporary.
            let _ = std::fs::remove_file(&self.part);
            // Deleting the content happens when the handle closes, which may take the disk a while; another thread does it, so
            // that the user who cancelled need not wait.
            if let Some(file) = self.file.take() {
                rayon::spawn(move || drop(file.into_parts()));
            }
        }
    }
}

/// Opens or creates the temporary file exclusively, so that no second run writes to it.
fn open_alone(part: &Path) -> Result<File, WriteError> {
    let failed = |action| move |source| WriteError::Io { action, path: part.to_owned(), source };
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(part);
    let file = opened.map_err(failed("creating"))?;
    // On file systems without locks, no lock is taken.
    if let Err(std::fs::TryLockError::WouldBlock) = file.try_lock() {
        return Err(WriteError::Busy { path: part.to_owned() });
    }
    Ok(file)
}

/// Makes the new name survive a loss of power, where the system has a call for that.
fn sync_folder(target: &Path) {
    #[cfg(unix)]
    {
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        // The file is complete either way; some file systems refuse this call.
        let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
    }
    #[cfg(not(unix))]
    let _ = target;
}

/// Bytes of the header and positions of the tensors.
struct Layout {
    header: Vec<u8>,
    tensors: Vec<Place>,
    alignment: u64,
    data_bytes: u64,
}

impl Layout {
    fn plan(metadata: &Metadata, tensors: &[TensorMeta]) -> Result<Self, WriteError> {
        let alignment = u64::from(header::alignment(metadata)?);
        let mut out = Vec::new();
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend((tensors.len() as u64).to_le_bytes());
        out.extend((metadata.len() as u64).to_le_bytes());
        for (key, value) in metadata.iter() {
            encode_string(key, &mut out);
            out.extend(value.type_id().to_le_bytes());
            value.encode(&mut out);
        }
        let mut data_bytes = 0_u64;
        let mut places = Vec::with_capacity(tensors.len());
        let mut names = HashSet::new();
        for tensor in tensors {
            if !names.insert(&tensor.name) {
                return Err(WriteError::DuplicateTensor { name: tensor.name.clone() });
            }
            let n_bytes = stored_bytes(tensor)?;
            encode_tensor(tensor, data_bytes, &mut out);
            places.push(Place { name: tensor.name.clone(), start: data_bytes, n_bytes, is_written: false });
            data_bytes += n_bytes.next_multiple_of(alignment);
        }
        out.resize(out.len().next_multiple_of(alignment as usize), 0);
        for place in &mut places {
            place.start += out.len() as u64;
        }
        Ok(Self { header: out, tensors: places, alignment, data_bytes })
    }
}

/// Size of a tensor in bytes, if GGUF can store it.
fn stored_bytes(tensor: &TensorMeta) -> Result<u64, WriteError> {
    if tensor.name.is_empty() || tensor.name.len() > MAX_TENSOR_NAME_BYTES {
        return Err(WriteError::TensorName { name: tensor.name.clone() });
    }
    let n_bytes = || {
        let row_bytes = tensor.dtype.row_bytes(tensor.n_cols())?;
        let n_rows = tensor.shape.iter().rev().skip(1).try_fold(1_usize, |rows, &n| rows.checked_mul(n))?;
        let n_bytes = row_bytes.checked_mul(n_rows)?;
        (tensor.shape.len() <= 4 && n_bytes > 0).then_some(n_bytes as u64)
    };
    n_bytes().ok_or_else(|| WriteError::Shape {
        name: tensor.name.clone(),
        shape: tensor.shape.clone(),
        dtype: tensor.dtype,
    })
}

fn encode_tensor(tensor: &TensorMeta, offset: u64, out: &mut Vec<u8>) {
    encode_string(&tensor.name, out);
    out.extend((tensor.shape.len() as u32).to_le_bytes());
    for &length in tensor.shape.iter().rev() {
        out.extend((length as u64).to_le_bytes());
    }
    out.extend(tensor.dtype.gguf_id().to_le_bytes());
    out.extend(offset.to_le_bytes());
}
