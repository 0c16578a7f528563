//! A file as a repository's listing names it.

use super::name::{Checksum, RepoPath};

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoFile {
    /// Where it is.
    pub path: RepoPath,
    /// Its size.
    pub size_bytes: u64,
    /// What its bytes must come to.
    pub checksum: Checksum,
}
