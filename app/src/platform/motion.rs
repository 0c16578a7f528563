//! Whether the system asks for nothing to move.

use std::path::{Path, PathBuf};

/// Whether the desktop's settings file disables animations. On Windows and macOS this needs their frameworks, so the result is
/// false.
pub fn system_is_still() -> bool {
    settings_files().iter().any(|path| is_still(path))
}

/// Where GTK, which most desktops of Linux write for, keeps its settings.
fn settings_files() -> Vec<PathBuf> {
    if cfg!(any(windows, target_os = "macos")) {
        return Vec::new();
    }
    let Some(folders) = directories::BaseDirs::new() else { return Vec::new() };
    ["gtk-4.0", "gtk-3.0"].map(|version| folders.config_dir().join(version).join("settings.ini")).into()
}

fn is_still(path: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else { return false };
    let mut said =
        text.lines().filter_map(|line| line.split_once('=')).map(|(key, value)| (key.trim(), value.trim()));
    let last = said.rfind(|(key, _)| *key == "gtk-enable-animations");
    last.is_some_and(|(_, value)| matches!(value, "0" | "false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_the_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.ini");
        assert!(!is_still(&path));
        for (text, still) in [
            ("[Settings]\ngtk-enable-animations=0\n", true),
            ("[Settings]\ngtk-enable-animations = false\n", true),
            ("[Settings]\ngtk-enable-animations=0\ngtk-enable-animations=1\n", false),
            ("[Settings]\ngtk-theme-name=Plain\n", false),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(is_still(&path), still, "{text}");
        }
    }
}
