//! Parsing and validation of a GGUF header: everything after this can trust its numbers.

use std::ops::Range;

use super::cursor::Cursor;
use super::error::{GgufError, HeaderPart};
use super::metadata::Metadata;
use super::{ALIGNMENT_KEY, DEFAULT_ALIGNMENT, MAGIC};
use crate::base::{DType, TensorMeta};

/// Upper bound on the number of keys; limits the memory that a malicious header can claim.
const MAX_KEYS: u64 = 1 << 16;
/// Upper bound on the number of tensors.
const MAX_TENSORS: u64 = 1 << 20;
/// Upper bound on the alignment in bytes.
const MAX_ALIGNMENT: u32 = 1 << 20;
/// Largest number of dimensions in ggml.
const MAX_DIMENSIONS: u32 = 4;

/// A validated GGUF header.
#[derive(Clone, Debug, PartialEq)]
pub struct GgufHeader {
    /// Version of the format, 2 or 3.
    pub version: u32,
    /// The metadata's keys and values.
    pub metadata: Metadata,
    /// The tensors, in the order of the header.
    pub tensors: Vec<TensorMeta>,
    /// Byte range of each tensor in the file; within it, and without overlaps.
    pub ranges: Vec<Range<usize>>,
    /// Indices into `tensors`, sorted by name.
    pub(super) by_name: Vec<usize>,
}

/// A tensor's entry in the header.
struct Entry {
    meta: TensorMeta,
    offset: u64,
    n_bytes: u64,
}

impl GgufHeader {
    /// Parses the header of a file, given all of its bytes.
    ///
    /// # Errors
    /// [`GgufError`] for the first fault.
    pub fn parse(bytes: &[u8]) -> Result<Self, GgufError> {
        Self::parse_start(bytes, bytes.len())
    }

    /// Parses the header of a file of `file_bytes` bytes, given its first bytes.
    ///
    /// # Errors
    /// [`GgufError`] for the first fault; [`GgufError::may_be_short`] tells whether more of the file may be needed.
    pub fn parse_start(bytes: &[u8], file_bytes: usize) -> Result<Self, GgufError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(GgufError::NotGguf { bytes: bytes.len() });
        }
        let mut cursor = Cursor::new(bytes);
        cursor.take(MAGIC.len() as u64)?;
        let version = cursor.u32()?;
        match version {
            2 | 3 => {}
            swapped if swapped != 0 && swapped.trailing_zeros() >= 16 => return Err(GgufError::BigEndian),
            found => return Err(GgufError::Version { found }),
        }
        let n_tensors = cursor.count("tensors", 8 + 1 + 4 + 4 + 8, MAX_TENSORS)?;
        let n_keys = cursor.count("metadata keys", 8 + 1 + 4 + 1, MAX_KEYS)?;
        let metadata = read_metadata(&mut cursor, n_keys)?;
        let entries = (0..n_tensors as u64)
            .map(|position| read_tensor(&mut cursor, position))
            .collect::<Result<Vec<_>, _>>()?;
        let by_name = sort_names(&entries)?;
        let alignment = alignment(&metadata)?;
        let ranges = place_tensors(&entries, cursor.at(), alignment, file_bytes)?;
        let tensors = entries.into_iter().map(|entry| entry.meta).collect();
        Ok(Self { version, metadata, tensors, ranges, by_name })
    }

    /// Index of the tensor named `name`.
    pub fn find(&self, name: &str) -> Option<usize> {
        let found = self.by_name.binary_search_by(|&index| self.tensors[index].name.as_str().cmp(name));
        found.ok().map(|at| self.by_name[at])
    }
}

/// The alignment that `metadata` sets, or the default.
pub(super) fn alignment(metadata: &Metadata) -> Result<u32, GgufError> {
    let found = metadata.optional(ALIGNMENT_KEY)?.unwrap_or(DEFAULT_ALIGNMENT);
    if found.is_power_of_two() && found <= MAX_ALIGNMENT {
        Ok(found)
    } else {
        Err(GgufError::Alignment { found, limit: MAX_ALIGNMENT })
    }
}

fn read_metadata(cursor: &mut Cursor, n_keys: usize) -> Result<Metadata, GgufError> {
    let mut entries = Vec::with_capacity(n_keys);
    for position in 0..n_keys {
        cursor.place = HeaderPart::Key(position as u64);
        let key = cursor.name()?;
        cursor.place = HeaderPart::Value(key.clone());
        entries.push((key, cursor.value()?));
    }
    let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(GgufError::DuplicateKey { key: pair[0].to_owned() });
    }
    Ok(Metadata::from_distinct(entries))
}

fn read_tensor(cursor: &mut Cursor, position: u64) -> Result<Entry, GgufError> {
    cursor.place = HeaderPart::TensorName(position);
    let name = cursor.name()?;
    cursor.place = HeaderPart::Tensor(name.clone());
    let n_dimensions = cursor.u32()?;
    if n_dimensions > MAX_DIMENSIONS {
        let (claimed, limit) = (n_dimensions.into(), MAX_DIMENSIONS.into());
        return Err(GgufError::TooMany { place: cursor.place.clone(), what: "dimensions", claimed, limit });
    }
    let mut shape = (0..n_dimensions).map(|_| cursor.u64()).collect::<Result<Vec<_>, _>>()?;
    shape.reverse();
    let type_id = cursor.u32()?;
    let dtype = DType::from_gguf_id(type_id)
        .ok_or_else(|| GgufError::TensorType { tensor: name.clone(), found: type_id })?;
    let offset = cursor.u64()?;
    let n_bytes = tensor_bytes(&name, &shape, dtype)?;
    // `tensor_bytes` has checked that the product of the dimensions fits, so each of them does.
    let shape = shape.into_iter().map(|length| length as usize).collect();
    Ok(Entry { meta: TensorMeta { name, shape, dtype }, offset, n_bytes })
}

/// Size in bytes of a tensor with an untrusted shape.
fn tensor_bytes(name: &str, shape: &[u64], dtype: DType) -> Result<u64, GgufError> {
    if shape.contains(&0) {
        return Err(GgufError::ZeroDimension { tensor: name.to_owned() });
    }
    let n_cols = shape.last().copied().unwrap_or(1);
    if !n_cols.is_multiple_of(dtype.block_len() as u64) {
        return Err(GgufError::PartialBlock { tensor: name.to_owned(), dtype, n_cols });
    }
    let too_large = || GgufError::TooLarge { tensor: name.to_owned(), shape: shape.to_vec() };
    // Checked in elements too, so that later products of lengths cannot overflow.
    let n_elements = shape.iter().try_fold(1_usize, |product, &length| {
        product.checked_mul(usize::try_from(length).ok()?).filter(|&product| isize::try_from(product).is_ok())
    });
    let n_blocks = n_elements.ok_or_else(too_large)? / dtype.block_len();
    n_blocks.checked_mul(dtype.block_bytes()).map(|n_bytes| n_bytes as u64).ok_or_else(too_large)
}

/// Indices of the tensors, sorted by name; an error for two of the same name.
fn sort_names(entries: &[Entry]) -> Result<Vec<usize>, GgufError> {
    let name = |index: usize| entries[index].meta.name.as_str();
    let mut by_name: Vec<usize> = (0..entries.len()).collect();
    by_name.sort_unstable_by_key(|&index| name(index));
    match by_name.windows(2).find(|pair| name(pair[0]) == name(pair[1])) {
        Some(pair) => Err(GgufError::DuplicateTensor { name: name(pair[0]).to_owned() }),
        None => Ok(by_name),
    }
}

/// Byte ranges of the tensors in a file of `file_bytes`, whose header ends at `header_bytes`.
fn place_tensors(
    entries: &[Entry],
    header_bytes: usize,
    alignment: u32,
    file_bytes: usize,
) -> Result<Vec<Range<usize>>, GgufError> {
    let data_start = (header_bytes as u64).next_multiple_of(alignment.into());
    let mut ranges = Vec::with_capacity(entries.len());
    for entry in entries {
        let tensor = &entry.meta.name;
        if !entry.offset.is_multiple_of(alignment.into()) {
            return Err(GgufError::Misaligned { tensor: tensor.clone(), offset: entry.offset, alignment });
        }
        let start = data_start.saturating_add(entry.offset);
        let end = start.saturating_add(entry.n_bytes);
        if end > file_bytes as u64 {
            return Err(GgufError::TensorCutOff { tensor: tensor.clone(), end, file_bytes });
        }
        ranges.push(start as usize..end as usize);
    }
    let mut by_start: Vec<usize> = (0..entries.len()).collect();
    by_start.sort_unstable_by_key(|&index| ranges[index].start);
    if let Some(pair) = by_start.windows(2).find(|pair| ranges[pair[1]].start < ranges[pair[0]].end) {
        let (first, second) = (entries[pair[0]].meta.name.clone(), entries[pair[1]].meta.name.clone());
        return Err(GgufError::Overlap { first, second, offset: ranges[pair[1]].start as u64 });
    }
    Ok(ranges)
}
