//! Where Nibble keeps things, and how a name on the command line becomes a model's path.
//!
//! `NIBBLE_HOME` puts everything into one folder; otherwise the platform's data folder serves.

use std::path::{Path, PathBuf};

use super::starter;

/// A model could not be found, or the place for models not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a path nor a name in the library.
    #[error("there is no file or folder {name}, and no model of that name in the library, which has {known}")]
    NotFound {
        /// What was asked for.
        name: String,
        /// Names of the library, separated by commas.
        known: String,
    },
    /// The system names no folder for a program's data.
    #[error("the system names no folder for Nibble's data; set NIBBLE_HOME to a folder of your choice")]
    NoDataFolder,
    /// The built-in model could not be put where models are read from.
    #[error("the built-in model could not be written; make room or set NIBBLE_HOME to another folder: {}", .folder.display())]
    StarterNotWritten {
        /// Where it should go.
        folder: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
}

/// Nibble's data folder: `NIBBLE_HOME`, or the platform's.
///
/// # Errors
/// [`Error::NoDataFolder`].
pub fn data_folder() -> Result<PathBuf, Error> {
    if let Some(home) = std::env::var_os("NIBBLE_HOME").filter(|home| !home.is_empty()) {
        return Ok(PathBuf::from(home));
    }
    let folders = directories::ProjectDirs::from("", "", "Nibble").ok_or(Error::NoDataFolder)?;
    Ok(folders.data_dir().to_path_buf())
}

/// Folder of the quantized models.
///
/// # Errors
/// [`Error::NoDataFolder`].
pub fn models_folder() -> Result<PathBuf, Error> {
    Ok(data_folder()?.join("models"))
}

/// The GGUF files of the library, by name.
///
/// # Errors
/// [`Error::NoDataFolder`]; a folder that does not exist yet is an empty library.
pub fn models() -> Result<Vec<PathBuf>, Error> {
    let Ok(entries) = std::fs::read_dir(models_folder()?) else { return Ok(Vec::new()) };
    let is_model =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
    let mut models: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_model).collect();
    models.sort();
    Ok(models)
}

/// The path of `model`: a path that exists, the name of a file in the library with or without `.gguf`, or `starter`, the
/// model that comes with the program.
///
/// # Errors
/// [`Error::NotFound`] names what there is; [`Error::StarterNotWritten`].
pub fn locate(model: &str) -> Result<PathBuf, Error> {
    let path = Path::new(model);
    if path.exists() {
        return Ok(path.to_path_buf());
    }
    let models = models()?;
    let is_named =
        |path: &&PathBuf| path.file_name().is_some_and(|name| name == model) || stem(path) == model;
    if let Some(found) = models.iter().find(is_named) {
        return Ok(found.clone());
    }
    if model == starter::NAME {
        return starter::folder();
    }
    let known: Vec<_> =
        std::iter::once(starter::NAME.to_owned()).chain(models.iter().map(|path| stem(path))).collect();
    Err(Error::NotFound { name: model.to_owned(), known: known.join(", ") })
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
