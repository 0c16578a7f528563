//! The files that a chat can be written to.

/// A kind of file a chat is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatFormat {
    /// To read.
    Markdown,
    /// To read in again, with all branches.
    Json,
}
