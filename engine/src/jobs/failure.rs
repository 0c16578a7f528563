//! A job's failure in words, for the protocol.

use serde::{Deserialize, Serialize};

/// Why a job failed, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// One sentence: what was wrong and what to do.
    pub message: String,
    /// The chain of causes, outermost first.
    pub details: Vec<String>,
}
