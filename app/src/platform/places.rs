//! The folders the program works in.

use std::path::Path;

use crate::state::Places;

/// Nibble's folders, with the one for models made if it is not there; if it cannot be, quantizing will say so.
pub fn prepare() -> Places {
    let places = find();
    if let Err(error) = std::fs::create_dir_all(&places.models) {
        tracing::warn!(%error, "the folder for models could not be made");
    }
    places
}

/// Nibble's folders: those of the platform, or one portable folder for all of them.
fn find() -> Places {
    if let Some(home) = nibble_engine::library::nibble_home() {
        return Places { portable: Some(home.clone()), ..in_folders(&home, &home) };
    }
    match directories::ProjectDirs::from("", "", "Nibble") {
        Some(dirs) => in_folders(dirs.data_dir(), dirs.config_dir()),
        // No home folder at all: the current one is as good as any.
        None => in_folders("nibble".as_ref(), "nibble".as_ref()),
    }
}

fn in_folders(data: &Path, config: &Path) -> Places {
    let models = nibble_engine::library::models_folder().unwrap_or_else(|_none| data.join("models"));
    Places {
        models: models.clone(),
        own_models: models,
        settings_file: config.join("settings.toml"),
        chats_file: data.join("chats.db"),
        listing_file: data.join("models.json"),
        token_file: config.join("hugging-face-token"),
        log_file: data.join("nibble.log"),
        portable: None,
    }
}
