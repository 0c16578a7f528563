//! A GGUF file of the Hub, judged by its header before the rest of it comes.
//!
//! The header ends with the tensors' types, behind a vocabulary of a few megabytes, and nothing tells how long it is. So pieces
//! of the file are asked for, each three times as long as all before it, until the header is whole.

use super::Error;
use crate::base::causes::sentence;
use crate::formats::gguf::GgufHeader;
use crate::hub::{Hub, Refusal, RepoFile, RepoId, Revision};
use crate::models::{self, Outline};
use crate::progress::Cancel;

/// Bytes that are asked for first.
const FIRST_BYTES: u64 = 1 << 20;
/// Longest header that is read.
const MOST_BYTES: u64 = 64 << 20;

/// What the GGUF file `file` of `repo` holds, or why it cannot run.
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
