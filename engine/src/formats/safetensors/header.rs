//! Parsing and validation of a safetensors header: afterwards every tensor lies inside the file, without overlaps.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::error::SafetensorsError;
use crate::base::DType;

/// Largest header in bytes, set by the format.
const MAX_HEADER_BYTES: u64 = 100_000_000;
/// Number of bytes of the header's length.
const LENGTH_BYTES: usize = 8;

/// A validated safetensors header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetensorsHeader {
    /// The tensors, in the order of their bytes.
    pub entries: Vec<Entry>,
}

/// A tensor of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name of the tensor in the checkpoint, such as `model.embed_tokens.weight`.
    pub name: String,
    /// Name of the type in the file, such as `BF16`.
    pub dtype_name: String,
    /// Shape, outermost dimension first.
    pub shape: Vec<usize>,
    /// Byte range of the tensor in the file.
    pub range: Range<usize>,
}

/// An entry of the header's JSON.
#[derive(Deserialize)]
struct RawEntry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// All entries of the header's JSON, including duplicate names, so that these can be rejected.
struct RawHeader(Vec<(String, RawEntry)>);

impl SafetensorsHeader {
    /// Parses the header of a file, given all of its bytes.
    ///
    /// # Errors
    /// [`SafetensorsError`] for the first fault.
    pub fn parse(bytes: &[u8]) -> Result<Self, SafetensorsError> {
        let (length, rest) = bytes
            .split_first_chunk::<LENGTH_BYTES>()
            .ok_or(SafetensorsError::TooShort { file_bytes: bytes.len() })?;
        let claimed = u64::from_le_bytes(*length);
        if claimed > MAX_HEADER_BYTES {
            return Err(SafetensorsError::HeaderTooLong { claimed, limit: MAX_HEADER_BYTES });
        }
        let json = rest
            .get(..claimed as usize)
            .ok_or(SafetensorsError::HeaderCutOff { claimed, available: rest.len() })?;
        if let Some(&found) = json.first().filter(|&&first| first != b'{') {
            return Err(SafetensorsError::NotAnObject { found });
        }
        let RawHeader(mut raw) = serde_json::from_slice(json)?;
        refuse_duplicates(&raw)?;
        raw.sort_by_key(|(_, entry)| entry.data_offsets);
        let entries = place(raw, LENGTH_BYTES + json.len(), bytes.len())?;
        Ok(Self { entries })
    }
}

impl Entry {
    /// The element type, if it can be read as weights.
    pub fn dtype(&self) -> Option<DType> {
        match self.dtype_name.as_str() {
            "F32" => Some(DType::F32),
            "F16" => Some(DType::F16),
            "BF16" => Some(DType::BF16),
            _ => None,
        }
    }
}

fn refuse_duplicates(raw: &[(String, RawEntry)]) -> Result<(), SafetensorsError> {
    let mut names: Vec<&str> = raw.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(SafetensorsError::DuplicateTensor { tensor: pair[0].to_owned() }),
        None => Ok(()),
    }
}

/// Assigns byte ranges to the tensors, sorted by offset, in a file of `file_bytes` after a header that ends at `data_start`.
/// Gaps, overlaps and trailing bytes are errors.
fn place(
    raw: Vec<(String, RawEntry)>,
    data_start: usize,
    file_bytes: usize,
) -> Result<Vec<Entry>, SafetensorsError> {
    let mut entries = Vec::with_capacity(raw.len());
    let mut expected = 0;
    for (tensor, RawEntry { dtype, shape, data_offsets: (start, end) }) in raw {
        let found = end.checked_sub(start).ok_or_else(|| SafetensorsError::Backwards {
            tensor: tensor.clone(),
            start,
            end,
        })?;
        if start != expected {
            return Err(SafetensorsError::NotContiguous { tensor, start, expected });
        }
        expected = end;
        let stored = stored_bytes(&dtype, &shape);
        let Some((lengths, bytes)) = stored else { return Err(SafetensorsError::TooLarge { tensor, shape }) };
        if let Some(expected) = bytes.filter(|&bytes| bytes != found) {
            return Err(SafetensorsError::Size { tensor, dtype, shape, expected, found });
        }
        let file_end = end.saturating_add(data_start as u64);
        if file_end > file_bytes as u64 {
            return Err(SafetensorsError::CutOff { tensor, end: file_end, file_bytes });
        }
        let range = data_start + start as usize..data_start + end as usize;
        entries.push(Entry { name: tensor, dtype_name: dtype, shape: lengths, range });
    }
    let end = data_start as u64 + expected;
    if end < file_bytes as u64 {
        return Err(SafetensorsError::Excess { end, file_bytes });
    }
    Ok(entries)
}

/// The shape as lengths, and its size in bytes if the type's size is known; `None` if it cannot be stored.
fn stored_bytes(dtype: &str, shape: &[u64]) -> Option<(Vec<usize>, Option<u64>)> {
    let lengths: Option<Vec<usize>> = shape.iter().map(|&length| usize::try_from(length).ok()).collect();
    let n_elements = shape.iter().try_fold(1_u64, |product, &length| product.checked_mul(length))?;
    let bytes = match element_bits(dtype) {
        Some(bits) => Some(n_elements.checked_mul(bits)?.div_ceil(8)),
        None => None,
    };
    Some((lengths?, bytes))
}

/// Bits of one element, for the types of the format.
fn element_bits(dtype: &str) -> Option<u64> {
    match dtype {
        "F4" => Some(4),
        "F6_E2M3" | "F6_E3M2" => Some(6),
        "BOOL" | "U8" | "I8" | "F8_E4M3" | "F8_E5M2" | "F8_E8M0" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ" => Some(8),
        "I16" | "U16" | "F16" | "BF16" => Some(16),
        "I32" | "U32" | "F32" => Some(32),
        "I64" | "U64" | "F64" | "C64" => Some(64),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for RawHeader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = RawHeader;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawHeader, A::Error> {
                let mut entries = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        entries.push((name, map.next_value()?));
                    }
                }
                Ok(RawHeader(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}
