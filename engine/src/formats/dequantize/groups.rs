//! Assignment of a weight's columns to groups that share a scale.

use super::{Error, Part};
use crate::formats::raw::RawDType;

/// The group of each column of a weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Groups {
    /// Groups of this many successive columns.
    Every(usize),
    /// Group of each column; every group has at least one column.
    Listed(Vec<u32>),
}

impl Groups {
    /// Groups of `group_size` columns each, at least one, so that `n_cols` columns make `n_groups`; the last may be shorter.
    pub(in crate::formats) fn every(
        tensor: &str,
        n_cols: usize,
        n_groups: usize,
        group_size: usize,
    ) -> Result<Self, Error> {
        if n_cols.div_ceil(group_size) == n_groups {
            Ok(Self::Every(group_size))
        } else {
            Err(Error::UnevenGroups { tensor: tensor.to_owned(), n_cols, group_size, n_groups })
        }
    }

    /// The groups listed in `part`, one for each of `n_cols` columns, all below `n_groups`.
    pub(in crate::formats) fn listed(part: &Part, n_cols: usize, n_groups: usize) -> Result<Self, Error> {
        part.of_type(&[RawDType::I32])?;
        part.of_shape(&[n_cols])?;
        let mut listed = Vec::with_capacity(n_cols);
        for (column, &word) in part.tensor.bytes.as_chunks::<4>().0.iter().enumerate() {
            let found = i32::from_le_bytes(word);
            match u32::try_from(found) {
                Ok(group) if (group as usize) < n_groups => listed.push(group),
                _ => {
                    let part = part.tensor.name.to_owned();
                    return Err(Error::GroupIndex { part, column, found: found.into(), n_groups });
                }
            }
        }
        // Most lists are equivalent to a fixed group size.
        let every = n_cols.div_ceil(n_groups);
        let plain = listed.iter().enumerate().all(|(column, &group)| column / every == group as usize);
        Ok(if plain { Self::Every(every) } else { Self::Listed(listed) })
    }

    /// The group of column `column`.
    pub(in crate::formats) fn of(&self, column: usize) -> usize {
        match self {
            Self::Every(group_size) => column / group_size,
            Self::Listed(groups) => groups[column] as usize,
        }
    }
}
