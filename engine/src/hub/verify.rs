//! Verification of cached files against their checksums, which are their blobs' names.

use std::fs::{self, File};

use serde::{Deserialize, Serialize};

use super::Hub;
use super::cache::CachedModel;
use super::cancel_scope::CancelScope;
use super::download::checksum::Digest;
use super::error::{Error, io};
use super::name::Checksum;
use crate::progress::{Cancel, Observer, Progress};

/// Result of verifying a model's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Files whose bytes match their checksum.
    #[serde(rename = "right")]
    pub intact: Vec<String>,
    /// Files whose bytes do not match their checksum.
    #[serde(rename = "faults")]
    pub mismatches: Vec<ChecksumMismatch>,
    /// Files without a known checksum, because the system stores them without a link to their blob.
    pub unknown: Vec<String>,
}

/// A file whose bytes do not match its checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecksumMismatch {
    /// Path of the file.
    pub file: String,
    /// Expected checksum, from the blob's name.
    pub expected: String,
    /// Actual checksum of the bytes.
    pub found: String,
}

impl Hub {
    /// Reads all files of `model` and compares their checksums.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be read, [`Error::Cancelled`].
    pub fn verify(
        &self,
        model: &CachedModel,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Verified, Error> {
        let scope = CancelScope::new(cancel);
        let (mut verified, mut done) = (Verified::default(), 0);
        for file in &model.files {
            let name = file.path.as_str().to_owned();
            observer.progress(Progress::new(&name, done, model.n_bytes()));
            let place = file.path.below(&model.folder);
            let blob = fs::read_link(&place).ok();
            let named = blob.and_then(|blob| Checksum::from_hex(blob.file_name()?.to_str()?));
            done += file.size_bytes;
            let Some(expected) = named else {
                verified.unknown.push(name);
                continue;
            };
            let mut digest = Digest::like(&expected, file.size_bytes);
            let mut open = File::open(&place).map_err(io("read", &place))?;
            digest.update_from(&mut open, &scope).map_err(io("read", &place))??;
            let found = digest.finish();
            if found == expected {
                verified.intact.push(name);
            } else {
                let (expected, found) = (expected.to_string(), found.to_string());
                verified.mismatches.push(ChecksumMismatch { file: name, expected, found });
            }
        }
        Ok(verified)
    }
}
