//! The files that a chat can be written to.

/// A kind of file a chat is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatFormat {
    /// Markdown, for reading.
    Markdown,
    /// To read in again, with all branches.
    Json,
}
