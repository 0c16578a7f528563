//! The licenses of all that the program is made of, as one text.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Each font's name and license.
const FONTS: [(&str, &str); 7] = [
    ("Inter", include_str!("../../../assets/fonts/Inter-LICENSE.txt")),
    ("JetBrains Mono", include_str!("../../../assets/fonts/JetBrainsMono-LICENSE.txt")),
    ("Noto Sans SC", include_str!("../../../assets/fonts/NotoSansSC-LICENSE.txt")),
    (
        "Noto Sans, Noto Sans Math, Noto Sans Symbols and Noto Sans of scripts",
        include_str!("../../../assets/fonts/NotoSans-LICENSE.txt"),
    ),
    ("STIX Two Math", include_str!("../../../assets/fonts/StixMath-LICENSE.txt")),
    ("Twemoji", include_str!("../../../assets/fonts/Twemoji-LICENSE.txt")),
    ("Phosphor", include_str!("../../../assets/fonts/Phosphor-LICENSE.txt")),
];

/// The program's own license.
const OWN: &str = include_str!("../../../LICENSE");

/// The parts by others with their licenses; `cargo run --release -p nibble-tests --example licenses` writes it.
static PARTS: LazyLock<String> = LazyLock::new(|| {
    let packed = include_bytes!(concat!(env!("OUT_DIR"), "/parts"));
    let bytes = miniz_oxide::inflate::decompress_to_vec(packed).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
});

/// Number of parts by others.
pub fn n_parts() -> usize {
    PARTS.lines().take_while(|line| !line.is_empty()).count()
}

/// Writes the licenses into a folder and says where.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Path) -> io::Result<PathBuf> {
    let mut text = format!("Nibble\n\n{OWN}\n");
    for (name, license) in FONTS {
        text.extend(["\n", name, "\n\n", license, "\n"]);
    }
    text.push('\n');
    text.push_str(&PARTS);
    std::fs::create_dir_all(folder)?;
    let path = folder.join("licenses.txt");
    std::fs::write(&path, text)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_licenses_of_all_parts_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(write(folder.path()).unwrap()).unwrap();
        assert!(text.ends_with(include_str!("../../../assets/licenses/parts.txt")));
        assert!(n_parts() > 100);
    }
}
