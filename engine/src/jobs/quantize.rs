//! Quantizing a model: the pipeline in one page.
//!
//! open → plan → check target and disk → read, quantize and write, all at once → rename. The file appears under its name only
//! when it is whole; an interrupted run leaves nothing, or after a kill a `.NAME.part` that the next run starts over.

mod target;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use nibble_kernels::Level;

use super::protocol::{QuantizeReport, QuantizeRequest};
use crate::formats::gguf::{GgufWriter, WriteError, file_bytes};
use crate::hardware::peak_rss_bytes;
use crate::models::{self, Model};
use crate::progress::{Cancel, Cancelled, Observer, Progress, Warning};
use crate::quant::{self, ModelFacts, Precision, QuantizePlan, QuantizeRun, UnknownPrecision, WeightErrors};
pub use target::TargetError;

/// Version of the block formats, as ggml counts them; written as `general.quantization_version`.
const QUANTIZATION_VERSION: u32 = 2;

/// A model could not be quantized; nothing new stands under the target's name.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// There is no such precision.
    #[error(transparent)]
    Precision(#[from] UnknownPrecision),
    /// The source could not be opened, or has no tokenizer.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// The target cannot be written, or should not.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Reading, quantizing or writing failed on the way.
    #[error(transparent)]
    Run(quant::Error),
    /// The file could not be made or finished.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<quant::Error> for Error {
    fn from(error: quant::Error) -> Self {
        match error {
            quant::Error::Cancelled(cancelled) => Self::Cancelled(cancelled),
            quant::Error::Write(source) => Self::Write(source),
            other => Self::Run(other),
        }
    }
}

/// Quantizes `request.source`, a checkpoint folder or GGUF file, into the GGUF file `request.target`.
///
/// # Errors
/// [`Error`]; what stood under the target's name before stands there still.
pub fn quantize(
    request: &QuantizeRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<QuantizeReport, Error> {
    let start = Instant::now();
    let precision: Precision = request.precision.parse()?;
    let told = Told { observer, warnings: Mutex::default() };
    let model = models::open(&request.source, &told)?;
    target::check(&request.source, &request.target)?;
    let tensors = model.source().tensors();
    let plan = quant::plan(precision, tensors, &ModelFacts::from_metadata(model.metadata()));
    warn_of_quantized(&model, &plan, &told);
    let mut metadata = model.gguf_metadata(&told)?;
    metadata.set("general.file_type", precision.file_type());
    metadata.set("general.quantization_version", QUANTIZATION_VERSION);
    target::check_space(&request.target, file_bytes(&metadata, &plan.tensors)?)?;
    cancel.check()?;

    let mut writer = GgufWriter::create(&request.target, &metadata, &plan.tensors)?;
    let threads = request.threads.unwrap_or_else(all_cores);
    let run = QuantizeRun { source: model.source(), plan: &plan, level: Level::best(), threads };
    let errors = run.run(&mut writer, &told, cancel)?;
    cancel.check()?;
    let bytes = writer.finish()?;
    Ok(told.report(&request.target, bytes, &plan, errors, start))
}

/// Warns if the source's floats were decoded from a quantized format; of a GGUF file's blocks, the run itself does.
fn warn_of_quantized(model: &Model, plan: &QuantizePlan, observer: &dyn Observer) {
    let quantizes = plan.tensors.iter().any(|tensor| !tensor.dtype.is_float());
    if let Some(stored) = model.stored().filter(|_| quantizes) {
        let (count, from) = (stored.n_tensors, stored.method.to_owned());
        observer.warn(Warning::QuantizedTwice { count, from });
    }
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Passes everything on, and keeps the warnings for the report.
struct Told<'a> {
    observer: &'a dyn Observer,
    warnings: Mutex<Vec<Warning>>,
}

impl Observer for Told<'_> {
    fn progress(&self, progress: Progress) {
        self.observer.progress(progress);
    }

    fn warn(&self, warning: Warning) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning.clone());
        self.observer.warn(warning);
    }
}

impl Told<'_> {
    fn report(
        self,
        target: &Path,
        bytes: u64,
        plan: &QuantizePlan,
        errors: WeightErrors,
        start: Instant,
    ) -> QuantizeReport {
        QuantizeReport {
            path: target.to_owned(),
            bytes,
            bits_per_weight: plan.bits_per_weight(),
            seconds: start.elapsed().as_secs_f64(),
            peak_rss_bytes: peak_rss_bytes(),
            errors,
            warnings: self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner),
        }
    }
}
