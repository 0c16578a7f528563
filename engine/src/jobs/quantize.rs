//! Quantizing a model: the pipeline in one page.
//!
//! open → plan → check target and disk → read, quantize and write, all at once → rename. The file appears under its name only
//! when it is whole; an interrupted run leaves nothing, or after a kill a `.NAME.part` that the next run starts over.

mod calibration;
mod error;
mod request;
mod target;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::time::Instant;

use super::quality::store_errors;
use crate::formats::gguf::{GgufWriter, file_bytes};
use crate::hardware::peak_rss_bytes;
use crate::models::{self, Model};
use crate::progress::{Cancel, Observer, Warning, WarningCollector};
use crate::quant::{ModelFacts, PlanInput, QuantizePlan, QuantizeRun};
pub use calibration::CalibrationError;
pub use error::Error;
pub use request::{Calibration, IfTaken, QuantizeReport, QuantizeRequest};
pub use target::TargetError;

/// Version of the block formats, as ggml counts them; written as `general.quantization_version`.
const QUANTIZATION_VERSION: u32 = 2;

/// Quantizes `request.source`, a checkpoint folder or GGUF file, into the GGUF file `request.target`, and keeps beside it what
/// that did to the weights. A file made from another original is never overwritten.
///
/// # Errors
/// [`Error`]; an existing target file is then left unchanged.
pub fn quantize(
    request: &QuantizeRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<QuantizeReport, Error> {
    let start = Instant::now();
    let &QuantizeRequest { precision, planner, method, .. } = request;
    let collector = WarningCollector::new(observer);
    let calibration = match &request.calibration {
        Calibration::File(path) => Some(path.clone()),
        Calibration::OwnText | Calibration::Texts(_) => None,
    };
    let calibration = calibration.as_deref();
    let statistics = calibration::read(method, calibration)?;
    let model = models::open(&request.source, &collector)?;
    target::check(&request.target, [Some(request.source.as_path()), calibration].into_iter().flatten())?;
    let original = model.original()?;
    let request = &target::settled(request, &original)?;
    let source = method.prepare(Box::new(model.source()), statistics.as_ref())?;
    let facts = ModelFacts::new(model.metadata(), model.spec().ok().as_ref());
    let plan = planner.plan(&PlanInput { precision, method, tensors: source.tensors(), facts: &facts });
    warn_of_quantized(&model, &plan, &collector);
    let threads = request.threads.unwrap_or_else(all_cores);
    let run = QuantizeRun::new(&*source, &plan, statistics.as_ref(), threads)?;
    let mut metadata = model.gguf_metadata(&collector)?;
    metadata.set("general.file_type", precision.file_type());
    if let Some(fingerprint) = &original.fingerprint {
        metadata.set(models::FINGERPRINT_KEY, fingerprint.as_str());
    }
    metadata.set("general.quantization_version", QUANTIZATION_VERSION);
    target::check_space(&request.target, file_bytes(&metadata, plan.tensors())?)?;
    cancel.check()?;

    let mut writer = GgufWriter::create(&request.target, &metadata, plan.tensors())?;
    let errors = run.run(&mut writer, &collector, cancel)?;
    cancel.check()?;
    // Another run may have finished meanwhile.
    target::check_original(request, &original)?;
    let bytes = writer.finish()?;
    store_errors(request, &errors, &collector);
    Ok(QuantizeReport {
        path: request.target.clone(),
        bytes,
        bits_per_weight: plan.bits_per_weight(),
        seconds: start.elapsed().as_secs_f64(),
        peak_rss_bytes: peak_rss_bytes(),
        errors,
        warnings: collector.into_warnings(),
    })
}

/// Warns if the source's floats were decoded from a quantized format; of a GGUF file's blocks, the run itself does.
fn warn_of_quantized(model: &Model, plan: &QuantizePlan, observer: &dyn Observer) {
    let quantizes = plan.tensors().iter().any(|tensor| !tensor.dtype.is_float());
    if let Some(stored) = model.stored().filter(|_| quantizes) {
        let (count, method) = (stored.n_tensors, stored.method.to_owned());
        observer.warn(Warning::QuantizedCheckpoint { count, method });
    }
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
