//! Quantizing a model: the pipeline in one page.
//!
//! open → plan → check target and disk → read, quantize and write, all at once → rename. The file appears under its name only
//! when it is whole; an interrupted run leaves nothing, or after a kill a `.NAME.part` that the next run starts over.

mod error;
mod request;
mod target;
#[cfg(test)]
mod tests;
mod unfinished;

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use super::Error as JobError;
use super::calibration::{Calibrated, Calibrating};
use super::losses::losses_on;
use super::quality::store_errors;
use crate::base::{DType, TensorMeta};
use crate::formats::gguf::{GgufWriter, Metadata, file_bytes};
use crate::hardware::peak_rss_bytes;
use crate::models::{self, Model, Original};
use crate::progress::{Cancel, Observer, Warning, WarningCollector};
use crate::quant::budget::LossTable;
use crate::quant::{
    Format, LayerwiseRun, ModelFacts, PlanInput, Precision, QuantizePlan, QuantizeRun, TRIAL_KEY,
    WeightErrors, plan_trial,
};
pub use error::Error;
pub use request::{IfTaken, QuantizeReport, QuantizeRequest};
pub use target::TargetError;
pub use unfinished::discard_unfinished;

/// Version of the block formats, as ggml counts them; written as `general.quantization_version`.
const QUANTIZATION_VERSION: u32 = 2;
/// Bytes by which a header may grow with what is recorded in it.
const HEADER_SLACK: u64 = 4096;

/// llama.cpp's file type of files whose types are looked at one by one (`LLAMA_FTYPE_GUESSED`).
const UNNAMED_FILE_TYPE: u32 = 1024;

/// Quantizes `request.source`, a checkpoint folder or GGUF file, into the GGUF file `request.target`, and keeps beside it what
/// that did to the weights. A file made from another original is never overwritten.
///
/// # Errors
/// [`Error`], or what calibrating comes to; an existing target file is then left unchanged.
pub fn quantize(
    request: &QuantizeRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<QuantizeReport, JobError> {
    let start = Instant::now();
    check_format(request)?;
    let collector = WarningCollector::new(observer);
    let model = models::open(&request.source, &collector)?;
    check_target(&request.target, [Some(request.source.as_path()), request.calibration.file()])?;
    request.method.admits(model.spec().ok().as_ref()).map_err(Error::from)?;
    let original = model.original()?;
    let request = &target::settled(request, &original).map_err(Error::from)?;
    let threads = request.threads.unwrap_or_else(all_cores);
    let calibrating = Calibrating {
        model: &model,
        calibration: &request.calibration,
        tokens: request.calibration_tokens,
        threads,
    };
    let (calibrated, losses) = if request.budget.is_some() {
        let sequences = calibrating.sequences(&collector, cancel)?;
        let losses = losses_on(&model, &sequences, request.method, &collector, cancel)?;
        (calibrating.with_sequences(request.method, sequences, &collector, cancel)?, Some(losses))
    } else {
        (calibrating.calibrate(request.method, &collector, cancel)?, None)
    };
    let run = Run {
        request,
        model: &model,
        original: &original,
        calibrated: &calibrated,
        losses: losses.as_ref(),
        threads,
    };
    let Written { bytes, bits_per_weight, file_bits_per_weight, errors } = run.write(&collector, cancel)?;
    store_errors(request, &errors, &collector);
    Ok(QuantizeReport {
        path: request.target.clone(),
        bytes,
        bits_per_weight,
        file_bits_per_weight,
        seconds: start.elapsed().as_secs_f64(),
        peak_rss_bytes: peak_rss_bytes(),
        errors,
        warnings: collector.into_warnings(),
    })
}

/// Refuses a trial whose method does not round to its number format.
fn check_format(request: &QuantizeRequest) -> Result<(), Error> {
    let method = request.method;
    let takes = |format: Format| matches!(format, Format::GgufBlocks(_)) || method.takes_format(format);
    match request.format {
        Some(format) if !takes(format) => Err(Error::Format { method, format }),
        _ => Ok(()),
    }
}

/// A written file.
struct Written {
    bytes: u64,
    bits_per_weight: f64,
    file_bits_per_weight: f64,
    errors: WeightErrors,
}

/// A request whose model is open and whose method is calibrated.
struct Run<'a> {
    request: &'a QuantizeRequest,
    model: &'a Model,
    original: &'a Original,
    calibrated: &'a Calibrated,
    /// Predicted losses, for a request with a budget.
    losses: Option<&'a LossTable>,
    threads: usize,
}

impl Run<'_> {
    /// Writes the file.
    fn write(&self, observer: &dyn Observer, cancel: &Cancel) -> Result<Written, Error> {
        let method = self.request.method;
        let (model, threads) = (self.model, self.threads);
        let statistics = match self.calibrated {
            Calibrated::Statistics(statistics) => Some(statistics),
            Calibrated::Nothing | Calibrated::Sequences(_) => None,
        };
        let source = method.prepare(Box::new(model.source()), model.spec().ok().as_ref(), statistics)?;
        let mut metadata = model.gguf_metadata(observer)?;
        let plan = self.plan(&metadata, source.tensors())?;
        warn_of_quantized(model, &plan, observer);
        let file_type = self.request.format.map_or(plan.precision().file_type(), |_| UNNAMED_FILE_TYPE);
        metadata.set("general.file_type", file_type);
        if let Some(format) = self.request.format {
            metadata.set(TRIAL_KEY, format.name());
        }
        if let Some(fingerprint) = &self.original.fingerprint {
            metadata.set(models::FINGERPRINT_KEY, fingerprint.as_str());
        }
        metadata.set("general.quantization_version", QUANTIZATION_VERSION);
        target::check_space(&self.request.target, file_bytes(&metadata, plan.tensors())?)?;
        cancel.check()?;

        let identity = format!("{method} {}", self.calibrated.digest());
        let (target, keep) = (&self.request.target, self.request.keep_unfinished);
        let mut writer = if keep {
            GgufWriter::resume(target, &metadata, plan.tensors(), &identity, keep)?
        } else {
            GgufWriter::create(target, &metadata, plan.tensors())?
        };
        let errors = match self.calibrated {
            Calibrated::Sequences(sequences) => {
                let spec = &model.spec()?;
                let run = LayerwiseRun { source: &*source, spec, plan: &plan, method, sequences, threads };
                run.run(&mut writer, observer, cancel)?
            }
            Calibrated::Nothing | Calibrated::Statistics(_) => {
                QuantizeRun::new(&*source, &plan, statistics, threads)?.run(&mut writer, observer, cancel)?
            }
        };
        cancel.check()?;
        // Another run may have finished meanwhile.
        target::check_original(self.request, self.original)?;
        Ok(Written {
            bytes: writer.finish()?,
            bits_per_weight: plan.bits_per_weight(),
            file_bits_per_weight: plan.file_bits_per_weight(),
            errors,
        })
    }
}

impl Run<'_> {
    /// The plan: the planner's at the requested precision, or the mix that a budget asks for.
    fn plan(&self, metadata: &Metadata, tensors: &[TensorMeta]) -> Result<QuantizePlan, Error> {
        let &QuantizeRequest { precision, planner, method, .. } = self.request;
        let facts = ModelFacts::new(self.model.metadata(), self.model.spec().ok().as_ref());
        if let Some(format) = self.request.format {
            return Ok(plan_trial(format, precision, method, tensors, &facts));
        }
        let planned = planner.plan(&PlanInput { precision, method, tensors, facts: &facts });
        let (Some(budget), Some(losses)) = (self.request.budget, self.losses) else { return Ok(planned) };
        // Header and padding hardly depend on the types; tensors that the method added keep theirs.
        let added = self.model.source().tensors().len()..tensors.len();
        let added_bytes: usize = planned.tensors()[added.clone()].iter().map(TensorMeta::n_bytes).sum();
        let added: Vec<_> = added.map(|index| planned.assignment(index)).collect();
        let header_bytes = file_bytes(metadata, planned.tensors())? - planned.tensor_bytes() + HEADER_SLACK;
        let around = header_bytes + added_bytes as u64;
        let too_small = || Error::Budget { budget, least: losses.least_bytes() + around };
        let (_, types) = losses.best(budget.saturating_sub(around)).ok_or_else(too_small)?;
        let named = |dtype: DType| Precision::all().find(|precision| precision.base_type() == dtype);
        let mix = losses.plan(precision, tensors, (&types, &added), method);
        let precision = mix.most_common().and_then(named).unwrap_or(precision);
        Ok(losses.plan(precision, tensors, (&types, &added), method))
    }
}

/// Warns if the source's floats were decoded from a quantized format; of a GGUF file's blocks, the run itself does.
fn warn_of_quantized(model: &Model, plan: &QuantizePlan, observer: &dyn Observer) {
    let quantizes = plan.tensors().iter().any(|tensor| !tensor.dtype.is_float());
    if let Some(stored) = model.stored().filter(|_| quantizes) {
        let (count, method) = (stored.n_tensors, stored.method.to_owned());
        observer.warn(Warning::QuantizedCheckpoint { count, method });
    }
}

/// Refuses a target that is a folder, one of the files `read`, or a file of another kind.
///
/// # Errors
/// [`Error::Target`] for such a target.
pub(super) fn check_target(target: &Path, read: [Option<&Path>; 2]) -> Result<(), Error> {
    Ok(target::check(target, read.into_iter().flatten())?)
}

/// Number of logical cores.
pub(super) fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
