//! Errors of the Hub and of its local cache.

use std::path::PathBuf;

use super::name::{Checksum, NameError, RepoId, RepoPath, Revision};
use super::refusal::Refusal;
use crate::base::Size;
use crate::progress::Cancelled;

/// Why the Hub could not be reached, a file could not be downloaded, or the cache could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The work was cancelled; partial downloads are kept and resumed next time.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// A text is not the name of a repository or revision.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No folder for the cache is known.
    #[error("the system names no home folder; set HF_HOME to a folder for downloads")]
    NoHome,
    /// Offline mode is set, and the model is not complete in the cache.
    #[error(
        "{repo} at {revision} is not complete on this machine, and HF_HUB_OFFLINE is set, so the Hub is not contacted; unset it and try again"
    )]
    Offline {
        /// Name of the repository.
        repo: RepoId,
        /// The requested revision.
        revision: Revision,
    },
    /// Offline mode is set, so searching is not possible.
    #[error("HF_HUB_OFFLINE is set, so the Hub is not contacted; unset it to search")]
    SearchOffline,
    /// The configured address of the Hub is invalid.
    #[error("HF_ENDPOINT is not a server address, which begins with https:// or http://: {endpoint}")]
    Endpoint {
        /// The value of the variable.
        endpoint: String,
    },
    /// The HTTP client could not be created.
    #[error("the HTTP client could not be created")]
    Client(#[source] reqwest::Error),
    /// The threads of the HTTP client could not be started.
    #[error("the threads of the HTTP client could not be started")]
    Threads(#[source] std::io::Error),
    /// Connecting failed, or the connection broke repeatedly.
    #[error("could not reach {host}; check the network connection and try again")]
    Connection {
        /// Name of the server.
        host: String,
        /// The last connection error.
        source: reqwest::Error,
    },
    /// The connection stalled repeatedly.
    #[error("{host} repeatedly sent nothing for {seconds} seconds; try again later")]
    Stalled {
        /// Name of the server.
        host: String,
        /// The stall timeout in seconds.
        seconds: f64,
    },
    /// The connection repeatedly ended before the file did.
    #[error("{host} repeatedly ended {path} after {} of {}; try later", Size(*.received), Size(*.expected))]
    EndsEarly {
        /// Name of the server.
        host: String,
        /// Number of received bytes.
        received: u64,
        /// Number of expected bytes.
        expected: u64,
        /// Path of the file.
        path: RepoPath,
    },
    /// The server is overloaded or limits requests.
    #[error("{host} is busy (status {status}){}; try again later", if *.wait_secs == 0 { String::new() } else { format!(" and asks to wait {wait_secs} seconds") })]
    Busy {
        /// Name of the server.
        host: String,
        /// The HTTP status, 429 or 5xx.
        status: u16,
        /// Seconds that the server asks to wait; 0 if it does not state them.
        wait_secs: u64,
    },
    /// The server responded with an error status.
    #[error("{host} answered with status {status}: {address}")]
    Status {
        /// Name of the server.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The requested address.
        address: String,
    },
    /// The server refused the request and said why.
    #[error("{host} refuses (status {status}): {message}")]
    Refusal {
        /// Name of the server.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The server's own words.
        message: String,
    },
    /// The user must accept the model's license first.
    #[error(
        "{repo} requires accepting its license; open its page on the Hub, accept it, and enter your token in the settings of Nibble or set HF_TOKEN"
    )]
    Gated {
        /// Name of the repository.
        repo: RepoId,
    },
    /// The repository does not exist, or is private.
    #[error("there is no model {repo} on the Hub, or it is private and your token has no access to it")]
    NoRepository {
        /// Name of the repository.
        repo: RepoId,
    },
    /// No token was given.
    #[error(
        "there is no token; create one on the Hub and enter it in the settings of Nibble, or set HF_TOKEN"
    )]
    NoToken,
    /// The Hub rejected the token.
    #[error(
        "the Hub rejected the token; create a new one on the Hub and enter it in the settings of Nibble, or set HF_TOKEN"
    )]
    TokenRefused,
    /// The token has invalid characters.
    #[error(
        "the token has invalid characters; correct it in the settings of Nibble, in HF_TOKEN, or in the file with the token"
    )]
    TokenCharacters(#[source] reqwest::header::InvalidHeaderValue),
    /// The repository does not have the requested revision.
    #[error("{repo} has no branch, tag or commit {revision}")]
    NoRevision {
        /// Name of the repository.
        repo: RepoId,
        /// The requested revision.
        revision: Revision,
    },
    /// The server does not have a file of the listing.
    #[error("{repo} has no file {path}; the repository may have just changed; try again")]
    NoFile {
        /// Name of the repository.
        repo: RepoId,
        /// Path of the file.
        path: RepoPath,
    },
    /// Too many redirections, or one to an invalid or unencrypted address.
    #[error("{host} redirects to {target}, which is not an allowed address")]
    Redirect {
        /// Name of the server.
        host: String,
        /// The target of the redirection.
        target: String,
    },
    /// The server's response could not be parsed.
    #[error("the response of {host} is not {wanted}")]
    Answer {
        /// Name of the server.
        host: String,
        /// The expected kind of response.
        wanted: &'static str,
        /// The parse error.
        source: serde_json::Error,
    },
    /// The server's response exceeds the size limit.
    #[error("the response of {host} exceeds {limit} bytes where a list was expected")]
    AnswerTooLong {
        /// Name of the server.
        host: String,
        /// The size limit in bytes.
        limit: usize,
    },
    /// The listing has a file outside the cache's folder, or without a checksum.
    #[error("the listing of {repo} has a file that cannot be stored: {path:?}")]
    BadFile {
        /// Name of the repository.
        repo: RepoId,
        /// Path of the file in the listing.
        path: String,
    },
    /// The server has another version of the file than listed.
    #[error("{path} was replaced on the server during the download; start it again for the new version")]
    Replaced {
        /// Path of the file.
        path: RepoPath,
    },
    /// The file on the server has another length than listed.
    #[error(
        "{host} sends {path} with {found} bytes, but its listing says {expected}; try again later or use another mirror"
    )]
    Length {
        /// Name of the server.
        host: String,
        /// Size in the listing, in bytes.
        expected: u64,
        /// Size on the server in bytes, or a lower bound.
        found: u64,
        /// Path of the file.
        path: RepoPath,
    },
    /// The checksum of the file was wrong twice.
    #[error(
        "{path} arrived damaged twice: its checksum is {found}, not {expected}; it was deleted. Try again, on another network if this persists"
    )]
    Damaged {
        /// Checksum in the listing.
        expected: Checksum,
        /// Checksum of the received bytes.
        found: Checksum,
        /// Path of the file.
        path: RepoPath,
    },
    /// The model cannot run, so it is not downloaded.
    #[error("{repo} was not downloaded: {refusal}")]
    Refused {
        /// Name of the repository.
        repo: RepoId,
        /// Reason of the refusal.
        refusal: Refusal,
    },
    /// The disk has too little free space.
    #[error("{} more disk space is needed, but only {} is free; make room, or set HF_HUB_CACHE to a folder on another disk: {}", Size(*.needed), Size(*.free), .path.display())]
    Space {
        /// Bytes that are needed, including a reserve.
        needed: u64,
        /// Number of free bytes.
        free: u64,
        /// Folder of the cache.
        path: PathBuf,
    },
    /// A running download uses the repository that was to be removed.
    #[error("{repo} is being downloaded by this or another program; stop that first")]
    InUse {
        /// Name of the repository.
        repo: RepoId,
    },
    /// The cache's folder or a file in it cannot be used.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// The attempted action, such as "write".
        action: &'static str,
        /// Path of the file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

impl Error {
    /// Whether the Hub could not be reached or was overloaded, so that the question is still open.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::Connection { .. } | Self::Stalled { .. } | Self::Busy { .. })
    }

    /// Whether the work was cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_))
    }
}

/// Converts a system error to [`Error::Io`].
pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.into();
    move |source| Error::Io { action, path, source }
}
