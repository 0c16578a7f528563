//! What a quantizing run takes before it starts: seconds, peak memory and the size of the file.

use std::num::NonZeroUsize;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Error;
use super::calibration::{Calibration, GIVEN_TOKENS, OWN_TOKENS};
use super::quantize::QuantizeRequest;
use crate::library::memory_speed;
use crate::models;
use crate::progress::Observer;
use crate::quant::{
    self, CalibrationWork, MachineSpeed, ModelFacts, Needs, PlanInput, Precision, plan_trial,
};

/// Bytes of text per token, about.
const BYTES_PER_TOKEN: u64 = 4;
/// Speed of reading memory where it cannot be measured, in 10⁹ bytes per second.
const SLOW_GBPS: f64 = 10.0;

/// What a quantizing run takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantizeEstimate {
    /// Duration in seconds.
    pub seconds: f64,
    /// Peak memory in bytes.
    pub peak_bytes: u64,
    /// Size of all tensors of the result in bytes.
    pub tensor_bytes: u64,
    /// Duration of computing the size-quality curve of the same model with the same calibration, in seconds.
    pub curve_seconds: f64,
}

/// Estimates the run of `request`, from the headers of its source and from short measurements of this machine.
///
/// # Errors
/// [`Error::Model`] if the source cannot be opened; the method's refusal of the model.
pub fn estimate(request: &QuantizeRequest, observer: &dyn Observer) -> Result<QuantizeEstimate, Error> {
    let model = models::open(&request.source, observer)?;
    let spec = model.spec().ok();
    let facts = ModelFacts::new(model.metadata(), spec.as_ref());
    let &QuantizeRequest { precision, planner, method, .. } = request;
    let prepared = method.prepare(Box::new(model.source()), spec.as_ref(), None);
    let prepared = prepared.map_err(super::quantize::Error::from)?;
    let tensors = prepared.tensors();
    let plan_of =
        |precision: Precision| planner.plan(&PlanInput { precision, method, tensors, facts: &facts });
    let plan = match request.format {
        Some(format) => plan_trial(format, precision, method, tensors, &facts),
        None => plan_of(precision),
    };
    let threads =
        request.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
    let candidates: Vec<_> =
        Precision::all().map(Precision::base_type).filter(|one| !one.is_float()).collect();
    let formats = plan.tensors().iter().map(|tensor| tensor.dtype).chain(candidates.iter().copied());
    let speed = MachineSpeed::measure(formats, memory_speed::read_gbps().unwrap_or(SLOW_GBPS), threads);
    let calibration = match method.needs() {
        Needs::Nothing => CalibrationWork::default(),
        Needs::Diagonal | Needs::Layers => calibration_work(&request.calibration),
    };
    let run = quant::estimate(tensors, &plan, calibration, &speed);
    Ok(QuantizeEstimate {
        seconds: run.seconds,
        peak_bytes: run.peak_bytes,
        tensor_bytes: request.budget.map_or(plan.tensor_bytes(), |budget| budget.min(plan.tensor_bytes())),
        curve_seconds: curve_seconds(model.n_parameters(), &request.calibration, &speed),
    })
}

/// The curve encodes each weight once in each format, after one pass of the calibration text.
fn curve_seconds(n_weights: u64, calibration: &Calibration, speed: &MachineSpeed) -> f64 {
    let encode_ns: f64 =
        speed.encode_ns.iter().filter(|(dtype, _)| !dtype.is_float()).map(|(_, ns)| ns).sum();
    let tokens = calibration_work(calibration).tokens as f64;
    let pass = tokens * 2.0 * n_weights as f64 / (speed.float_gops.max(1e-3) * 1e9);
    n_weights as f64 * encode_ns * 1e-9 / speed.threads.max(1) as f64 + pass
}

/// The tokens of a calibration text; 0 for a file with statistics.
fn calibration_work(calibration: &Calibration) -> CalibrationWork {
    let of_bytes = |bytes: u64| CalibrationWork {
        tokens: usize::try_from(bytes / BYTES_PER_TOKEN).unwrap_or(GIVEN_TOKENS).min(GIVEN_TOKENS),
        is_written: false,
    };
    match calibration {
        Calibration::OwnText => CalibrationWork { tokens: OWN_TOKENS, is_written: true },
        Calibration::Texts(texts) => of_bytes(texts.iter().map(|text| text.len() as u64).sum()),
        Calibration::File(path) if is_text(path) => of_bytes(path.metadata().map_or(0, |found| found.len())),
        Calibration::File(_) => CalibrationWork::default(),
    }
}

/// Whether a file is text by its name; importance matrices end in `.gguf`, `.dat` or `.imatrix`.
fn is_text(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    !["gguf", "dat", "imatrix"].iter().any(|known| ending == *known)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn tokens_are_those_of_the_text() {
        let tokens = |calibration: &Calibration| calibration_work(calibration).tokens;
        assert_eq!(tokens(&Calibration::Texts(vec!["four".repeat(5), "four".to_owned()])), 6);
        assert_eq!(tokens(&Calibration::Texts(vec!["four".repeat(1 << 20)])), GIVEN_TOKENS);
        assert_eq!(tokens(&Calibration::File(PathBuf::from("a/imatrix.DAT"))), 0);
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text.txt");
        std::fs::write(&text, "four".repeat(100)).unwrap();
        assert_eq!(tokens(&Calibration::File(text)), 100);
        assert!(calibration_work(&Calibration::OwnText).is_written);
    }
}
