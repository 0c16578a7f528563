//! The folders in which Nibble keeps its data and the models it made.

use std::path::PathBuf;

use super::error::Error;
use crate::jobs::home::home;

/// Nibble's data folder: its one folder ([`home`]), or the platform's.
///
/// # Errors
/// [`Error::NoDataFolder`].
pub fn data_folder() -> Result<PathBuf, Error> {
    if let Some(home) = home() {
        return Ok(home);
    }
    let folders = directories::ProjectDirs::from("", "", "Nibble").ok_or(Error::NoDataFolder)?;
    Ok(folders.data_dir().to_path_buf())
}

/// The variable that names another folder for quantized models.
pub const MODELS_FOLDER: &str = "NIBBLE_MODELS";

/// Folder of the quantized models: the one that [`MODELS_FOLDER`] names, or `models` in the data folder.
///
/// # Errors
/// [`Error::NoDataFolder`].
pub fn models_folder() -> Result<PathBuf, Error> {
    if let Some(named) = std::env::var_os(MODELS_FOLDER).filter(|named| !named.is_empty()) {
        return Ok(PathBuf::from(named));
    }
    Ok(data_folder()?.join("models"))
}
