//! Verification of a model on this machine.

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::locate::{find, places};
use super::place::Origin;
use crate::hub::{CachedModel, Hub, HubSettings, Verified};
use crate::models;
use crate::progress::{Cancel, Observer};

/// Report of a verified model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Name of the model.
    pub name: String,
    /// Result for its files.
    #[serde(flatten)]
    pub files: Verified,
}

/// Verifies the checksums of the files of the model that `name` matches; a quantized model has no checksums, so its header and
/// tensors are checked.
///
/// # Errors
/// [`Error::Damaged`] names the files; [`Error::NotFound`]; [`Error::Model`].
pub fn verify(name: &str, observer: &dyn Observer, cancel: &Cancel) -> Result<VerifyReport, Error> {
    let place = find(places()?, name)?;
    let (repo, only) = match &place.origin {
        Origin::BuiltIn | Origin::Quantized | Origin::Elsewhere(_) => {
            models::open(&place.path, observer)?.spec()?;
            let files = Verified { unknown: vec![place.name.clone()], ..Verified::default() };
            return Ok(VerifyReport { name: place.name, files });
        }
        Origin::Checkpoint(repo) => (repo, None),
        Origin::Gguf(repo, path) => (repo, Some(path)),
    };
    // Checking asks nobody.
    let hub = Hub::new(&HubSettings { offline: true, ..HubSettings::from_environment()? })?;
    let Some(model) = hub.cache().model(repo) else {
        return Err(Error::NotFound { name: name.to_owned(), known: String::new() });
    };
    let files = model.files.iter().filter(|file| only.is_none_or(|only| file.path == *only));
    let model = CachedModel { files: files.cloned().collect(), ..model.clone() };
    let verified = hub.verify(&model, observer, cancel)?;
    if verified.mismatches.is_empty() {
        return Ok(VerifyReport { name: place.name, files: verified });
    }
    let files: Vec<_> = verified.mismatches.iter().map(|fault| fault.file.as_str()).collect();
    Err(Error::Damaged { name: place.name, files: files.join(", ") })
}
