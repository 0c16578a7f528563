//! The header of a GGUF file on the Hub, fetched to check the file before downloading the rest.
//!
//! The header ends with the tensors' types, after a vocabulary of a few megabytes, and its length is not known. So pieces of
//! the file are requested, each three times as long as all before it, until the header is complete.

use super::Error;
use crate::base::causes::sentence;
use crate::formats::gguf::GgufHeader;
use crate::hub::{Hub, Refusal, RepoFile, RepoId, Revision};
use crate::models::{self, Outline};
use crate::progress::Cancel;

/// Size of the first request in bytes.
const FIRST_BYTES: u64 = 1 << 20;
/// Largest header in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// The outline of the GGUF file `file` of `repo`, or why it cannot run.
///
/// # Errors
/// [`Error::Hub`] when its start cannot be brought.
pub(super) fn outline_of(
    hub: &Hub,
    repo: &RepoId,
    commit: &Revision,
    file: &RepoFile,
    cancel: &Cancel,
) -> Result<Result<Outline, Refusal>, Error> {
    let most = file.size_bytes.min(MOST_BYTES);
    let mut start = Vec::new();
    loop {
        let at = start.len() as u64;
        let until = (at * 4).max(FIRST_BYTES).min(most);
        start.extend(hub.read_range(repo, commit, file, at..until, cancel)?);
        return match GgufHeader::parse_start(&start, usize::try_from(file.size_bytes).unwrap_or(usize::MAX)) {
            Err(error) if error.may_be_short() && until < most => continue,
            Err(error) => Ok(Err(faulty(file, &error.to_string()))),
            Ok(header) => Ok(models::outline_gguf(header).map_err(|error| faulty(file, &sentence(&error)))),
        };
    }
}

fn faulty(file: &RepoFile, reason: &str) -> Refusal {
    Refusal::Faulty { reason: format!("{}: {reason}", file.path.as_str()) }
}
