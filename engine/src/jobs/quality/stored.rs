//! The quality report beside a model: read and written by the jobs that measure and quantize.

use std::path::Path;

use super::report::QualityReport;
use crate::jobs::quantize::QuantizeRequest;
use crate::library::quality_file;
use crate::progress::{Observer, Warning};
use crate::quant::WeightErrors;

/// The quality report on the model at `path`; `None` if there is none, or if it is broken or about another file.
pub fn stored_report(path: &Path) -> Option<QualityReport> {
    let report: QualityReport = quality_file::read(path)?;
    // The model may have been moved together with its report.
    Some(QualityReport { model: path.to_owned(), ..report })
}

/// Stores the weight errors of a quantizing run as the report on its file, in place of an older report on a file of that name.
pub(in crate::jobs) fn store_errors(
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
    store(&report, observer);
}

/// Writes a report beside its model; a failure is a warning.
pub(in crate::jobs) fn store(report: &QualityReport, observer: &dyn Observer) {
    if let Err(error) = quality_file::write(&report.model, report) {
        let path = quality_file::path_beside(&report.model).display().to_string();
        observer.warn(Warning::QualityNotKept { path, reason: error.to_string() });
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

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
    fn a_report_names_the_model_where_it_lies_now() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let model = folder.path().join("a.gguf");
        fs::write(&model, "model").unwrap();
        store(&report(&model), &());
        assert_eq!(stored_report(&model), Some(report(&model)));
        let moved = other.path().join("b.gguf");
        fs::copy(&model, &moved).unwrap();
        fs::copy(quality_file::path_beside(&model), quality_file::path_beside(&moved)).unwrap();
        assert_eq!(stored_report(&moved), Some(report(&moved)));
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        let collector = WarningCollector::new(&());
        store(&report(Path::new("no/such/folder/a.gguf")), &collector);
        assert!(matches!(collector.into_warnings()[..], [Warning::QualityNotKept { .. }]));
    }
}
