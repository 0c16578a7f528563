//! Memory of this machine, and whether a model fits into it.

use nibble_engine::jobs::protocol::Verdict;

/// Context that is counted when the person has not chosen one.
pub const DEFAULT_CONTEXT: usize = 4096;

/// Memory of this machine at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Free for new work.
    pub available_bytes: u64,
    /// Total memory in bytes.
    pub total_bytes: u64,
}

/// How a need compares with the memory that is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Room to spare.
    Comfortable,
    /// It fits, with little left for other programs.
    Tight,
    /// It does not fit.
    TooLarge,
}

impl From<Verdict> for Fit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Comfortable => Self::Comfortable,
            Verdict::Tight => Self::Tight,
            Verdict::DoesNotFit => Self::TooLarge,
        }
    }
}
