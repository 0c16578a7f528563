//! `quantize`: writes a model with fewer bits per weight.

use nibble_engine::jobs::{self, Error, QuantizeRequest, library};
use nibble_engine::progress::Cancel;

use crate::args::{Method, Quantize};
use crate::output::{Output, size};

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
    output.result(&report, || {
        format!(
            "{}: {}, {:.2} bits per weight, in {:.1} s with at most {} of memory",
            report.path.display(),
            size(report.bytes),
            report.bits_per_weight,
            report.seconds,
            size(report.peak_rss_bytes),
        )
    });
    Ok(())
}
