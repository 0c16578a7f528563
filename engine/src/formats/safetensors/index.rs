//! `model.safetensors.index.json`: which tensor is in which of several files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use serde::Deserialize;

use super::error::IndexError;

/// A thousand times what the largest model's index takes.
const MAX_INDEX_BYTES: u64 = 100_000_000;

/// The part of the index that matters.
#[derive(Debug, Deserialize)]
pub(super) struct Index {
    /// From a tensor's name to the file that holds it.
    pub(super) weight_map: BTreeMap<String, String>,
}

impl Index {
    /// Reads an index of one folder's files, given its bytes.
    pub(super) fn parse(json: &[u8]) -> Result<Self, IndexError> {
        check_length(json.len() as u64)?;
        let index: Self = serde_json::from_slice(json)?;
        if index.weight_map.is_empty() {
            return Err(IndexError::Empty);
        }
        match index.weight_map.values().find(|shard| !is_file_name(shard)) {
            Some(shard) => Err(IndexError::OutsideFolder { shard: shard.clone() }),
            None => Ok(index),
        }
    }

    /// The files, each once, by name.
    pub(super) fn shards(&self) -> BTreeSet<&str> {
        self.weight_map.values().map(String::as_str).collect()
    }
}

/// Names of the files an index names, given its bytes; each is a plain file name, never a path.
///
/// # Errors
/// [`IndexError`] for whatever is wrong first.
pub fn shard_names(json: &[u8]) -> Result<Vec<String>, IndexError> {
    let index = Index::parse(json)?;
    Ok(index.shards().into_iter().map(str::to_owned).collect())
}

/// Refuses an index that is not worth reading.
pub(super) fn check_length(found: u64) -> Result<(), IndexError> {
    if found > MAX_INDEX_BYTES { Err(IndexError::TooLong { found, limit: MAX_INDEX_BYTES }) } else { Ok(()) }
}

/// Whether `name` is the name of a file and nothing else, on any system.
fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let single =
        matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name);
    single && !name.contains(['/', '\\', ':', '\0'])
}
