//! The folders the program works in.

use std::path::PathBuf;

use crate::state::Places;

/// Nibble's folders, with the one for models made if it is not there; if it cannot be, quantizing will say so.
pub fn prepare() -> Places {
    let places = find();
    if let Err(error) = std::fs::create_dir_all(&places.models) {
        tracing::warn!(%error, "the folder for models could not be made");
    }
    places
}

/// Nibble's folders: those of the platform, or all inside `NIBBLE_HOME` if that is set.
fn find() -> Places {
    if let Some(home) = std::env::var_os("NIBBLE_HOME").filter(|home| !home.is_empty()) {
        let home = PathBuf::from(home);
        return Places {
            models: home.join("models"),
            settings_file: home.join("settings.toml"),
            chats_file: home.join("chats.db"),
        };
    }
    match directories::ProjectDirs::from("", "", "Nibble") {
        Some(dirs) => Places {
            models: dirs.data_dir().join("models"),
            settings_file: dirs.config_dir().join("settings.toml"),
            chats_file: dirs.data_dir().join("chats.db"),
        },
        // No home folder at all: the current one is as good as any.
        None => Places {
            models: "nibble/models".into(),
            settings_file: "nibble/settings.toml".into(),
            chats_file: "nibble/chats.db".into(),
        },
    }
}
