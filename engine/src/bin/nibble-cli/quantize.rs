//! `quantize`: writes a model with fewer bits per weight.

use nibble_engine::jobs::quality::keep_errors;
use nibble_engine::jobs::{self, Error, MeasureRequest, QuantizeRequest, library};
use nibble_engine::progress::Cancel;

use crate::args::{Method, Quantize};
use crate::output::{Output, size};
use crate::quality;

pub(crate) fn run(args: &Quantize, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    match (args.method, &args.calibration) {
        (Method::Rtn, Some(file)) => {
            output.message(&format!(
                "rounding to nearest needs no calibration; {} is not read",
                file.display()
            ));
        }
        (Method::Rtn, None) => {}
    }
    let request = QuantizeRequest {
        source: library::locate(&args.model)?,
        target: args.out.clone(),
        precision: args.precision.clone(),
        threads: args.threads,
    };
    let report = jobs::quantize(&request, output, cancel)?;
    let summary = format!(
        "{}: {}, {:.2} bits per weight, in {:.1} s with at most {} of memory",
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
    keep_errors(&request, &report, output);
    let measure = MeasureRequest {
        model: request.target,
        original: request.source,
        text: None,
        tokens: None,
        prompt: None,
        threads: args.threads,
    };
    let measured = jobs::measure(&measure, output, cancel)?;
    let mut value = serde_json::to_value(&report).unwrap_or_default();
    value["quality"] = quality::value(&measured);
    output.result(&value, || format!("{summary}\n{}", quality::summary(&measured)));
    Ok(())
}
