//! The settings file: TOML that the user can read and edit. An invalid one is renamed, never lost.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::state::Settings;

/// What reading the settings came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The settings, or those of a fresh start.
    pub settings: Settings,
    /// Path of the renamed invalid file, and the fault in it.
    pub set_aside: Option<(PathBuf, String)>,
}

/// Reads the settings; a missing file is a fresh start.
pub fn load(path: &Path) -> Loaded {
    let wrong = match fs::read(path) {
        Err(_missing) => return Loaded { settings: Settings::default(), set_aside: None },
        Ok(bytes) => match String::from_utf8(bytes) {
            Err(error) => error.to_string(),
            Ok(text) => match toml::from_str(&text) {
                Ok(settings) => return Loaded { settings, set_aside: None },
                Err(error) => error.to_string(),
            },
        },
    };
    let kept_as = path.with_extension("toml.broken");
    if let Err(error) = fs::rename(path, &kept_as) {
        tracing::warn!(%error, "a broken settings file could not be moved");
    }
    Loaded { settings: Settings::default(), set_aside: Some((kept_as, wrong)) }
}

/// Writes the settings: whole under another name first, so that a crash leaves the old ones.
///
/// # Errors
/// When the folder or file cannot be written.
pub fn save(path: &Path, settings: &Settings) -> io::Result<()> {
    let text = toml::to_string_pretty(settings).map_err(io::Error::other)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension("toml.part");
    let mut file = fs::File::create(&unfinished)?;
    file.write_all(b"# Nibble's settings. Edit them while Nibble is closed.\n\n")?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Preset, ReplyOptions};
    use nibble_engine::jobs::GenerateOptions;

    #[test]
    fn what_is_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.toml");
        let replies = {
            let generate =
                GenerateOptions { temperature: 0.25, stop: vec!["\n".into()], ..GenerateOptions::default() };
            ReplyOptions { generate, ..ReplyOptions::default() }
        };
        let preset = Preset { name: "Mine".into(), options: replies.clone() };
        let mut settings =
            Settings { threads: Some(3), replies, presets: vec![preset], ..Settings::default() };
        settings.remember("/models/a".into());
        save(&path, &settings).unwrap();
        assert_eq!(load(&path), Loaded { settings, set_aside: None });
    }

    #[test]
    fn a_broken_file_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "theme = \"purple\"").unwrap();
        let loaded = load(&path);
        assert_eq!(loaded.settings, Settings::default());
        let (kept_as, reason) = loaded.set_aside.unwrap();
        assert!(reason.contains("purple"), "{reason}");
        assert_eq!(fs::read_to_string(kept_as).unwrap(), "theme = \"purple\"");
        assert!(!path.exists());
    }

    #[test]
    fn unknown_and_missing_keys_are_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "temperature = 1.5\nfrom_the_future = 1\n").unwrap();
        assert!((load(&path).settings.replies.generate.temperature - 1.5).abs() < 1e-6);
    }
}
