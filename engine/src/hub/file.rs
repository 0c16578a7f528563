//! A file in a repository's listing.

use super::name::{Checksum, RepoPath};

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoFile {
    /// Path of the file in the repository.
    pub path: RepoPath,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Expected checksum of the file.
    pub checksum: Checksum,
}
