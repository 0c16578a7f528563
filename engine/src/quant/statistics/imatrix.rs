//! Importance matrices of llama.cpp (`tools/imatrix/imatrix.cpp`), read into [`ActivationStatistics`].
//!
//! There are two kinds. A GGUF file with `general.type = "imatrix"` holds for each tensor `NAME.in_sum2`, F32 `[matrices,
//! cols]`, and `NAME.counts`, F32 `[matrices, 1]`, the rows seen; tensors with other endings are not needed. The older kind is
//! little-endian and has no mark:
//!
//! ```text
//! i32 entries, then each:  i32 bytes of the name | name | i32 calls | i32 values | f32 × values
//! then nothing, or:        i32 chunks [ | i32 bytes of the name | name of the text ]
//! ```
//!
//! There the sums are counted in calls, each of many rows: divided by the calls, they differ from mean squares by a factor that
//! all columns share.

use std::collections::BTreeMap;
use std::io;

use super::{ActivationStatistics, StatisticsError};
use crate::base::{DType, TensorSource};
use crate::formats::gguf::Metadata;

/// Ending of the names of tensors that hold sums of squares.
const SQUARES: &str = ".in_sum2";
/// Ending of the names of tensors that hold numbers of rows.
const ROWS: &str = ".counts";
/// Fewest bytes of an entry of the older kind: a name of one byte and one value.
const LEAST_ENTRY_BYTES: usize = 17;

/// An importance matrix could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ImatrixError {
    /// A GGUF file that holds something else, such as a model.
    #[error("the GGUF file's general.type is {found:?}, not \"imatrix\"")]
    OtherGguf {
        /// What it says it is; empty if it does not say.
        found: String,
    },
    /// Sums without numbers of rows, or the reverse.
    #[error("{there:?} is there, but {missing:?} is not")]
    Incomplete {
        /// The tensor that is there.
        there: String,
        /// The tensor that belongs to it.
        missing: String,
    },
    /// A tensor of sums or of numbers of rows is not F32.
    #[error("{tensor:?} is {found}; it should be f32")]
    TensorType {
        /// The tensor of the file.
        tensor: String,
        /// Its type.
        found: DType,
    },
    /// A tensor could not be read.
    #[error("tensor {tensor:?} could not be read")]
    Read {
        /// The tensor of the file.
        tensor: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file begins with a number of entries that it has no room for, so it is no importance matrix at all.
    #[error("a file of {file_bytes} bytes cannot hold {claimed} entries")]
    NoImatrix {
        /// Entries that the first number claims.
        claimed: i32,
        /// Size of the file.
        file_bytes: usize,
    },
    /// The file ends within an entry.
    #[error(
        "the file is cut off: entry {entry} needs {needed} bytes at offset {offset}, but the file has {file_bytes}"
    )]
    CutOff {
        /// The entry, from 0.
        entry: usize,
        /// Where the bytes should be.
        offset: usize,
        /// How many there should be.
        needed: usize,
        /// Size of the file.
        file_bytes: usize,
    },
    /// A count or a length is negative, or 0 where something must be.
    #[error("entry {entry} claims {claimed} {what}")]
    Count {
        /// The entry, from 0.
        entry: usize,
        /// What is counted.
        what: &'static str,
        /// The number.
        claimed: i32,
    },
    /// A name is not UTF-8.
    #[error("the name of entry {entry} is not UTF-8")]
    Name {
        /// The entry, from 0.
        entry: usize,
    },
    /// There is more in the file than entries and what may follow them.
    #[error("{excess} bytes after the last entry belong to nothing")]
    Excess {
        /// How many.
        excess: usize,
    },
    /// The numbers of a tensor contradict each other.
    #[error(transparent)]
    ActivationStatistics(#[from] StatisticsError),
}

/// Reads an importance matrix from a GGUF file's metadata and tensors.
///
/// # Errors
/// [`ImatrixError`].
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

/// All elements of a tensor of F32.
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

/// Reads an importance matrix of the older kind from the bytes of its file.
///
/// # Errors
/// [`ImatrixError`]; [`ImatrixError::NoImatrix`] for nearly every file that is something else.
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
        // Without calls, the values are what they are.
        let n_calls = cursor.count("calls", 0)?.max(1);
        let n_values = cursor.count("values", 1)?;
        let values = cursor.take(n_values.saturating_mul(4))?;
        statistics.add(name, vec![n_calls as f32], to_floats(values))?;
    }
    cursor.end()?;
    Ok(statistics)
}

/// Where reading has come to.
struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
    /// The entry that is read.
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

    /// A number that must be at least `least`.
    fn count(&mut self, what: &'static str, least: usize) -> Result<usize, ImatrixError> {
        let claimed = self.integer()?;
        let count = usize::try_from(claimed).ok().filter(|count| *count >= least);
        count.ok_or(ImatrixError::Count { entry: self.entry, what, claimed })
    }

    /// Passes over what may follow the entries, after which the file must end.
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
