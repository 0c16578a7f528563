//! The one folder for everything of Nibble's own, where a person wants it in one place: on a stick, beside the program.

use std::path::{Path, PathBuf};

/// Name of the folder beside the program.
pub const BESIDE: &str = "nibble-data";

/// The folder that `NIBBLE_HOME` names, or the one called [`BESIDE`] that lies where the program does; `None` if there is
/// neither, and the platform's folders serve.
pub fn home() -> Option<PathBuf> {
    let named = std::env::var_os("NIBBLE_HOME").filter(|named| !named.is_empty()).map(PathBuf::from);
    named.or_else(|| beside(&std::env::current_exe().ok()?))
}

fn beside(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?.join(BESIDE);
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
        let data = folder.path().join(BESIDE);
        std::fs::create_dir(&data).unwrap();
        assert_eq!(beside(&program), Some(data));
    }
}
