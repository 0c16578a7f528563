//! The file with the access token of the Hub that was given to this program: readable by its owner alone, apart from the settings,
//! which people show to others.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Whether there is a token.
pub fn exists(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0)
}

/// Keeps a token in place of the one before; an empty one removes it.
///
/// # Errors
/// When the folder or file cannot be written.
pub fn keep(path: &Path, token: &str) -> io::Result<()> {
    let token = token.trim();
    if token.is_empty() {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(token.as_bytes())?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_for_its_owner_alone_and_removed_by_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/hugging-face-token");
        assert!(!exists(&path));
        keep(&path, "").unwrap();
        keep(&path, " hf_first ").unwrap();
        keep(&path, "hf_second\n").unwrap();
        assert!(exists(&path));
        assert_eq!(fs::read_to_string(&path).unwrap(), "hf_second");
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
        keep(&path, " ").unwrap();
        assert!(!exists(&path));
    }
}
