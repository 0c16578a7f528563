//! The licenses of all that the program is made of, as one text.

use std::io;
use std::path::{Path, PathBuf};

/// Each font's name and license.
const FONTS: [(&str, &str); 5] = [
    ("Inter", include_str!("../../../assets/fonts/Inter-LICENSE.txt")),
    ("JetBrains Mono", include_str!("../../../assets/fonts/JetBrainsMono-LICENSE.txt")),
    ("Noto Sans SC", include_str!("../../../assets/fonts/NotoSansSC-LICENSE.txt")),
    ("STIX Two Math", include_str!("../../../assets/fonts/StixMath-LICENSE.txt")),
    ("Phosphor", include_str!("../../../assets/fonts/Phosphor-LICENSE.txt")),
];

/// The program's own license.
const OWN: &str = include_str!("../../../LICENSE");

/// The parts by others with their licenses; `cargo run --release -p nibble-tests --example licenses` writes it.
const PARTS: &str = include_str!("../../../assets/licenses/parts.txt");

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
    text.push_str(PARTS);
    std::fs::create_dir_all(folder)?;
    let path = folder.join("licenses.txt");
    std::fs::write(&path, text)?;
    Ok(path)
}
