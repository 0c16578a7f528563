//! `quantize`: writes a model with fewer bits per weight.

use nibble_engine::jobs::{self, Calibration, Error, MeasureRequest, QuantizeRequest};
use nibble_engine::library;
use nibble_engine::progress::Cancel;
use nibble_engine::quant::Needs;

use super::args::QuantizeArgs;
use super::output::{Output, size};
use super::quality;

pub(crate) fn run(args: &QuantizeArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let request = QuantizeRequest {
        planner: args.planner,
        method: args.method,
        calibration: args.calibration.clone().map_or(Calibration::OwnText, Calibration::File),
        format: args.format,
        budget: args.budget,
        // What takes minutes goes on after an interruption; rounding alone is as quick from the start.
        keep_unfinished: args.budget.is_some() || args.method.needs() != Needs::Nothing,
        calibration_tokens: args.calibration_tokens,
        threads: args.threads,
        ..QuantizeRequest::new(
            library::locate(&args.model)?,
            args.out.clone(),
            args.precision.unwrap_or_default(),
        )
    };
    let report = jobs::quantize(&request, output, cancel)?;
    let in_file = match args.format {
        Some(format) => format!(" of {format} ({:.2} in the file)", report.file_bits_per_weight),
        None => String::new(),
    };
    let summary = format!(
        "{}: {}, {:.2} bits per weight{in_file}, in {:.1} s with at most {} of memory",
        report.path.display(),
        size(report.bytes),
        report.bits_per_weight,
        report.seconds,
        size(report.peak_rss_bytes),
    );
    if !args.measure {
        output.result(&report, || summary);
        return Ok(());
    }
    let measure =
        MeasureRequest { threads: args.threads, ..MeasureRequest::new(request.target, request.source) };
    let measured = jobs::measure(&measure, output, cancel)?;
    let mut value = serde_json::to_value(&report).unwrap_or_default();
    value["quality"] = quality::value(&measured);
    output.result(&value, || format!("{summary}\n{}", quality::summary(&measured)));
    Ok(())
}
