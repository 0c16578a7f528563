//! Why quality cannot be measured on this machine.

use std::path::PathBuf;

/// Quality could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// One of the two does not fit the memory that is free.
    #[error(
        "quality cannot be measured now: {needed} bytes of memory are needed for {}, and {available} are available; close other programs or measure on a larger machine",
        .path.display()
    )]
    TooLittleMemory {
        /// The one that does not fit.
        path: PathBuf,
        /// What it needs.
        needed: u64,
        /// Available memory in bytes.
        available: u64,
    },
}
