//! Index of a sharded checkpoint, `model.safetensors.index.json`: the file of each tensor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use serde::Deserialize;

use super::error::IndexError;

/// Upper bound on the size of an index in bytes: a thousand times the largest model's.
const MAX_INDEX_BYTES: u64 = 100_000_000;

/// The fields of the index that are used.
#[derive(Debug, Deserialize)]
pub(super) struct Index {
    /// File of each tensor, by the name of the tensor.
    pub(super) weight_map: BTreeMap<String, String>,
}

impl Index {
    /// Parses an index of one folder's files, given its bytes.
    pub(super) fn parse(json: &[u8]) -> Result<Self, IndexError> {
        check_length(json.len() as u64)?;
        let index: Self = crate::base::json::from_slice(json)?;
        if index.weight_map.is_empty() {
            return Err(IndexError::Empty);
        }
        match index.weight_map.values().find(|shard| !is_file_name(shard)) {
            Some(shard) => Err(IndexError::OutsideFolder { shard: shard.clone() }),
            None => Ok(index),
        }
    }

    /// The distinct files, sorted by name.
    pub(super) fn shards(&self) -> BTreeSet<&str> {
        self.weight_map.values().map(String::as_str).collect()
    }
}

/// Names of the files in an index, given its bytes; each is a plain file name, never a path.
///
/// # Errors
/// [`IndexError`] for the first fault.
pub fn shard_names(json: &[u8]) -> Result<Vec<String>, IndexError> {
    let index = Index::parse(json)?;
    Ok(index.shards().into_iter().map(str::to_owned).collect())
}

/// Checks that an index is not too large to read.
pub(super) fn check_length(found: u64) -> Result<(), IndexError> {
    if found > MAX_INDEX_BYTES { Err(IndexError::TooLong { found, limit: MAX_INDEX_BYTES }) } else { Ok(()) }
}

/// Whether `name` is a plain file name on every system.
fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let single =
        matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name);
    single && !name.contains(['/', '\\', ':', '\0'])
}
