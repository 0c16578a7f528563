//! A failed job in words, as it crosses the pipe.

use serde::{Deserialize, Serialize};

/// Why a job failed, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// One sentence: what was wrong and what to do.
    pub message: String,
    /// The chain of causes, for those who want to know.
    pub details: Vec<String>,
}
