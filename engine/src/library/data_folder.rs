//! The folders in which Nibble keeps its data and the models it made: the platform's, or one folder for all of it where the
//! user wants that, such as on a memory stick beside the program.

use std::path::{Path, PathBuf};

use super::error::Error;

/// Name of the folder beside the program that makes it portable: if it exists, Nibble keeps everything in it.
pub const PORTABLE_FOLDER: &str = "nibble-data";
/// Environment variable that names another folder for quantized models.
pub const MODELS_FOLDER: &str = "NIBBLE_MODELS";

/// The one folder for everything of Nibble's own: the one that the environment variable `NIBBLE_HOME` names, or else
/// [`PORTABLE_FOLDER`] beside the program; `None` if there is neither, and the platform's folders are used.
pub fn nibble_home() -> Option<PathBuf> {
    let named = std::env::var_os("NIBBLE_HOME").filter(|named| !named.is_empty()).map(PathBuf::from);
    named.or_else(|| beside(&std::env::current_exe().ok()?))
}

/// Nibble's data folder: [`nibble_home`], or the platform's.
///
/// # Errors
/// [`Error::NoDataFolder`] if the system names none.
pub fn data_folder() -> Result<PathBuf, Error> {
    if let Some(home) = nibble_home() {
        return Ok(home);
    }
    let folders = directories::ProjectDirs::from("", "", "Nibble").ok_or(Error::NoDataFolder)?;
    Ok(folders.data_dir().to_path_buf())
}

/// Folder of the quantized models: the one that [`MODELS_FOLDER`] names, or `models` in the data folder.
///
/// # Errors
/// [`Error::NoDataFolder`] if the system names none.
pub fn models_folder() -> Result<PathBuf, Error> {
    if let Some(named) = std::env::var_os(MODELS_FOLDER).filter(|named| !named.is_empty()) {
        return Ok(PathBuf::from(named));
    }
    Ok(data_folder()?.join("models"))
}

fn beside(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?.join(PORTABLE_FOLDER);
    folder.is_dir().then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_beside_the_program_is_taken_if_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("nibble");
        assert_eq!(beside(&program), None);
        let data = folder.path().join(PORTABLE_FOLDER);
        std::fs::create_dir(&data).unwrap();
        assert_eq!(beside(&program), Some(data));
    }
}
