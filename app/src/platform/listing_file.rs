//! The last listing of the models on this machine, kept in a file so that the next start shows it before the engine has listed
//! them again.
//!
//! The file is only a cache and is not trusted: what cannot be read, is too large or names no file that exists is left out.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use nibble_engine::jobs::protocol::{LibraryModel, ModelOrigin};
use nibble_engine::library::starter;

/// Largest file that is read, in bytes.
const MOST_BYTES: u64 = 4 << 20;

/// The starter, and the models of the last listing that still exist.
pub fn read(file: &Path) -> Vec<LibraryModel> {
    let kept = read_kept(file).unwrap_or_default().into_iter();
    let still_there = kept.filter(|model| model.origin != ModelOrigin::BuiltIn && model.path.is_absolute());
    find_starter().into_iter().chain(still_there.filter(|model| model.path.exists())).collect()
}

fn read_kept(file: &Path) -> Option<Vec<LibraryModel>> {
    let mut bytes = Vec::new();
    fs::File::open(file).ok()?.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > MOST_BYTES {
        return None;
    }
    let read = serde_json::from_slice(&bytes);
    read.inspect_err(|error| tracing::warn!(%error, "the last listing of models is not readable")).ok()
}

/// Writes a listing: whole under another name first, so that a crash leaves the old one.
///
/// # Errors
/// When the folder or file cannot be written.
pub fn write(file: &Path, models: &[LibraryModel]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = file.with_extension("json.part");
    fs::write(&unfinished, serde_json::to_vec(models)?)?;
    fs::rename(unfinished, file)
}

/// The small model that comes with the program, without its facts; `None` if it cannot be written to disk.
fn find_starter() -> Option<LibraryModel> {
    let path = starter::folder().inspect_err(|error| tracing::warn!(%error, "no starter")).ok()?;
    let bytes = starter::n_bytes();
    Some(unknown_model(starter::NAME.to_owned(), path, ModelOrigin::BuiltIn, bytes))
}

/// A model of which nothing is known but where it lies.
fn unknown_model(name: String, path: std::path::PathBuf, origin: ModelOrigin, bytes: u64) -> LibraryModel {
    LibraryModel {
        name,
        path,
        origin,
        repo: None,
        original: None,
        architecture: None,
        precision: None,
        parameters: 0,
        context_length: 0,
        bytes,
        quality: None,
        last_used: None,
        problem: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_far_as_it_still_exists() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/models.json");
        let model = |name: &str, origin| unknown_model(name.into(), folder.path().join(name), origin, 4);
        let kept = [
            model("here.gguf", ModelOrigin::Made),
            model("gone.gguf", ModelOrigin::Hub),
            // The starter is found anew, wherever a file says it lies.
            model("here.gguf", ModelOrigin::BuiltIn),
        ];
        fs::write(folder.path().join("here.gguf"), "GGUF").unwrap();
        write(&file, &kept).unwrap();
        let read = read(&file).into_iter().filter(|model| model.origin != ModelOrigin::BuiltIn);
        assert_eq!(read.collect::<Vec<_>>(), kept[..1]);
    }

    #[test]
    fn a_hostile_file_is_an_empty_listing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("models.json");
        let made = |file: &Path| read(file).iter().any(|model| model.origin != ModelOrigin::BuiltIn);
        assert!(!made(&file));
        let relative = unknown_model("x".into(), "Cargo.toml".into(), ModelOrigin::Made, 1);
        let contents = [
            b"\xff\xfe{".to_vec(),
            br#"[{"name": 3}]"#.to_vec(),
            "[".repeat(100_000).into_bytes(),
            vec![b' '; MOST_BYTES as usize + 1],
            serde_json::to_vec(&[relative]).unwrap(),
        ];
        for content in contents {
            fs::write(&file, content).unwrap();
            assert!(!made(&file));
        }
    }
}
