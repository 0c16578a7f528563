//! Importance matrices of llama.cpp as calibration files.

use std::path::Path;

use super::error::CalibrationError;
use crate::formats::{self, gguf::GgufFile, mmap::MappedFile};
use crate::quant::ActivationStatistics;
use crate::quant::statistics::imatrix::{self, ImatrixError};

/// Reads the statistics in the file at `path`, of either kind; `None` for a text.
///
/// # Errors
/// [`CalibrationError::File`] or [`CalibrationError::Imatrix`].
pub(super) fn read(path: &Path) -> Result<Option<ActivationStatistics>, CalibrationError> {
    let io = |source| formats::Error::Io { path: path.to_owned(), source };
    let map = MappedFile::open(path).map_err(io)?;
    let read = if map.bytes().starts_with(b"GGUF") {
        let file = GgufFile::open(path)?;
        imatrix::from_gguf(file.metadata(), &file)
    } else {
        imatrix::from_legacy(map.bytes())
    };
    match read {
        Ok(statistics) => Ok(Some(statistics)),
        // The older kind has no magic number: a text is a file whose first bytes count more entries than it can hold.
        Err(ImatrixError::NoImatrix { .. }) => Ok(None),
        Err(source) => Err(CalibrationError::Imatrix { path: path.to_owned(), source }),
    }
}
