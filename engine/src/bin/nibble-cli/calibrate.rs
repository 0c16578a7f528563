//! `calibrate` and `sensitivity`: what a model's activations are, and what its tensors lose at each type.

use nibble_engine::jobs::calibrate::{CalibrateRequest, calibrate};
use nibble_engine::jobs::sensitivity::{SensitivityRequest, TensorSensitivity, sensitivity};
use nibble_engine::jobs::{Calibration, Error};
use nibble_engine::library;
use nibble_engine::progress::Cancel;

use super::args::{CalibrateArgs, CalibrationText, SensitivityArgs};
use super::output::{Output, size};

pub(crate) fn run(args: &CalibrateArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let request = CalibrateRequest {
        source: library::locate(&args.model)?,
        target: args.out.clone(),
        calibration: calibration(&args.text),
        tokens: args.text.tokens,
        threads: args.text.threads,
    };
    let report = calibrate(&request, output, cancel)?;
    output.result(&report, || {
        format!(
            "{}: statistics of {} tensors, in {:.1} s with at most {} of memory",
            report.path.display(),
            report.tensors,
            report.seconds,
            size(report.peak_rss_bytes),
        )
    });
    Ok(())
}

pub(crate) fn predict(args: &SensitivityArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let request = SensitivityRequest {
        source: library::locate(&args.model)?,
        calibration: calibration(&args.text),
        tokens: args.text.tokens,
        method: args.method,
        threads: args.text.threads,
    };
    let report = sensitivity(&request, output, cancel)?;
    let line = |tensor: &TensorSensitivity| {
        let types = tensor.types.iter().map(|one| format!("{} {:.1e}", one.dtype, one.kl));
        format!("{:32} {}\n", tensor.name, types.collect::<Vec<_>>().join("  "))
    };
    output.result(&report, || report.tensors.iter().map(line).collect());
    Ok(())
}

fn calibration(text: &CalibrationText) -> Calibration {
    text.calibration.clone().map_or(Calibration::OwnText, Calibration::File)
}
