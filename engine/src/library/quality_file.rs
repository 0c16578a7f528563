//! The quality report of a model: `NAME.quality.json` beside `NAME.gguf`.
//!
//! The file says which model it was measured on, by its size: a model that another program wrote under the same name has no
//! report yet. A file that is broken counts as none. The library reads from a report the few figures that it lists; what else is
//! in it is up to those who measure.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Ending of the file's name, instead of `gguf`.
const ENDING: &str = "quality.json";
/// Largest file that is read as a report.
const MOST_BYTES: u64 = 16 << 20;

/// The few figures that say most about a model's quality, for lists.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityFigures {
    /// Mean KL divergence from the original, in nats.
    pub kl_mean: f64,
    /// Share of positions where both find the same token most likely.
    pub top1_agreement: f64,
}

/// A report, and the size of the model's file that it is about.
#[derive(Serialize, Deserialize)]
struct Stamped<T> {
    model_bytes: u64,
    report: T,
}

/// The part of a report that the library lists.
#[derive(Deserialize)]
struct Listed {
    measured: Option<QualityFigures>,
}

/// Path of the report on `model`.
pub fn path_beside(model: &Path) -> PathBuf {
    if model.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf")) {
        return model.with_extension(ENDING);
    }
    let mut name = model.file_name().map(OsString::from).unwrap_or_default();
    name.push(".");
    name.push(ENDING);
    model.with_file_name(name)
}

/// The figures of the report on the model at `path`; `None` if quality was not measured.
pub fn figures(path: &Path) -> Option<QualityFigures> {
    read::<Listed>(path)?.measured
}

/// The report on the model at `path`; `None` if there is none, or if it is broken or about another file.
pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let file = path_beside(path);
    let size = fs::metadata(&file).ok()?.len();
    if size > MOST_BYTES {
        return None;
    }
    let Stamped { model_bytes, report } = serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
    (model_bytes == model_size(path)?).then_some(report)
}

/// Writes the report on the model at `path` beside it, whole or not at all.
///
/// # Errors
/// What the system says if the model is not there or the file cannot be written.
pub fn write<T: Serialize>(path: &Path, report: &T) -> std::io::Result<()> {
    let model_bytes = model_size(path).ok_or(std::io::ErrorKind::NotFound)?;
    let beside = path_beside(path);
    let folder = beside.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
    unfinished.write_all(&serde_json::to_vec(&Stamped { model_bytes, report })?)?;
    unfinished.persist(beside).map_err(|failed| failed.error)?;
    Ok(())
}

fn model_size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|found| found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_model() {
        let beside = |path: &str| path_beside(Path::new(path));
        assert_eq!(beside("m/Qwen2.5-Q8_0.gguf"), Path::new("m/Qwen2.5-Q8_0.quality.json"));
        assert_eq!(beside("m/Qwen2.5-1B"), Path::new("m/Qwen2.5-1B.quality.json"));
    }

    #[test]
    fn a_report_stays_with_its_model_also_after_a_move() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let model = folder.path().join("a.gguf");
        fs::write(&model, "model").unwrap();
        write(&model, &"report").unwrap();
        assert_eq!(read::<String>(&model).unwrap(), "report");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing unfinished is left");
        let moved = other.path().join("b.gguf");
        fs::copy(&model, &moved).unwrap();
        fs::copy(path_beside(&model), path_beside(&moved)).unwrap();
        assert_eq!(read::<String>(&moved).unwrap(), "report");
    }

    #[test]
    fn a_broken_file_or_one_of_another_model_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("a.gguf");
        assert_eq!(read::<String>(&model), None);
        assert!(write(&model, &"report").is_err());
        fs::write(&model, "model").unwrap();
        write(&model, &"report").unwrap();
        let whole = fs::read(path_beside(&model)).unwrap();
        for broken in [&whole[..whole.len() / 2], b"", b"{}", b"\xff"] {
            fs::write(path_beside(&model), broken).unwrap();
            assert_eq!(read::<String>(&model), None);
        }
        fs::write(path_beside(&model), whole).unwrap();
        fs::write(&model, "another model").unwrap();
        assert_eq!(read::<String>(&model), None);
    }
}
