//! Where quality is kept: `NAME.quality.json` beside `NAME.gguf`.
//!
//! The file says which model it was measured on, by its size: a model that another program wrote under the same name has no
//! quality yet. A file that is broken counts as none.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::report::QualityReport;
use crate::jobs::quantize::QuantizeRequest;
use crate::progress::{Observer, Warning};
use crate::quant::WeightErrors;

/// What the name ends in, instead of `gguf`.
const ENDING: &str = "quality.json";
/// No report is larger; what is larger is none.
const MOST_BYTES: u64 = 16 << 20;

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Size of the model's file.
    model_bytes: u64,
    report: QualityReport,
}

/// Where the quality of `model` is kept.
pub fn path_beside(model: &Path) -> PathBuf {
    if model.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf")) {
        return model.with_extension(ENDING);
    }
    let mut name = model.file_name().map(OsString::from).unwrap_or_default();
    name.push(".");
    name.push(ENDING);
    model.with_file_name(name)
}

/// What is known of the quality of the model at `path`; `None` if nothing, or if the file is broken or of another model.
pub fn kept(path: &Path) -> Option<QualityReport> {
    let file = path_beside(path);
    let size = fs::metadata(&file).ok()?.len();
    if size > MOST_BYTES {
        return None;
    }
    let Kept { model_bytes, report } = serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
    // The model may have been moved together with its file.
    (model_bytes == model_size(path)?).then(|| QualityReport { model: path.to_owned(), ..report })
}

/// Keeps what quantizing did to the weights, in place of what was known of a model of that name before. Called by the job that
/// quantizes.
pub(in crate::jobs) fn keep_errors(
    request: &QuantizeRequest,
    errors: &WeightErrors,
    observer: &dyn Observer,
) {
    let report = QualityReport {
        model: request.target.clone(),
        original: request.source.clone(),
        precision: request.precision.name().to_owned(),
        errors: Some(errors.clone()),
        measured: None,
    };
    keep(&report, observer);
}

/// Writes a report beside its model, whole or not at all.
pub(super) fn keep(report: &QualityReport, observer: &dyn Observer) {
    let path = path_beside(&report.model);
    if let Err(error) = write(&path, report) {
        observer
            .warn(Warning::QualityNotKept { path: path.display().to_string(), reason: error.to_string() });
    }
}

fn write(path: &Path, report: &QualityReport) -> std::io::Result<()> {
    let model_bytes = model_size(&report.model).ok_or(std::io::ErrorKind::NotFound)?;
    let kept = Kept { model_bytes, report: report.clone() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
    unfinished.write_all(&serde_json::to_vec(&kept)?)?;
    unfinished.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

fn model_size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|found| found.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::WarningCollector;

    fn report(model: &Path) -> QualityReport {
        QualityReport {
            model: model.to_owned(),
            original: PathBuf::from("original"),
            precision: "q8_0".to_owned(),
            errors: None,
            measured: None,
        }
    }

    #[test]
    fn the_name_is_that_of_the_model() {
        let beside = |path: &str| path_beside(Path::new(path));
        assert_eq!(beside("m/Qwen2.5-Q8_0.gguf"), Path::new("m/Qwen2.5-Q8_0.quality.json"));
        assert_eq!(beside("m/Qwen2.5-1B"), Path::new("m/Qwen2.5-1B.quality.json"));
    }

    #[test]
    fn what_is_kept_is_read_again_also_after_a_move() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let model = folder.path().join("a.gguf");
        fs::write(&model, "model").unwrap();
        keep(&report(&model), &());
        assert_eq!(kept(&model), Some(report(&model)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing unfinished is left");
        let moved = other.path().join("b.gguf");
        fs::copy(&model, &moved).unwrap();
        fs::copy(path_beside(&model), path_beside(&moved)).unwrap();
        assert_eq!(kept(&moved), Some(report(&moved)));
    }

    #[test]
    fn a_broken_file_or_one_of_another_model_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("a.gguf");
        assert_eq!(kept(&model), None);
        fs::write(&model, "model").unwrap();
        keep(&report(&model), &());
        let whole = fs::read(path_beside(&model)).unwrap();
        for broken in [&whole[..whole.len() / 2], b"", b"{}", b"\xff"] {
            fs::write(path_beside(&model), broken).unwrap();
            assert_eq!(kept(&model), None);
        }
        fs::write(path_beside(&model), whole).unwrap();
        fs::write(&model, "another model").unwrap();
        assert_eq!(kept(&model), None);
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        let collector = WarningCollector::new(&());
        keep(&report(Path::new("no/such/folder/a.gguf")), &collector);
        assert!(matches!(collector.into_warnings()[..], [Warning::QualityNotKept { .. }]));
    }
}
