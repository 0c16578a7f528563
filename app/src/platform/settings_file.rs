//! The settings file: TOML that the user can read and edit. An invalid one is renamed, never lost, and every setting in it that can be
//! read holds: another version of Nibble may have values that this one does not know.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::state::Settings;

/// What reading the settings came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The settings that could be read; the rest is as in a fresh start.
    pub settings: Settings,
    /// Path of the renamed invalid file, and the fault in it.
    pub set_aside: Option<(PathBuf, String)>,
}

/// Reads the settings; a missing file is a fresh start.
pub fn load(path: &Path) -> Loaded {
    let (settings, wrong) = match fs::read(path) {
        Err(_missing) => return Loaded { settings: Settings::default(), set_aside: None },
        Ok(bytes) => match String::from_utf8(bytes) {
            Err(error) => (Settings::default(), error.to_string()),
            Ok(text) => match toml::from_str(&text) {
                Ok(settings) => return Loaded { settings, set_aside: None },
                Err(error) => (what_can_be_read(&text), error.to_string()),
            },
        },
    };
    let kept_as = path.with_extension("toml.broken");
    if let Err(error) = fs::rename(path, &kept_as) {
        tracing::warn!(%error, "a broken settings file could not be moved");
    }
    Loaded { settings, set_aside: Some((kept_as, wrong)) }
}

/// The settings of a file in which some values are not understood: those that can be read alone.
fn what_can_be_read(text: &str) -> Settings {
    let Ok(mut table) = text.parse::<toml::Table>() else { return Settings::default() };
    table.retain(|key, value| {
        let alone = toml::Table::from_iter([(key.to_owned(), value.clone())]);
        alone.try_into::<Settings>().is_ok()
    });
    table.try_into().unwrap_or_default()
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
    use crate::base::ThemeChoice;
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
    fn a_value_of_another_version_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        let text = "theme = \"dark\"\nprecision = \"q1_from_the_future\"\nthreads = 3\n[[downloads]]\nmoved = true\n";
        fs::write(&path, text).unwrap();
        let Loaded { settings, set_aside } = load(&path);
        let expected = Settings { theme: ThemeChoice::Dark, threads: Some(3), ..Settings::default() };
        assert_eq!(settings, expected);
        assert_eq!(fs::read_to_string(set_aside.unwrap().0).unwrap(), text, "nothing is lost");
    }

    #[test]
    fn unknown_and_missing_keys_are_no_failure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "temperature = 1.5\nfrom_the_future = 1\n").unwrap();
        assert!((load(&path).settings.replies.generate.temperature - 1.5).abs() < 1e-6);
    }
}
