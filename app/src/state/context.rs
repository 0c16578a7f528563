//! The context that is counted with before a person chose one.

/// Tokens of context that are counted with when the person has not chosen a number.
pub const DEFAULT_CONTEXT: usize = 4096;
