//! Memory of this machine, and whether a model fits into it.

use nibble_engine::jobs::ModelSummary;

/// Buffers of a forward pass and the program itself, beside weights and cache.
const MARGIN_BYTES: u64 = 300 << 20;

/// Context that is counted when the person has not chosen one.
pub const DEFAULT_CONTEXT: usize = 4096;

/// Memory of this machine at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Free for new work.
    pub available_bytes: u64,
    /// Built in.
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

impl Memory {
    /// Whether `bytes` fit.
    pub fn fit(&self, bytes: u64) -> Fit {
        if bytes > self.available_bytes {
            Fit::TooLarge
        } else if bytes > self.available_bytes / 4 * 3 {
            Fit::Tight
        } else {
            Fit::Comfortable
        }
    }
}

/// Bytes that chatting takes: weights of `weights_bytes`, the cache of `context` tokens, and buffers.
pub fn needed_bytes(model: &ModelSummary, weights_bytes: u64, context: Option<usize>) -> u64 {
    let wanted = context.unwrap_or(DEFAULT_CONTEXT);
    let context = if model.context_length == 0 { wanted } else { wanted.min(model.context_length) };
    weights_bytes
        .saturating_add(model.cache_bytes_per_token.saturating_mul(context as u64))
        .saturating_add(MARGIN_BYTES)
}
