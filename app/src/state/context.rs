//! Default context before the user chooses one.

/// Default context in tokens before the user chooses one.
pub const DEFAULT_CONTEXT: usize = 4096;
