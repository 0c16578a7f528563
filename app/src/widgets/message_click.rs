//! What a person can ask of a message.

/// What the person asked of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageClick {
    /// Copy this text.
    Copy(String),
    /// Answer to this.
    Quote(String),
    /// Generate another reply.
    Regenerate,
    /// Write the reply on.
    Continue,
    /// Change the message.
    Edit,
    /// Remove it and what follows.
    Delete,
    /// Show the version this many places on.
    Version(isize),
}
