//! Importance matrices of llama.cpp (`tools/imatrix/imatrix.cpp`), converted to [`ActivationStatistics`].
//!
//! There are two file formats. A GGUF file with `general.type = "imatrix"` has for each tensor `NAME.in_sum2`, F32 `[matrices,
//! cols]`, and `NAME.counts`, F32 `[matrices, 1]`, the row counts; other tensors are ignored. The older format is little-endian
//! and has no magic number:
//!
//! ```text
//! i32 entries, then each:  i32 bytes of the name | name | i32 calls | i32 values | f32 × values
//! then nothing, or:        i32 chunks [ | i32 bytes of the name | name of the text ]
//! ```
//!
//! Its sums are averaged over calls, each of many rows: they differ from mean squares by a factor common to all columns.

use std::collections::BTreeMap;
use std::io;

use super::{ActivationStatistics, StatisticsError};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::formats::gguf::Metadata;

/// Name suffix of the tensors of sums of squares.
const SQUARES: &str = ".in_sum2";
/// Name suffix of the tensors of row counts.
const ROWS: &str = ".counts";
/// Smallest size in bytes of an entry of the older format: a name of one byte and one value.
const LEAST_ENTRY_BYTES: usize = 17;

/// Why an importance matrix could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ImatrixError {
    /// The GGUF file is of another type, such as a model.
    #[error("the GGUF file's general.type is {found:?}, not \"imatrix\"")]
    OtherGguf {
        /// Value of `general.type`; empty if absent.
        found: String,
    },
    /// Sums without row counts, or row counts without sums.
    #[error("{there:?} is present, but {missing:?} is missing")]
    Incomplete {
        /// Name of the present tensor.
        there: String,
        /// Name of the missing tensor.
        missing: String,
    },
    /// A tensor of sums or row counts is not F32.
    #[error("{tensor:?} is {found}, but must be f32")]
    TensorType {
        /// Name of the tensor in the file.
        tensor: String,
        /// Element type of the tensor.
        found: DType,
    },
    /// Reading a tensor failed.
    #[error("tensor {tensor:?} could not be read")]
    Read {
        /// Name of the tensor in the file.
        tensor: String,
        /// The system's error.
        source: io::Error,
    },
    /// The file is too short for its number of entries, so it is not an importance matrix.
    #[error("a file of {file_bytes} bytes cannot hold {claimed} entries")]
    NoImatrix {
        /// Number of entries according to the file.
        claimed: i32,
        /// Size of the file in bytes.
        file_bytes: usize,
    },
    /// The file ends within an entry.
    #[error(
        "the file is cut off: entry {entry} needs {needed} bytes at offset {offset}, but the file has {file_bytes}"
    )]
    CutOff {
        /// Index of the entry, from 0.
        entry: usize,
        /// Offset of the missing bytes.
        offset: usize,
        /// Number of bytes needed there.
        needed: usize,
        /// Size of the file in bytes.
        file_bytes: usize,
    },
    /// A count or length is negative, or 0 where at least 1 is required.
    #[error("entry {entry} claims {claimed} {what}")]
    Count {
        /// Index of the entry, from 0.
        entry: usize,
        /// Kind of the counted items.
        what: &'static str,
        /// The invalid number.
        claimed: i32,
    },
    /// A tensor name is not UTF-8.
    #[error("the name of entry {entry} is not UTF-8")]
    Name {
        /// Index of the entry, from 0.
        entry: usize,
    },
    /// The file has unexpected bytes after its last entry.
    #[error("{excess} unexpected bytes follow the last entry")]
    Excess {
        /// Number of unexpected bytes.
        excess: usize,
    },
    /// The numbers of a tensor are contradictory.
    #[error(transparent)]
    ActivationStatistics(#[from] StatisticsError),
}

/// An importance matrix as llama.cpp writes it to a GGUF file: metadata, and the tensors with their values.
///
/// `text` names what the statistics come from, in sequences of `sequence` tokens.
pub fn to_gguf(
    statistics: &ActivationStatistics,
    text: &str,
    sequence: u32,
) -> (Metadata, Vec<(TensorMeta, Vec<f32>)>) {
    let mut metadata = Metadata::new();
    metadata.set("general.type", "imatrix");
    metadata.set("imatrix.datasets", vec![text.to_owned()]);
    let mut tensors = Vec::new();
    let mut most_rows = 0.0_f32;
    for (name, known) in statistics.iter() {
        let (n_matrices, n_cols) = (known.rows_seen.len(), known.squares.len() / known.rows_seen.len());
        let meta = |ending: &str, shape: [usize; 2]| TensorMeta {
            name: format!("{name}{ending}"),
            shape: shape.to_vec(),
            dtype: DType::F32,
        };
        tensors.push((meta(ROWS, [n_matrices, 1]), known.rows_seen.clone()));
        tensors.push((meta(SQUARES, [n_matrices, n_cols]), known.squares.clone()));
        most_rows = known.rows_seen.iter().copied().fold(most_rows, f32::max);
    }
    metadata.set("imatrix.chunk_count", (most_rows / sequence.max(1) as f32).ceil() as u32);
    metadata.set("imatrix.chunk_size", sequence);
    (metadata, tensors)
}

/// Reads an importance matrix from a GGUF file's metadata and tensors.
///
/// # Errors
/// [`ImatrixError`] for the first fault.
pub fn from_gguf(
    metadata: &Metadata,
    source: &dyn TensorSource,
) -> Result<ActivationStatistics, ImatrixError> {
    let found: &str = metadata.optional("general.type").ok().flatten().unwrap_or_default();
    if found != "imatrix" {
        return Err(ImatrixError::OtherGguf { found: found.to_owned() });
    }
    let tensors = source.tensors();
    let with_ending = |ending: &str| -> BTreeMap<&str, usize> {
        let named = tensors.iter().enumerate();
        named.filter_map(|(index, tensor)| Some((tensor.name.strip_suffix(ending)?, index))).collect()
    };
    let (squares, mut rows) = (with_ending(SQUARES), with_ending(ROWS));
    let mut statistics = ActivationStatistics::default();
    for (name, index) in squares {
        let Some(rows_index) = rows.remove(name) else {
            let (there, missing) = (format!("{name}{SQUARES}"), format!("{name}{ROWS}"));
            return Err(ImatrixError::Incomplete { there, missing });
        };
        let n_matrices = tensors[index].n_rows();
        let (rows_seen, squares) = (floats(source, rows_index)?, floats(source, index)?);
        if rows_seen.len() != n_matrices {
            let (squares, matrices) = (squares.len(), rows_seen.len());
            return Err(StatisticsError::Uneven { tensor: name.to_owned(), squares, matrices }.into());
        }
        statistics.add(name, rows_seen, squares)?;
    }
    if let Some(name) = rows.into_keys().next() {
        let (there, missing) = (format!("{name}{ROWS}"), format!("{name}{SQUARES}"));
        return Err(ImatrixError::Incomplete { there, missing });
    }
    Ok(statistics)
}

/// Reads all elements of an F32 tensor.
fn floats(source: &dyn TensorSource, index: usize) -> Result<Vec<f32>, ImatrixError> {
    let meta = &source.tensors()[index];
    let tensor = meta.name.clone();
    if meta.dtype != DType::F32 {
        return Err(ImatrixError::TensorType { tensor, found: meta.dtype });
    }
    let read = source.read_rows(index, 0..meta.n_rows());
    Ok(to_floats(&read.map_err(|source| ImatrixError::Read { tensor, source })?))
}

fn to_floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// Reads an importance matrix of the older format from the bytes of its file.
///
/// # Errors
/// [`ImatrixError`] for the first fault; [`ImatrixError::NoImatrix`] for nearly every other kind of file.
pub fn from_legacy(bytes: &[u8]) -> Result<ActivationStatistics, ImatrixError> {
    let file_bytes = bytes.len();
    if file_bytes < 4 {
        return Err(ImatrixError::NoImatrix { claimed: 0, file_bytes });
    }
    let mut cursor = Cursor { bytes, offset: 0, entry: 0 };
    let claimed = cursor.integer()?;
    let most = file_bytes / LEAST_ENTRY_BYTES;
    let n_entries = usize::try_from(claimed).ok().filter(|claimed| (1..=most).contains(claimed));
    let n_entries = n_entries.ok_or(ImatrixError::NoImatrix { claimed, file_bytes })?;
    let mut statistics = ActivationStatistics::default();
    for entry in 0..n_entries {
        cursor.entry = entry;
        let name_bytes = cursor.count("bytes of a name", 1)?;
        let name = std::str::from_utf8(cursor.take(name_bytes)?).ok();
        let name = name.ok_or(ImatrixError::Name { entry })?;
        // Without calls, the values are not scaled.
        let n_calls = cursor.count("calls", 0)?.max(1);
        let n_values = cursor.count("values", 1)?;
        let values = cursor.take(n_values.saturating_mul(4))?;
        statistics.add(name, vec![n_calls as f32], to_floats(values))?;
    }
    cursor.end()?;
    Ok(statistics)
}

/// Position while reading the older format.
struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
    /// Index of the current entry.
    entry: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], ImatrixError> {
        let found = self.bytes[self.offset..].get(..n_bytes).ok_or(ImatrixError::CutOff {
            entry: self.entry,
            offset: self.offset,
            needed: n_bytes,
            file_bytes: self.bytes.len(),
        })?;
        self.offset += n_bytes;
        Ok(found)
    }

    fn integer(&mut self) -> Result<i32, ImatrixError> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4)?);
        Ok(i32::from_le_bytes(bytes))
    }

    /// Reads a number that must be at least `least`.
    fn count(&mut self, what: &'static str, least: usize) -> Result<usize, ImatrixError> {
        let claimed = self.integer()?;
        let count = usize::try_from(claimed).ok().filter(|count| *count >= least);
        count.ok_or(ImatrixError::Count { entry: self.entry, what, claimed })
    }

    /// Skips the optional trailer, after which the file must end.
    fn end(&mut self) -> Result<(), ImatrixError> {
        if self.offset < self.bytes.len() {
            self.integer()?;
        }
        if self.offset < self.bytes.len() {
            let name_bytes = self.count("bytes of the text's name", 0)?;
            self.take(name_bytes)?;
        }
        match self.bytes.len() - self.offset {
            0 => Ok(()),
            excess => Err(ImatrixError::Excess { excess }),
        }
    }
}
