//! Transfer of one file: resumed, verified, and renamed to its final name.
//!
//! An attempt that received new bytes does not count as failed, so a connection that breaks a thousand times still completes;
//! attempts that receive nothing fail after a few. If the checksum of the complete file is wrong, it is downloaded once more
//! from the beginning, since the cause may be old: a page lost in a crash, another version of the file.

use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE};
use reqwest::{StatusCode, Url};

use super::meter::Meter;
use super::part::Part;
use crate::hub::cache::{CachedRepo, Lock};
use crate::hub::cancel_scope::CancelScope;
use crate::hub::error::Error;
use crate::hub::file::RepoFile;
use crate::hub::http::{About, Http, Opened, Range};
use crate::hub::name::{Checksum, RepoId};
use crate::hub::retry::{Backoff, RequestError};

/// Interval between checks of a file that another download has locked.
const LOOK_AT_LOCK: Duration = Duration::from_millis(100);
/// Number of complete downloads with a wrong checksum before the transfer fails.
const MOST_DAMAGED: u32 = 2;

/// Inputs of one file's transfer.
pub(super) struct Transfer<'a> {
    pub(super) http: &'a Http,
    pub(super) repo: &'a RepoId,
    pub(super) cached: &'a CachedRepo,
    pub(super) file: &'a RepoFile,
    pub(super) url: Url,
    pub(super) meter: &'a Meter<'a>,
    pub(super) scope: &'a CancelScope<'a>,
}

impl Transfer<'_> {
    /// Downloads the file, unless another download completes it first.
    pub(super) fn run(&self) -> Result<(), Error> {
        let (blob, name) = (self.cached.blob(&self.file.checksum), self.file.path.as_str());
        let size_bytes = self.file.size_bytes;
        let _lock = self.wait_for_lock()?;
        if std::fs::metadata(&blob).is_ok_and(|found| found.len() == size_bytes) {
            self.meter.add(name, size_bytes);
            return Ok(());
        }
        let path = self.cached.part(&self.file.checksum);
        let mut part = Part::open(path, self.file.checksum, size_bytes, self.scope)?;
        self.meter.add(name, part.n_bytes());
        let mut found = self.fill(&mut part)?;
        for _ in 1..MOST_DAMAGED {
            if found != self.file.checksum {
                tracing::warn!(file = name, %found, "checksum mismatch");
                self.restart(&mut part)?;
                found = self.fill(&mut part)?;
            }
        }
        if found != self.file.checksum {
            part.discard()?;
            return Err(Error::Damaged { expected: self.file.checksum, found, path: self.file.path.clone() });
        }
        part.finish(&blob)?;
        self.meter.tell(name, true);
        Ok(())
    }

    fn wait_for_lock(&self) -> Result<Lock, Error> {
        loop {
            if let Some(lock) = self.cached.try_lock(&self.file.checksum)? {
                return Ok(lock);
            }
            self.http.block_on(self.scope.pause(LOOK_AT_LOCK))?;
        }
    }

    fn restart(&self, part: &mut Part) -> Result<(), Error> {
        self.meter.lost(self.file.path.as_str(), part.n_bytes());
        part.restart()?;
        part.set_validator(None)
    }

    /// Downloads until the part has all its bytes; returns their checksum.
    fn fill(&self, part: &mut Part) -> Result<Checksum, Error> {
        let mut backoff = Backoff::new(self.http.retry_policy);
        let mut most = part.n_bytes();
        while !part.is_full() {
            let Err(fault) = self.http.block_on(self.try_once(part)) else { continue };
            if part.n_bytes() > most {
                most = part.n_bytes();
                backoff.progressed();
            }
            tracing::debug!(file = %self.file.path, at = part.n_bytes(), error = %fault.error, "an attempt failed");
            let wait = backoff.wait_after(fault)?;
            self.http.block_on(self.scope.pause(wait))?;
        }
        Ok(part.found())
    }

    /// Downloads as much as one connection delivers.
    async fn try_once(&self, part: &mut Part) -> Result<(), RequestError> {
        let validator = part.validator().map(str::to_owned);
        let rest = || Range { first: part.n_bytes(), last: None, validator: validator.as_deref() };
        let range = (part.n_bytes() > 0).then(rest);
        let about = About::File(self.repo, &self.file.path);
        let mut opened = self.http.open(&self.url, range, about, self.scope).await?;
        self.check_identity(&opened)?;
        let status = opened.response.status();
        if status == StatusCode::RANGE_NOT_SATISFIABLE
            || (status == StatusCode::PARTIAL_CONTENT && !continues(&opened, part.n_bytes()))
        {
            // The server has another version of the file than before.
            self.restart(part)?;
            return Err(RequestError::retryable(self.length_error(&opened, 0)));
        }
        if status != StatusCode::PARTIAL_CONTENT && part.n_bytes() > 0 {
            self.restart(part)?;
        }
        self.check_length(&opened, part.n_bytes())?;
        part.set_validator(opened.validator.take())?;
        while let Some(piece) = self.http.piece(&mut opened, self.scope).await? {
            let missing = usize::try_from(self.file.size_bytes - part.n_bytes()).unwrap_or(usize::MAX);
            // Bytes beyond the listed size are not part of the file; the checksum verifies the rest.
            let wanted = &piece[..piece.len().min(missing)];
            part.append(wanted)?;
            self.meter.came(self.file.path.as_str(), wanted.len() as u64);
            if part.is_full() {
                return Ok(());
            }
        }
        Err(RequestError::retryable(Error::EndsEarly {
            host: opened.host,
            received: part.n_bytes(),
            expected: self.file.size_bytes,
            path: self.file.path.clone(),
        }))
    }

    /// Compares the checksum that the Hub announces with the listed one; a different one means another file.
    fn check_identity(&self, opened: &Opened) -> Result<(), Error> {
        match (opened.linked, self.file.checksum) {
            (Some(Checksum::Sha256(found)), Checksum::Sha256(listed)) if found != listed => {}
            (Some(Checksum::GitBlob(found)), Checksum::GitBlob(listed)) if found != listed => {}
            _ => return Ok(()),
        }
        Err(Error::Replaced { path: self.file.path.clone() })
    }

    /// Compares the lengths in the response headers with the listing.
    fn check_length(&self, opened: &Opened, offset: u64) -> Result<(), RequestError> {
        let headers = opened.response.headers();
        let announced =
            headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        match announced.and_then(|bytes| bytes.checked_add(offset)) {
            Some(found) if found != self.file.size_bytes => {
                Err(RequestError::retryable(self.length_error(opened, found)))
            }
            _ => Ok(()),
        }
    }

    fn length_error(&self, opened: &Opened, found: u64) -> Error {
        let (host, path) = (opened.host.clone(), self.file.path.clone());
        Error::Length { host, expected: self.file.size_bytes, found, path }
    }
}

/// Whether a partial response begins at the end of the part.
fn continues(opened: &Opened, offset: u64) -> bool {
    let range = opened.response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    let start = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-')?.0.parse::<u64>().ok());
    start == Some(offset)
}
