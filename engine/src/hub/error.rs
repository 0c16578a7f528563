//! What can go wrong with the Hub or with its cache on this machine.

use std::path::PathBuf;

use super::name::{Checksum, NameError, RepoId, RepoPath, Revision};
use super::refusal::Refusal;
use crate::progress::Cancelled;

/// The Hub could not be asked, a file not be brought, or the cache not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was asked to stop; what was downloaded is kept and continued next time.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// A text that names neither a repository nor a revision.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No folder for the cache.
    #[error("the system names no home folder; set HF_HOME to a folder for downloads")]
    NoHome,
    /// Nobody may be asked, and it is not here.
    #[error(
        "{repo} at {revision} is not complete on this machine, and HF_HUB_OFFLINE forbids to ask the Hub; unset it and try again"
    )]
    Offline {
        /// The repository.
        repo: RepoId,
        /// The revision.
        revision: Revision,
    },
    /// Nobody may be asked.
    #[error("HF_HUB_OFFLINE forbids to ask the Hub; unset it to search")]
    SearchOffline,
    /// The address of the Hub is no address.
    #[error("HF_ENDPOINT is no address of a server, which begins with https:// or http://: {endpoint}")]
    Endpoint {
        /// What it is set to.
        endpoint: String,
    },
    /// The network part could not be started.
    #[error("connections to the network could not be prepared")]
    Client(#[source] reqwest::Error),
    /// Its threads could not be started.
    #[error("threads for the network could not be started")]
    Threads(#[source] std::io::Error),
    /// No connection, or it broke again and again.
    #[error(
        "no lasting connection to {host}; check the network and try again, the download continues where it stopped"
    )]
    Connection {
        /// The server.
        host: String,
        /// The last of the faults.
        source: reqwest::Error,
    },
    /// Connected, but nothing comes.
    #[error(
        "{host} sent nothing for {seconds} seconds, again and again; try later, the download continues where it stopped"
    )]
    Stalled {
        /// The server.
        host: String,
        /// How long.
        seconds: f64,
    },
    /// The connection ended before the file did, again and again.
    #[error("{host} ended {path} after {received} of {expected} bytes, again and again; try later")]
    EndsEarly {
        /// The server.
        host: String,
        /// Bytes that came.
        received: u64,
        /// Bytes that should.
        expected: u64,
        /// The file.
        path: RepoPath,
    },
    /// The server is overloaded or limits requests.
    #[error("{host} is busy (status {status}){}; try again later, the download continues where it stopped", if *.wait_secs == 0 { String::new() } else { format!(" and asks to wait {wait_secs} seconds") })]
    Busy {
        /// The server.
        host: String,
        /// HTTP status: 429, 5xx.
        status: u16,
        /// How long it asks to wait; 0 if it does not say.
        wait_secs: u64,
    },
    /// The server answered with a fault.
    #[error("{host} answered with status {status}: {address}")]
    Status {
        /// The server.
        host: String,
        /// HTTP status.
        status: u16,
        /// What was asked for.
        address: String,
    },
    /// The person must agree to the model's licence first.
    #[error(
        "{repo} is given only to those who agreed to its licence; open its page on the Hub, agree, and set HF_TOKEN to your token"
    )]
    Gated {
        /// The repository.
        repo: RepoId,
    },
    /// No such repository, or a private one.
    #[error("there is no model {repo} on the Hub, or it is private and your token does not open it")]
    NoRepository {
        /// The repository.
        repo: RepoId,
    },
    /// The token is not accepted.
    #[error("the Hub does not accept the token; make a new one on its page of settings and set HF_TOKEN")]
    TokenRefused,
    /// The token has characters that no token has.
    #[error("the token has characters that no token has; set HF_TOKEN, or the file with the token, anew")]
    TokenCharacters(#[source] reqwest::header::InvalidHeaderValue),
    /// No such revision.
    #[error("{repo} has no branch, tag or commit {revision}")]
    NoRevision {
        /// The repository.
        repo: RepoId,
        /// The revision.
        revision: Revision,
    },
    /// The listing has the file, the server has not.
    #[error("{repo} has no file {path}; the repository may have changed just now, try again")]
    NoFile {
        /// The repository.
        repo: RepoId,
        /// The file.
        path: RepoPath,
    },
    /// Too many redirections, or one to an address that is none or is not encrypted.
    #[error("{host} sends elsewhere, to where Nibble does not follow: {target}")]
    Redirect {
        /// The server.
        host: String,
        /// Where it sends.
        target: String,
    },
    /// The server's answer is no answer.
    #[error("{host} answered something that is not {wanted}")]
    Answer {
        /// The server.
        host: String,
        /// What was expected.
        wanted: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// An answer without an end.
    #[error("{host} answered with more than {limit} bytes where a list was expected")]
    AnswerTooLong {
        /// The server.
        host: String,
        /// The most that is read.
        limit: usize,
    },
    /// The listing names a file that would lie outside the cache, or without a checksum.
    #[error("the listing of {repo} has a file that cannot be stored: {path:?}")]
    BadFile {
        /// The repository.
        repo: RepoId,
        /// The name.
        path: String,
    },
    /// The server's file is not the listed one.
    #[error("{path} was replaced on the server during the download; start it again for the new version")]
    Replaced {
        /// The file.
        path: RepoPath,
    },
    /// The server's file has another length than listed.
    #[error(
        "{host} sends {path} with {found} bytes, but its listing says {expected}; try again later or use another mirror"
    )]
    Length {
        /// The server.
        host: String,
        /// Bytes by the listing.
        expected: u64,
        /// Bytes by the server, at least.
        found: u64,
        /// The file.
        path: RepoPath,
    },
    /// The bytes are not the listed ones, twice.
    #[error(
        "{path} arrived damaged twice: its checksum is {found}, not {expected}; nothing of it was kept. Try again, on another network if it goes on"
    )]
    Damaged {
        /// By the listing.
        expected: Checksum,
        /// Of the bytes.
        found: Checksum,
        /// The file.
        path: RepoPath,
    },
    /// It cannot run, so it is not downloaded.
    #[error("{repo} was not downloaded: {refusal}")]
    Refused {
        /// The repository.
        repo: RepoId,
        /// Why.
        refusal: Refusal,
    },
    /// The disk is too full.
    #[error("{needed} more bytes are needed, but the disk has {free} free; make room, or set HF_HUB_CACHE to a folder on another disk: {}", .path.display())]
    Space {
        /// Bytes still to come, and a little to spare.
        needed: u64,
        /// Bytes that are free.
        free: u64,
        /// Folder of the cache.
        path: PathBuf,
    },
    /// A download is at work on what was to be removed.
    #[error("{repo} is being downloaded by this or another program; stop that first")]
    InUse {
        /// The repository.
        repo: RepoId,
    },
    /// The cache's folder or a file in it cannot be used.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// What was attempted, such as "write".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    /// Whether the Hub could not be reached or had no time, so that it said nothing about what was asked.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::Connection { .. } | Self::Stalled { .. } | Self::Busy { .. })
    }

    /// Whether it ended because it was asked to.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_))
    }
}

/// Makes an [`Error::Io`] of the system's error.
pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.into();
    move |source| Error::Io { action, path, source }
}
