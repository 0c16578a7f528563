//! The built-in starter model, with which every step can be tried before anything is downloaded.
//!
//! It is an ordinary checkpoint (`assets/starter`), compiled in with its weights packed, and written to Nibble's data folder at its first use. From
//! there on it is a model like any other: inspected, quantized, loaded by path.

mod packed;

use std::borrow::Cow;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::data_folder::data_folder;
use super::error::Error;
use crate::models;
use crate::quant::Precision;

/// Name for `nibble-cli`, and name of its folder.
pub const NAME: &str = "starter";

/// Display name of the model.
pub const TITLE: &str = "Nibble Starter";

/// Name in a list of models.
pub const LISTED: &str = "Nibble Starter (built in)";

/// Prefix of the names of files made from it: the model's own name.
const FILE_PREFIX: &str = "Nibble-Starter";

/// Example questions for the model.
pub const EXAMPLE_QUESTIONS: [&str; 3] =
    ["What is Nibble?", "Which precision for 8 GB of RAM?", "What does INT4 mean?"];

/// Name of the file with the weights.
const WEIGHTS: &str = "model.safetensors";

/// Files of the checkpoint beside the weights.
const FILES: [(&str, &[u8]); 5] = [
    ("config.json", include_bytes!("../../../../assets/starter/config.json")),
    ("generation_config.json", include_bytes!("../../../../assets/starter/generation_config.json")),
    ("tokenizer.json", include_bytes!("../../../../assets/starter/tokenizer.json")),
    ("tokenizer_config.json", include_bytes!("../../../../assets/starter/tokenizer_config.json")),
    ("README.md", include_bytes!("../../../../assets/starter/README.md")),
];

/// Folder of the starter's checkpoint, written first if it is missing or outdated.
///
/// # Errors
/// [`Error::NoDataFolder`] or [`Error::StarterNotWritten`].
pub fn folder() -> Result<PathBuf, Error> {
    let folder = data_folder()?.join(NAME);
    unpack(&folder).map_err(|source| Error::StarterNotWritten { folder: folder.clone(), source })?;
    Ok(folder)
}

/// File name of the starter quantized to `precision`.
pub fn file_name(precision: &str) -> String {
    format!("{FILE_PREFIX}-{precision}.gguf")
}

/// Whether a file name is that of the quantized starter: its prefix and a precision.
pub fn is_file(path: &Path) -> bool {
    let name =
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(FILE_PREFIX));
    let precision = name.and_then(|name| name.strip_prefix('-')?.strip_suffix(".gguf"));
    precision.is_some_and(|precision| precision.parse::<Precision>().is_ok())
}

/// Whether a folder holds the starter's checkpoint, by its weights and configuration.
pub fn is_original(folder: &Path) -> bool {
    fs::read(folder.join(FILES[0].0)).is_ok_and(|found| found == FILES[0].1) && has_weights(folder)
}

fn has_weights(folder: &Path) -> bool {
    let path = folder.join(WEIGHTS);
    path.metadata().is_ok_and(|found| found.len() == packed::N_BYTES as u64)
        && fs::read(path).is_ok_and(|found| packed::is(&found))
}

/// Whether the GGUF file at `path` was made from the starter, of this or another version, by what it records.
pub fn is_made(path: &Path) -> bool {
    let (Ok(file), Ok(folder)) = (models::open(path, &()), folder()) else { return false };
    let starter = models::open(&folder, &());
    starter.is_ok_and(|starter| file.recorded_original().is_alike(&starter.recorded_original()))
}

/// Whether a path is the starter's, original or quantized. It memorized its answers, so it is sampled greedily.
pub fn is_starter(path: &Path) -> bool {
    is_file(path) || data_folder().is_ok_and(|data| path == data.join(NAME))
}

/// Size of the checkpoint in bytes.
pub fn n_bytes() -> u64 {
    let others = FILES.iter().map(|(_, content)| content.len()).sum::<usize>();
    (packed::N_BYTES + others) as u64
}

/// Writes missing files. Each file is renamed when it is complete, so that two programs may do this at once.
fn unpack(folder: &Path) -> std::io::Result<()> {
    let others = FILES
        .iter()
        .filter(|(name, content)| !fs::read(folder.join(name)).is_ok_and(|found| found == *content));
    let mut missing: Vec<(&str, Cow<[u8]>)> =
        others.map(|&(name, content)| (name, Cow::Borrowed(content))).collect();
    if !has_weights(folder) {
        missing.push((WEIGHTS, Cow::Owned(packed::unpack()?)));
    }
    for (name, content) in missing {
        fs::create_dir_all(folder)?;
        let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
        unfinished.write_all(&content)?;
        unfinished.persist(folder.join(name)).map_err(|error| error.error)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_precision_after_the_name_makes_a_file_the_starters() {
        for (name, is_the_starters) in [
            ("Nibble-Starter-int4.gguf", true),
            ("Nibble-Starter-q4_k_m.gguf", true),
            ("Nibble-Starter-int4-2.gguf", false),
            ("Nibble-Starter-int4 (2).gguf", false),
            ("Nibble-Starter-German-int4.gguf", false),
            ("Nibble-Starter.gguf", false),
        ] {
            assert_eq!(is_file(Path::new(name)), is_the_starters, "{name}");
        }
    }

    #[test]
    fn what_is_missing_or_spoiled_is_written_again() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data").join(NAME);
        unpack(&folder).unwrap();
        let config = folder.join("config.json");
        fs::write(&config, "{}").unwrap();
        fs::remove_file(folder.join("tokenizer.json")).unwrap();
        unpack(&folder).unwrap();
        assert_eq!(fs::read(&config).unwrap(), FILES[0].1);
        assert!(is_original(&folder));
        fs::write(&config, "{}").unwrap();
        assert!(!is_original(&folder));
        unpack(&folder).unwrap();
        fs::write(folder.join(WEIGHTS), vec![0; packed::N_BYTES]).unwrap();
        assert!(!is_original(&folder));
        unpack(&folder).unwrap();
        assert!(is_original(&folder));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), FILES.len() + 1);
    }
}
