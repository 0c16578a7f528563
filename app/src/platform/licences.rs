//! The licences of all that the program is made of, as one text.

use std::io;
use std::path::{Path, PathBuf};

/// Each font's name and licence.
const FONTS: [(&str, &str); 4] = [
    ("Inter", include_str!("../../../assets/fonts/Inter-LICENSE.txt")),
    ("JetBrains Mono", include_str!("../../../assets/fonts/JetBrainsMono-LICENSE.txt")),
    ("Noto Sans SC", include_str!("../../../assets/fonts/NotoSansSC-LICENSE.txt")),
    ("Phosphor", include_str!("../../../assets/fonts/Phosphor-LICENSE.txt")),
];

/// The program's own licence.
const OWN: &str = include_str!("../../../LICENSE");

/// The parts by others with their licences; `cargo run --release -p nibble-tests --example licences` writes it.
const PARTS: &str = include_str!("../../../assets/licences/parts.txt");

/// How many parts by others there are.
pub fn n_parts() -> usize {
    PARTS.lines().take_while(|line| !line.is_empty()).count()
}

/// Writes the licences into a folder and says where.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Path) -> io::Result<PathBuf> {
    let mut text = format!("Nibble\n\n{OWN}\n");
    for (name, licence) in FONTS {
        text.push_str(&format!("\n{name}\n\n{licence}\n"));
    }
    text.push('\n');
    text.push_str(PARTS);
    std::fs::create_dir_all(folder)?;
    let path = folder.join("licences.txt");
    std::fs::write(&path, text)?;
    Ok(path)
}
