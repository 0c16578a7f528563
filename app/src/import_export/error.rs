//! Why a file cannot be read as an export of chats.

use thiserror::Error;

/// Why a file is not an export of chats.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file is not JSON.
    #[error("this is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// The file is a ZIP archive, as ChatGPT delivers its exports.
    #[error("this is a ZIP archive; unpack it and choose the conversations.json in it")]
    Zip,
    /// JSON of something else.
    #[error("this is not an export of Nibble, Open WebUI or ChatGPT")]
    Unknown,
    /// Our own format of a later version.
    #[error("this export has version {found}, and this program reads up to {known}")]
    Newer {
        /// Version of the file.
        found: u64,
        /// The latest this program knows.
        known: u64,
    },
    /// The right program's export, but nothing in it.
    #[error("there are no chats in this export")]
    Empty,
}
